// Which folders of a server a scan reads: those that are shared, without those that lie in another one. Pure.
import { isWithin } from "../sight.ts";

/** The fewest folders that hold all of `paths`, in order. */
export function minimalRoots(paths: string[]): string[] {
  const shortFirst = [...new Set(paths)].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const roots: string[] = [];
  for (const path of shortFirst) if (!roots.some((root) => isWithin(path, root))) roots.push(path);
  return roots;
}
