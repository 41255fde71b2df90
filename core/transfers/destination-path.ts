// Where a pulled file goes below the inbox: names that every destination takes, and no two files at one place.
// Pure; whether something is already there is asked at the destination itself.

/** Bytes of one name; leaves room for ` (2)` and below the 255 of common file systems. */
const maxNameBytes = 240;
const controls = /[\p{Cc}\p{Zl}\p{Zp}]/gu;
/**
 * What some servers do not take as a part of a name: Windows reads `\` as `/`, and ProFTPD swallows what follows the
 * byte 0xFF (telnet's IAC; U+F7FF in ftp/names.ts), so that `.`, three such bytes and `.` would be `..`.
 */
const misread = /[\\\uF7FF]/g;
/** Windows drops dots and spaces at the end: `.. ` is `..` there. */
const onlyDots = /^[. ]*\.[. ]*$/;

/**
 * The name of our unfinished file for a transfer.
 * @param tag random: another installation that writes into the same inbox counts its transfers as well
 */
export function partName(transferId: number, tag: string): string {
  return `.fonshare-${transferId}-${tag}.part`;
}

/** The part lies beside the final name. */
export function partPath(destinationPath: string, transferId: number, tag: string): string {
  const folder = folderOf(destinationPath);
  const name = partName(transferId, tag);
  return folder === "" ? name : `${folder}/${name}`;
}

/**
 * The name of the empty file with which a pair of servers is tried.
 * @param probeId below 0, so that it is no transfer's, and random: another installation may write into the same inbox
 */
export function probeName(probeId: number): string {
  return `.fonshare-probe-${-probeId}.part`;
}

/** Is this path that of a part of this transfer, or of this probe? The janitor removes nothing else. */
export function isPartOf(transferId: number, path: string): boolean {
  if (transferId < 0) return path === probeName(transferId);
  const name = path.slice(path.lastIndexOf("/") + 1);
  return /^\.fonshare-(\d+)-[0-9a-f]{8}\.part$/.exec(name)?.[1] === String(transferId);
}

/** "" when it lies in the inbox itself. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}

/**
 * A relative path without `.`, `..` or what a server could read as one, without empty or overlong names, control
 * characters, or names of our own parts.
 */
export function safePath(relativePath: string): string {
  const names = relativePath.split("/").filter((name) => name !== "" && name !== ".");
  return names.map(safeName).join("/") || "_";
}

function safeName(name: string): string {
  const clean = name.replace(controls, "_").replace(misread, "_");
  return shorten(/^\.fonshare-/i.test(clean) ? `_${clean}` : clean).replace(onlyDots, "_");
}

/** Cuts the middle so that the extension stays. */
function shorten(name: string): string {
  if (Buffer.byteLength(name) <= maxNameBytes) return name;
  const { stem, extension } = splitName(name);
  const tail = Buffer.byteLength(extension) <= 32 ? extension : "";
  return cutBytes(tail === "" ? name : stem, maxNameBytes - Buffer.byteLength(tail)) + tail;
}

function cutBytes(text: string, limitBytes: number): string {
  let cut = "";
  let bytes = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > limitBytes) break;
    cut += character;
  }
  return cut;
}

function splitName(name: string): { stem: string; extension: string } {
  const dot = name.lastIndexOf(".");
  return dot <= 0 ? { stem: name, extension: "" } : { stem: name.slice(0, dot), extension: name.slice(dot) };
}

/**
 * One destination path for each relative path, in the same order; the second of two that a file system could take
 * for the same gets ` (2)`. Upper and lower case and Unicode forms count as the same.
 */
export function placeFiles(relativePaths: readonly string[]): string[] {
  const wanted = relativePaths.map(safePath);
  const folders = new Set(wanted.flatMap(foldersOf).map(sameness));
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  return wanted.map((path) => {
    const place = freePlace(path, (candidate) => taken.has(candidate) || folders.has(candidate), counts);
    taken.add(sameness(place));
    return place;
  });
}

/** Equal for two paths that a file system could take for the same. */
export function sameness(path: string): string {
  return path.normalize("NFC").toLowerCase();
}

function foldersOf(path: string): string[] {
  const names = path.split("/");
  return names.slice(1).map((_, depth) => names.slice(0, depth + 1).join("/"));
}

function freePlace(path: string, isTaken: (place: string) => boolean, counts: Map<string, number>): string {
  const key = sameness(path);
  if (!isTaken(key)) return path;
  const folder = folderOf(path);
  const { stem, extension } = splitName(path.slice(folder === "" ? 0 : folder.length + 1));
  // Counting on from the last number keeps a thousand files of one name from being quadratic.
  for (let count = (counts.get(key) ?? 1) + 1; ; count += 1) {
    const name = `${stem} (${count})${extension}`;
    const place = folder === "" ? name : `${folder}/${name}`;
    if (isTaken(sameness(place))) continue;
    counts.set(key, count);
    return place;
  }
}
