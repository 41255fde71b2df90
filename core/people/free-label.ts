// A label that is not taken yet.

/** `label`, or `label (2)`, `label (3)`, … so that it differs from all of `taken`, capitals or not; 64 characters at most. */
export function freeLabel(label: string, taken: readonly string[]): string {
  const lower = new Set(taken.map((one) => one.toLowerCase()));
  let free = label;
  for (let n = 2; lower.has(free.toLowerCase()); n++) {
    const tail = ` (${n})`;
    free = [...label].slice(0, 64 - tail.length).join("") + tail;
  }
  return free;
}
