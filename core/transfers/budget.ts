// Does it fit, and how long will it take. Pure.

export interface Wanted {
  sourceId: number;
  sizeBytes: number;
}

/** Milliseconds at the known speeds (bytes per second by source); null when one of the speeds is not known. */
export function estimateMs(files: readonly Wanted[], speeds: ReadonlyMap<number, number>): number | null {
  let totalMs = 0;
  for (const { sourceId, sizeBytes } of files) {
    const speed = speeds.get(sourceId);
    if (speed === undefined) return null;
    totalMs += (sizeBytes / speed) * 1000;
  }
  return files.length === 0 ? null : Math.round(totalMs);
}

export function sumBytes(files: readonly { sizeBytes: number }[]): number {
  return files.reduce((sum, file) => sum + file.sizeBytes, 0);
}

/** Null when the owner set no budget; negative when more is there than the owner now allows. */
export function budgetLeft(budgetBytes: number | null, usedBytes: number): number | null {
  return budgetBytes === null ? null : budgetBytes - usedBytes;
}
