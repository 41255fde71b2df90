// The sample files of the demo's people: neutral, realistic names, made on the spot and always the same.
import { createHash } from "node:crypto";
import { mkdir, open, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";

export interface Sample {
  /** Relative to the person's folder. */
  path: string;
  sizeBytes: number;
  modifiedAt: Date;
}

const kib = 1024;
export const bigFile = "Datasets/Climate/stations-europe-1950-2025.csv.zst";
export const bigFileBytes = 64 * kib * kib;

const albums = [
  "2019/Été à l'Île de Ré",
  "2021/Noël chez Mamie",
  "2022/Hiking the Vercors – day 1",
  "2022/Hiking the Vercors – day 2",
  "2023/Fête de la musique",
  "2024/Zürich & Genève",
  "2025/Garden, spring to autumn",
];
const recordings = [
  "Choir/2023-12-17 Christmas concert",
  "Choir/2024-06-21 Fête de la musique",
  "Jazz club/2022-11-04 Quartet at the café",
  "Jazz club/2025-03-14 Open session",
  "Lectures/Astronomy for beginners",
  "Lectures/Histoire de la cartographie",
];
const pieces = ["Ouverture", "Ballade für Élise", "Nocturne", "Interlude", "Café crème", "Señorita Blues", "Finale"];
const papers = [
  "Minutes of the general meeting",
  "Compte rendu de l'assemblée générale",
  "Recettes de famille – édition complète, revue et augmentée, avec index par saison et par ingrédient",
  "Field notes",
  "Plan du jardin partagé",
];
const stations = ["Brest", "Genève", "Kraków", "Málaga", "Tromsø", "Zürich"];

/** A number from 0 to 1 that depends on `text` alone. */
function chance(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32BE(0) / 0xffffffff;
}

function sample(path: string, meanBytes: number): Sample {
  const sizeBytes = Math.round(meanBytes * (0.5 + chance(`size ${path}`)));
  const day = Math.floor(chance(`day ${path}`) * 2000);
  return { path, sizeBytes, modifiedAt: new Date(Date.UTC(2020, 0, 1 + day, 12)) };
}

function numbered(count: number, name: (n: string) => string, meanBytes: number): Sample[] {
  return Array.from({ length: count }, (_, i) => sample(name(String(i + 1).padStart(3, "0")), meanBytes));
}

/** Photos, in albums by year. */
export function annasFiles(): Sample[] {
  const photos = albums.flatMap((album) => numbered(36, (n) => `Photos/${album}/IMG_${n}.jpg`, 60 * kib));
  return [...photos, sample("Photos/2021/Noël chez Mamie/README – who is who.txt", kib)];
}

/** Recordings, with one folder that Anna has too. */
export function bensFiles(): Sample[] {
  const tracks = recordings.flatMap((set) =>
    [1, 2, 3, 4].flatMap((disc) =>
      pieces.map((piece, i) =>
        sample(`Recordings/${set}/Disc ${disc}/${String(i + 1).padStart(2, "0")} ${piece}.flac`, 90 * kib),
      ),
    ),
  );
  const copies = annasFiles().filter((f) => f.path.includes("Zürich & Genève"));
  return [
    ...tracks,
    ...copies.map((f) => ({ ...f, path: f.path.replace("Photos/2024", "Recordings/Covers from Anna") })),
  ];
}

/** Documents and datasets, with the one big file. */
export function chloesFiles(): Sample[] {
  const documents = papers.flatMap((paper) => numbered(20, (n) => `Documents/${paper}/${paper} ${n}.pdf`, 40 * kib));
  const daily = stations.flatMap((s) =>
    numbered(30, (n) => `Datasets/Weather/${s}/${s.toLowerCase()}-2025-day-${n}.csv`, 20 * kib),
  );
  const big: Sample = { path: bigFile, sizeBytes: bigFileBytes, modifiedAt: new Date(Date.UTC(2025, 5, 1)) };
  return [...documents, ...daily, big];
}

/** The visitor's own server: nearly empty, with a place for what comes in. */
export function yourFiles(): Sample[] {
  return [sample("Library/welcome.txt", kib), ...numbered(12, (n) => `Library/Scans/page ${n}.png`, 30 * kib)];
}

const blockBytes = 256 * kib;

/** Writes a sample below `root`: pseudo-random content that depends on its path and size alone. */
export async function writeSample(root: string, file: Sample): Promise<void> {
  const target = join(root, file.path);
  await mkdir(dirname(target), { recursive: true });
  const block = makeBlock(`${file.path.split("/").at(-1)} ${file.sizeBytes}`);
  const handle = await open(target, "wx");
  try {
    for (let at = 0; at < file.sizeBytes; at += blockBytes) {
      block.writeUInt32BE(at / blockBytes, 0);
      await handle.write(block, 0, Math.min(blockBytes, file.sizeBytes - at));
    }
  } finally {
    await handle.close();
  }
  await utimes(target, file.modifiedAt, file.modifiedAt);
}

/** Incompressible enough, and cheap: a hash chain of 32-byte pieces, repeated with their number. */
function makeBlock(seed: string): Buffer {
  const piece = createHash("sha512").update(seed).digest();
  const block = Buffer.alloc(blockBytes, piece);
  for (let at = 0; at < blockBytes; at += piece.length) block.writeUInt32BE(at, at);
  return block;
}
