// Makes text of strangers harmless and fitting: file names, people's names, titles. No markup of any platform here.
import stringWidth from "string-width";

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Columns that `text` takes in a terminal. */
export const widthOf = (text: string): number => stringWidth(text);

/**
 * One line without control, bidi, zero-width and other invisible characters, in NFC. Bytes that were no text (the core
 * hands them over as U+F700..F7FF) become `�`; piles of combining marks are cut, because they cover other lines.
 */
export function cleanName(text: string): string {
  const cleaned = text
    .toWellFormed()
    .normalize("NFC")
    .replace(/[\uF700-\uF7FF]/g, "\uFFFD")
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, "")
    .replace(/(\p{M}{3})\p{M}+/gu, "$1")
    .trim();
  return cleaned === "" ? "\uFFFD" : cleaned;
}

/** At most `columns` wide; what is missing at the end is shown as `…`. */
export function cutToWidth(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  return columns < 1 ? "" : `${takeWidth(splitGraphemes(text), columns - 1).trimEnd()}…`;
}

/** As cutToWidth, but the middle goes, so that the end of a file name (its kind, its number) stays readable. */
export function cutMiddle(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  const tailColumns = Math.min(10, Math.floor(columns / 3));
  const clusters = splitGraphemes(text);
  const tail = takeWidth(clusters.toReversed(), tailColumns, true);
  const head = takeWidth(clusters, columns - 1 - widthOf(tail));
  return columns < 1 ? "" : `${head}…${tail}`;
}

/** At most `count` characters as people count them. */
export function cutGraphemes(text: string, count: number): string {
  const clusters = splitGraphemes(text);
  return clusters.length <= count ? text : `${clusters.slice(0, count - 1).join("")}…`;
}

/** Filled up with spaces to `columns`; text that is wider stays as it is. */
export function padTo(text: string, columns: number, side: "left" | "right" = "right"): string {
  const fill = " ".repeat(Math.max(0, columns - widthOf(text)));
  return side === "right" ? text + fill : fill + text;
}

function splitGraphemes(text: string): string[] {
  return [...graphemes.segment(text)].map((part) => part.segment);
}

// Measured as a whole each time: the width of joined clusters is not always the sum of theirs.
function takeWidth(clusters: string[], columns: number, isReversed = false): string {
  let taken = "";
  for (const cluster of clusters) {
    const longer = isReversed ? cluster + taken : taken + cluster;
    if (widthOf(longer) > columns) break;
    taken = longer;
  }
  return taken;
}
