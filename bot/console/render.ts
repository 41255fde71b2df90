// The neutral reply as lines of text for a terminal of any width, or for a pipe. Pure; colours are handed in.
import wrapAnsi from "wrap-ansi";
import type { Block, Button, ListItem, Reply, Tone } from "../reply.ts";
import { cutMiddle, cutToWidth, padTo, widthOf } from "../text.ts";

export type Style = "heading" | "dim" | "ok" | "warn" | "error" | "name" | "bar" | "literal" | "plain";
export type Paint = (style: Style, text: string) => string;
/** For a pipe, and for NO_COLOR. */
export const paintNothing: Paint = (_style, text) => text;

export interface Canvas {
  /** No line is wider; at least 20. */
  columns: number;
  paint: Paint;
}

const icons: Record<ListItem["icon"], string> = { file: "", folder: "/", server: "", pull: "", person: "", share: "" };

/** Lines without a line end, none wider than the canvas. Only `literal` and `document` lines are broken within words. */
export function renderReply(reply: Reply, canvas: Canvas): string[] {
  const lines = reply.blocks.flatMap((block) => renderBlock(block, reply.tone, canvas));
  return [...lines, ...renderButtons(reply.buttons, canvas)];
}

function renderBlock(block: Block, tone: Tone, canvas: Canvas): string[] {
  const { paint, columns } = canvas;
  switch (block.kind) {
    case "heading":
      return wrap(block.text, columns).map((line) => paint("heading", line));
    case "text":
      return renderText(block.text, block.tone ?? (tone === "error" ? "error" : "plain"), canvas);
    case "items":
      return renderItems(block.items, canvas);
    case "table":
      return renderTable(block.rows, canvas);
    case "progress":
      return [
        ...renderProgress(block, canvas),
        ...wrap(block.text, columns - 2).map((line) => paint("dim", `  ${line}`)),
      ];
    case "literal":
      return wrap(block.text, columns - 2).map((line) => `  ${paint("literal", line)}`);
    case "document":
      return block.text.split("\n").flatMap((line) => wrap(line, columns, false));
  }
}

const signs: Record<Tone, string> = { plain: "", ok: "✓ ", warn: "! ", error: "✗ " };

function renderText(text: string, tone: Tone, { columns, paint }: Canvas): string[] {
  const sign = signs[tone];
  return wrap(text, columns - sign.length).map((line, index) =>
    tone === "plain" ? line : paint(tone, `${index === 0 ? sign : "  "}${line}`),
  );
}

function renderItems(items: readonly ListItem[], canvas: Canvas): string[] {
  const layout = layOut(items, canvas.columns);
  return items.flatMap((item) => renderItem(item, layout, canvas));
}

interface Layout {
  number: number;
  indent: number;
  size: number;
  age: number;
}

/** How wide the columns of a list are; the name takes what is left. A narrow terminal shows no ages. */
function layOut(items: readonly ListItem[], columns: number): Layout {
  const widest = (texts: string[]) => Math.max(0, ...texts.map(widthOf));
  const number = widest(items.map((item) => (item.number === null ? "" : String(item.number))));
  return {
    number,
    indent: number === 0 ? 2 : number + 3,
    size: widest(items.map((item) => item.size)),
    age: columns < 60 ? 0 : widest(items.map((item) => item.age)),
  };
}

/** First line: number, name, size, age. Below, dim: what else is known. */
function renderItem(item: ListItem, layout: Layout, { columns, paint }: Canvas): string[] {
  const { indent } = layout;
  const start = item.number === null ? "" : ` ${padTo(String(item.number), layout.number, "left")}`;
  const right = alignRight(item.size, layout.size) + alignRight(item.age, layout.age);
  const mark = item.mark === null ? "" : `  ${item.mark.text}`;
  // With nothing else to tell, the reference stands behind the name, and the item takes one line.
  const ref = item.details.length === 0 && item.ref !== "" ? `  ${item.ref}` : "";
  const nameColumns = Math.max(8, columns - indent - widthOf(right) - widthOf(mark) - widthOf(ref));
  const name = cutMiddle(item.name + icons[item.icon], nameColumns);
  const fill = " ".repeat(Math.max(0, nameColumns - widthOf(name)));
  const shownMark = item.mark === null ? "" : paint(item.mark.tone, mark);
  const details = ref !== "" ? "" : [item.ref, ...item.details].filter((part) => part !== "").join(" · ");
  return [
    keepWithin(
      `${paint("dim", padTo(start, indent))}${paint("name", name)}${paint("dim", ref)}${shownMark}${fill}${paint("dim", right)}`,
      columns,
    ),
    ...wrap(details, columns - indent).map((line) => " ".repeat(indent) + paint("dim", line)),
  ];
}

function alignRight(text: string, width: number): string {
  return width === 0 ? "" : `  ${padTo(text, width, "left")}`;
}

function renderTable(rows: ReadonlyArray<readonly [string, string]>, { columns, paint }: Canvas): string[] {
  const keyColumns = Math.min(Math.max(...rows.map(([key]) => widthOf(key))), Math.floor(columns / 2));
  return rows.flatMap(([key, value]) =>
    wrap(value, columns - keyColumns - 4).map((line, index) => {
      const shownKey = padTo(index === 0 ? cutToWidth(key, keyColumns) : "", keyColumns);
      return `  ${paint("literal", shownKey)}  ${line}`;
    }),
  );
}

type Progress = Extract<Block, { kind: "progress" }>;

/** One line: title, bar, per cent. */
export function renderProgress({ title, fraction }: Progress, { columns, paint }: Canvas): string[] {
  const percent = padTo(`${Math.floor(fraction * 100)} %`, 5, "left");
  const barColumns = Math.max(5, Math.min(30, Math.floor(columns / 4)));
  const full = Math.round(fraction * barColumns);
  const bar = "█".repeat(full) + "░".repeat(barColumns - full);
  const name = cutMiddle(title, Math.max(1, columns - barColumns - percent.length - 2));
  return [keepWithin(`${paint("name", name)} ${paint("bar", bar)} ${percent}`, columns)];
}

/** Questions are asked by the prompt; long commands have a short form (`/more`) or stay with other platforms. */
function renderButtons(buttons: readonly Button[], { columns, paint }: Canvas): string[] {
  const hints = buttons.flatMap((button) => {
    if (button.role === "next") return [`${button.label} → /more`];
    if (button.role === "previous") return [`${button.label} → /back`];
    return button.role === "plain" && button.command.length <= 40 ? [`${button.label} → ${button.command}`] : [];
  });
  return fillLines(hints, columns).flatMap((line) => wrap(line, columns).map((part) => paint("dim", part)));
}

/** As many hints on a line as fit whole. */
function fillLines(hints: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  for (const hint of hints) {
    const longer = [lines.at(-1) ?? "", hint].filter((part) => part !== "").join("  ·  ");
    if (lines.length > 0 && widthOf(longer) <= columns) lines[lines.length - 1] = longer;
    else lines.push(hint);
  }
  return lines;
}

function wrap(text: string, columns: number, isTrimmed = true): string[] {
  if (text === "") return isTrimmed ? [] : [""];
  return wrapAnsi(text, Math.max(2, columns), { hard: true, trim: isTrimmed }).split("\n");
}

/** A last guard for a very narrow terminal: a plain cut, without colours. */
function keepWithin(line: string, columns: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removes the colours
  return widthOf(line) <= columns ? line : cutToWidth(line.replace(/\u001B\[[0-9;]*m/g, ""), columns);
}
