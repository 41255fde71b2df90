// Kinds of files by extension: what `kind:photo` means. A table, and nothing that looks into files.

export const kinds = ["image", "video", "audio", "document", "archive", "data"] as const;
export type Kind = (typeof kinds)[number];

const extensions: Record<Kind, string> = {
  image: "jpg jpeg png gif webp avif heic heif tif tiff bmp svg raw dng cr2 cr3 nef arw orf rw2 raf psd xcf",
  video: "mp4 mkv avi mov m4v webm mpg mpeg ts mts m2ts wmv flv ogv 3gp vob",
  audio: "mp3 flac ogg oga opus m4a aac wav aif aiff wma ape wv mka mid midi",
  document: "pdf doc docx odt rtf txt md tex epub mobi azw3 djvu ps ppt pptx odp xls xlsx ods html htm srt vtt",
  archive: "zip 7z rar tar gz tgz bz2 xz zst lz4 iso img dmg deb rpm jar",
  data: "csv tsv json jsonl ndjson xml yaml yml sqlite db sql parquet arrow hdf5 h5 nc fits mat npy npz geojson gpx kml shp",
};

const kindByExtension = new Map(
  kinds.flatMap((kind) => extensions[kind].split(" ").map((extension) => [extension, kind] as const)),
);

/** The words people type for a kind, in both languages. `folder` and `file` are no kinds of files. */
export const kindWords: Record<string, Kind | "folder" | "file"> = {
  image: "image",
  images: "image",
  photo: "image",
  photos: "image",
  picture: "image",
  pictures: "image",
  video: "video",
  videos: "video",
  film: "video",
  films: "video",
  movie: "video",
  audio: "audio",
  music: "audio",
  musique: "audio",
  sound: "audio",
  son: "audio",
  document: "document",
  documents: "document",
  doc: "document",
  text: "document",
  texte: "document",
  archive: "archive",
  archives: "archive",
  data: "data",
  dataset: "data",
  donnees: "data",
  folder: "folder",
  folders: "folder",
  dossier: "folder",
  dossiers: "folder",
  file: "file",
  files: "file",
  fichier: "file",
  fichiers: "file",
};

export function extensionsOf(kind: Kind): string[] {
  return extensions[kind].split(" ");
}

/** The kind of a file name, by what follows its last dot; undefined when that says nothing. */
export function kindOf(name: string): Kind | undefined {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? undefined : kindByExtension.get(name.slice(dot + 1).toLowerCase());
}
