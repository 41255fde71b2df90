// Cuts text to the platforms' limits, which count UTF-16 units, without parting what people see as one character. Pure.

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The middle goes, so that the end of a file name stays readable. @param units at least 4 */
export function cutMiddle(text: string, units: number): string {
  if (text.length <= units) return text;
  const clusters = split(text);
  const tail = take(clusters.toReversed(), Math.min(10, Math.floor(units / 3))).reverse();
  const tailUnits = tail.join("").length;
  return `${take(clusters, units - 1 - tailUnits).join("")}…${tail.join("")}`;
}

/** @param units may be 0 or less: then nothing is left */
export function cutEnd(text: string, units: number): string {
  if (units < 1) return "";
  return text.length <= units
    ? text
    : `${take(split(text), units - 1)
        .join("")
        .trimEnd()}…`;
}

function split(text: string): string[] {
  return Array.from(graphemes.segment(text), (part) => part.segment);
}

function take(clusters: readonly string[], units: number): string[] {
  const taken: string[] = [];
  let left = units;
  for (const cluster of clusters) {
    left -= cluster.length;
    if (left < 0) break;
    taken.push(cluster);
  }
  return taken;
}
