// A deterministic tree of files as a home has them: folders within folders, few of them big, names with accents and numbers.
// The files hold nothing but have sizes and times.
import { closeSync, ftruncateSync, futimesSync, mkdirSync, openSync, renameSync, utimesSync } from "node:fs";
import { join } from "node:path";

export interface TreeSize {
  files: number;
  folders: number;
}

/** For titles. */
export const countsOf = ({ files, folders }: TreeSize) =>
  `${files.toLocaleString("en")} files in ${folders.toLocaleString("en")} folders`;

const words = [
  ...["Été", "Lyon", "photos", "vacances", "IMG", "concert", "live", "notes", "thèse", "dataset", "run", "final"],
  ...["Großmutter", "Señorita", "mixtape", "season", "chapter", "scan", "backup", "garden", "Ñandú", "日本", "winter"],
];
const endings = ["jpg", "mp3", "flac", "mkv", "pdf", "csv", "txt", "zip"];
const dayMs = 86_400_000;
/** Share of the folders at each level below the top; the last level takes the rest. */
const levels = [0.01, 0.14, 0.6];

/** Paths of the folders, below `top`. The oldest file is three years old, the youngest a day, so all have settled. */
export function makeTree(top: string, { files, folders }: TreeSize): string[] {
  const random = seeded(files);
  const paths = foldersOf(folders, random);
  const counts = spread(files, paths, random);
  const nowMs = Date.now();
  for (const [index, path] of paths.entries()) {
    mkdirSync(join(top, path), { recursive: true });
    for (let n = 0; n < (counts[index] ?? 0); n += 1) makeFile(join(top, path, nameOf(n, random)), nowMs, random);
  }
  // Last, as each file that came in moved it.
  for (const path of paths.toReversed()) setTime(join(top, path), nowMs - dayMs - random() * 900 * dayMs);
  return paths;
}

/**
 * As an upload does it: files come in under another name and take the places of those of the change before, in 25 folders.
 * @param change its number, from 1
 * @returns how many folders changed
 */
export function changeTree(top: string, paths: readonly string[], change: number, files = 100): number {
  const random = seeded(1000 + change);
  const folders = Math.max(1, Math.min(25, Math.floor(paths.length / 4)));
  const step = Math.floor(paths.length / folders);
  for (let n = 0; n < files; n += 1) {
    const folder = join(top, paths[(n % folders) * step] ?? "");
    const fresh = join(folder, `.incoming ${n}`);
    makeFile(fresh, Date.now(), random);
    renameSync(fresh, join(folder, `changed ${n}.jpg`));
    // Changes follow each other within a second, as which they are told; of real ones none is trusted that is so young.
    setTime(folder, Date.now() + change * 1000);
  }
  return folders;
}

function makeFile(path: string, nowMs: number, random: () => number): void {
  const file = openSync(path, "w", 0o644);
  const seconds = Math.floor((nowMs - dayMs - random() ** 2 * 1095 * dayMs) / 1000);
  ftruncateSync(file, Math.floor(random() ** 4 * 50_000_000));
  futimesSync(file, seconds, seconds);
  closeSync(file);
}

function setTime(path: string, ms: number): void {
  utimesSync(path, Math.floor(ms / 1000), Math.floor(ms / 1000));
}

const pick = <T>(list: readonly T[], random: () => number) => list[Math.floor(random() * list.length)];
const nameOf = (n: number, random: () => number) =>
  `${pick(words, random)} ${pick(words, random)} ${String(n + 1).padStart(4, "0")}.${pick(endings, random)}`;

function foldersOf(count: number, random: () => number): string[] {
  const paths: string[] = [];
  let above: string[] = [""];
  for (const share of [...levels, 1]) {
    const wanted = share === 1 ? count - paths.length : Math.max(1, Math.round(count * share));
    const level: string[] = [];
    for (let n = 0; n < wanted && paths.length + level.length < count; n += 1) {
      const parent = pick(above, random) ?? "";
      const name = `${pick(words, random)} ${2000 + (n % 25)} ${n}`;
      level.push(parent === "" ? name : `${parent}/${name}`);
    }
    paths.push(...level);
    if (level.length > 0) above = level;
  }
  return paths;
}

/** Many small folders and few big ones: a log-normal spread whose counts add up exactly. */
function spread(files: number, paths: readonly string[], random: () => number): number[] {
  const weights = paths.map(() => Math.exp(1.1 * gauss(random)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = 0;
  let given = 0;
  return weights.map((weight) => {
    left += (files * weight) / total;
    const count = Math.round(left) - given;
    given += count;
    return count;
  });
}

function gauss(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** The same numbers from 0 to 1 for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One folder with nothing but files in it. */
export function makeFlatFolder(folder: string, files: number): void {
  const random = seeded(files + 1);
  const nowMs = Date.now();
  mkdirSync(folder, { recursive: true });
  for (let n = 0; n < files; n += 1) makeFile(join(folder, nameOf(n, random)), nowMs, random);
  setTime(folder, nowMs - dayMs);
}
