// The blocks of a reply as Discord's markdown, with as much detail as there is room for. Pure.

import { cutEnd, cutMiddle } from "../chat/cut.ts";
import type { Block, ListItem, Tone } from "../reply.ts";
import { cleanName } from "../text.ts";
import { bold, codeSpan, escapeText, showLiteral } from "./markup.ts";

export interface Detail {
  /** UTF-16 units of a name, before it is escaped. */
  nameUnits: number;
  /** Of one detail of a list's line; 0 shows none. */
  detailUnits: number;
  /** Of a text. */
  textUnits: number;
}

/** From the fullest to the shortest. */
export const details: readonly [Detail, ...Detail[]] = [
  { nameUnits: 150, detailUnits: 150, textUnits: 4096 },
  { nameUnits: 80, detailUnits: 80, textUnits: 2000 },
  { nameUnits: 60, detailUnits: 40, textUnits: 1500 },
  { nameUnits: 40, detailUnits: 24, textUnits: 1000 },
  { nameUnits: 40, detailUnits: 0, textUnits: 800 },
  { nameUnits: 24, detailUnits: 0, textUnits: 500 },
];

export function renderBlock(block: Block, tone: Tone, detail: Detail): string {
  switch (block.kind) {
    case "heading":
      return bold(showText(cutEnd(block.text, detail.nameUnits)));
    case "text": {
      const own = block.tone ?? (tone === "error" ? "error" : "plain");
      return signs[own] + showText(cutEnd(block.text, detail.textUnits));
    }
    case "items":
      return block.items.map((item) => renderItem(item, detail)).join("\n");
    case "table":
      return block.rows
        .map(([key, value]) => `${bold(showName(key, detail.nameUnits))}\u2003${showName(value, detail.textUnits)}`)
        .join("\n");
    case "progress":
      return renderProgress(block, detail);
    case "literal":
      return showLiteral(block.text);
    case "document":
      return "";
  }
}

const signs: Record<Tone, string> = { plain: "", ok: "✅ ", warn: "⚠️ ", error: "❌ " };
const icons: Partial<Record<ListItem["icon"], string>> = { folder: "📁 ", server: "🖥️ ", share: "📁 " };

/** First line: number, name, size, age, mark. Second, small: the reference and what else is known. */
function renderItem(item: ListItem, detail: Detail): string {
  const number = item.number === null ? "" : `${codeSpan(String(item.number))} `;
  const name = `${icons[item.icon] ?? ""}${bold(showName(item.name || "\uFFFD", detail.nameUnits))}`;
  const mark = item.mark === null ? "" : `${signs[item.mark.tone]}${showName(item.mark.text, detail.nameUnits)}`;
  const first = [`${number}${name}`, escapeText(item.size), escapeText(item.age), mark];
  const more = detail.detailUnits === 0 ? [] : item.details.map((text) => showName(text, detail.detailUnits));
  const second = [item.ref === "" ? "" : codeSpan(item.ref), ...more].filter((part) => part !== "");
  const lines = [first.filter((part) => part !== "").join(" · ")];
  if (second.length > 0) lines.push(`-# ${second.join(" · ")}`);
  return lines.join("\n");
}

const barLength = 16;

function renderProgress(block: Extract<Block, { kind: "progress" }>, detail: Detail): string {
  const fraction = Math.min(1, Math.max(0, block.fraction));
  const full = Math.round(fraction * barLength);
  const bar = codeSpan("█".repeat(full) + "░".repeat(barLength - full));
  const text = block.text === "" ? "" : `\n${showText(cutEnd(block.text, detail.textUnits))}`;
  return `${bold(showName(block.title, detail.nameUnits))}\n${bar} ${Math.floor(fraction * 100)} %${text}`;
}

/** One line; escaped. */
function showName(text: string, units: number): string {
  return text === "" ? "" : escapeText(cutMiddle(cleanName(text), units));
}

/** May have several lines; escaped. */
export function showText(text: string): string {
  return text
    .split("\n")
    .map((line) => (line.trim() === "" ? "" : escapeText(cleanName(line))))
    .join("\n");
}
