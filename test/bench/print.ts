// A table as text for a terminal: 80 columns where it fits, numbers to the right. No colours.
import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";
import type { Cell, Table } from "./report.ts";

const lineWidth = 80;
const gap = "  ";

/** Three digits are what a measurement is worth; counts are told in full. */
export function formatCell(cell: Cell): string {
  if (cell === null) return "–";
  if (typeof cell === "string") return cell;
  if (Number.isInteger(cell)) return cell.toLocaleString("en");
  const size = Math.abs(cell);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return cell.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function printTable({ title, note, columns, rows }: Table): string {
  const texts = rows.map((row) => row.map(formatCell));
  const isNumber = columns.map((_, at) => rows.every((row) => typeof row[at] !== "string"));
  const widths = chooseWidths(columns, texts);
  const put = (text: string, at: number) => pad(text, widths[at] ?? 0, isNumber[at] === true);
  const line = (cells: readonly string[]) => cells.map(put).join(gap).trimEnd();
  const heads = columns.map((name, at) => wrapAnsi(name, widths[at] ?? 1, { hard: false }).split("\n"));
  const headHeight = Math.max(...heads.map((lines) => lines.length));
  const headLines = Array.from({ length: headHeight }, (_, n) =>
    line(heads.map((lines) => lines[lines.length - headHeight + n] ?? "")),
  );
  const rule = widths.map((width) => "-".repeat(width)).join(gap);
  return [title, wrapAnsi(note, lineWidth), "", ...headLines, rule, ...texts.map(line)].join("\n");
}

/** As wide as the cells need; names of columns are broken at blanks where that makes the table fit. */
function chooseWidths(columns: readonly string[], texts: readonly string[][]): number[] {
  const cells = columns.map((_, at) => Math.max(0, ...texts.map((row) => stringWidth(row[at] ?? ""))));
  const whole = columns.map((name, at) => Math.max(stringWidth(name), cells[at] ?? 0));
  const total = (widths: number[]) => widths.reduce((sum, width) => sum + width + gap.length, -gap.length);
  if (total(whole) <= lineWidth) return whole;
  const words = columns.map((name) => Math.max(...name.split(" ").map((word) => stringWidth(word))));
  return columns.map((_, at) => Math.max(words[at] ?? 0, cells[at] ?? 0));
}

function pad(text: string, width: number, isRight: boolean): string {
  const blanks = " ".repeat(Math.max(0, width - stringWidth(text)));
  return isRight ? blanks + text : text + blanks;
}
