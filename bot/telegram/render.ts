// The neutral message as one message of Telegram: HTML, keyboard, file. Pure.
import type { Language } from "#contract";
import { cutEnd } from "../chat/cut.ts";
import type { Message } from "../chat/port.ts";
import { findCommand } from "../commands/names.ts";
import type { Block, ListItem, Tone } from "../reply.ts";
import { cutMiddle } from "../text.ts";
import { layKeyboard } from "./keyboard.ts";
import type { Span } from "./markup.ts";
import { isLocal, limitEntities, makeMention, makeName, makeSpans, toHtml } from "./markup.ts";
import type { Keyboard } from "./wire.ts";

export interface Rendered {
  html: string;
  /** The same without any markup. */
  plain: string;
  keyboard: Keyboard | undefined;
  document: { name: string; text: string } | undefined;
}

export const longestText = 4096;
export const longestCaption = 1024;

interface Line {
  spans: Span[];
  /** A link or code of use only as a whole: other lines give way. */
  isWhole?: true;
}

const nameColumns = 80;
const detailColumns = 100;
const barSteps = 12;

const icons: Record<ListItem["icon"], string> = {
  file: "",
  folder: "📁 ",
  server: "🖥 ",
  pull: "",
  person: "👤 ",
  share: "🗂 ",
};
const signs: Record<Tone, string> = { plain: "", ok: "✅ ", warn: "⚠️ ", error: "❌ " };
const marks: Record<Tone, string> = { plain: "", ok: "✓ ", warn: "⚠️ ", error: "❌ " };

/** @param most UTF-16 units after the markup is resolved */
export function renderMessage(message: Message, most = longestText): Rendered {
  const { reply, buttons, mention, tongue } = message;
  const document = reply.blocks.find((block) => block.kind === "document");
  const parts = reply.blocks
    .map((block) => renderBlock(block, reply.tone, tongue.language))
    .filter((lines) => lines.length > 0);
  const lines = parts.flatMap((part, index) => (index === 0 ? part : [{ spans: [] }, ...part]));
  if (!lines.some(isVisible)) lines.push({ spans: makeSpans(document ? tongue.say("chat.shared-file") : "…") });
  if (mention) lines[0]?.spans.unshift(...mentionSpans(mention));
  const limited = limitEntities(lines.map(({ spans }) => spans));
  const shown = shorten(
    lines.map((line, index) => ({ ...line, spans: limited[index] ?? [] })),
    most,
  ).map(({ spans }) => spans);
  return {
    html: toHtml(shown),
    plain: shown.map((spans) => spans.map(({ text }) => text).join("")).join("\n"),
    keyboard: layKeyboard(buttons),
    document: document && { name: fileName(document.name), text: document.text },
  };
}

/** Telegram refuses a message in which there is nothing to see. */
function isVisible({ spans }: Line): boolean {
  return spans.some(({ text }) => /[^\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/u.test(text));
}

function mentionSpans({ userId, name }: NonNullable<Message["mention"]>): Span[] {
  const shown = cutEnd(name, nameColumns);
  const isPerson = /^\d+$/.test(userId);
  return [...(isPerson ? [makeMention(shown, userId)] : makeSpans(shown)), ...makeSpans(" ")];
}

function renderBlock(block: Block, tone: Tone, language: Language): Line[] {
  switch (block.kind) {
    case "heading":
      return textLines(block.text, "bold");
    case "text":
      return textLines(signs[block.tone ?? (tone === "error" ? "error" : "plain")] + block.text, "plain");
    case "items":
      return block.items.flatMap(renderItem);
    case "table":
      return block.rows.map((row) => renderRow(row, language));
    case "progress":
      return renderProgress(block);
    case "literal":
      return [{ spans: makeSpans(block.text, isTappable(block.text) ? "tap" : "code"), isWhole: true }];
    case "document":
      return [];
  }
}

function textLines(text: string, style: "plain" | "bold"): Line[] {
  return text.trim() === "" ? [] : text.split("\n").map((line) => ({ spans: makeSpans(line, style) }));
}

/** First line: number, name, mark. Second: size, age, what else is known, the reference to copy. */
function renderItem(item: ListItem): Line[] {
  const { number, icon, mark, ref } = item;
  const first = makeSpans(`${number === null ? "" : `${number}. `}${icons[icon]}`);
  first.push(makeName(cutMiddle(item.name, nameColumns)));
  if (mark) first.push(...makeSpans("  "), ...makeSpans(marks[mark.tone] + mark.text, "italic"));
  const details = item.details.map((detail) => cutMiddle(detail, detailColumns));
  const texts = [item.size, item.age, ...details].filter((text) => text !== "");
  const second = makeSpans(texts.join(" · "));
  if (ref !== "") second.push(...makeSpans(second.length === 0 ? "" : " · "), ...makeSpans(ref, "code"));
  return second.length === 0 ? [{ spans: first }] : [{ spans: first }, { spans: second }];
}

/** A row about a command can be tapped; nobody's name stands where exactly `/search` stands but by calling itself so. */
function renderRow([key, value]: readonly [string, string], language: Language): Line {
  const isCommand = key.startsWith("/") && findCommand(key.slice(1)) !== undefined;
  const start = isCommand
    ? [...makeSpans(key, "tap"), ...makeSpans(" – ")]
    : [...makeSpans(key, "bold"), ...makeSpans(language === "fr" ? "\u00A0: " : ": ")];
  return { spans: [...start, ...makeSpans(value)] };
}

function renderProgress({ title, fraction, text }: Extract<Block, { kind: "progress" }>): Line[] {
  const share = Math.min(1, Math.max(0, fraction));
  const full = Math.round(share * barSteps);
  const bar = `${"█".repeat(full)}${"░".repeat(barSteps - full)} ${Math.floor(share * 100)} %`;
  return [{ spans: [makeName(cutMiddle(title, nameColumns))] }, { spans: makeSpans(bar) }, ...textLines(text, "plain")];
}

/** A link that people have to follow; in code it could only be copied. */
function isTappable(text: string): boolean {
  return /^https?:\/\/[^\s<>"]+$/i.test(text) && !isLocal(text);
}

/** Within `most` units, line ends included: whole lines stay, the others are kept from the top as far as they fit. */
function shorten(lines: readonly Line[], most: number): Line[] {
  const lengthOf = ({ spans }: Line) => 1 + spans.reduce((sum, { text }) => sum + text.length, 0);
  const total = lines.reduce((sum, line) => sum + lengthOf(line), -1);
  if (total <= most) return [...lines];
  const whole = lines.reduce((sum, line) => sum + (line.isWhole ? lengthOf(line) : 0), 0);
  let left = most - whole;
  let isFull = false;
  const kept = lines.flatMap((line) => {
    if (line.isWhole) return [line];
    if (isFull) return [];
    if (lengthOf(line) <= left) {
      left -= lengthOf(line);
      return [line];
    }
    isFull = true;
    return left > 2 ? [cutLine(line, left - 1)] : [];
  });
  return whole > most
    ? lines
        .filter(({ isWhole }) => isWhole)
        .slice(0, 1)
        .map((line) => cutLine(line, most))
    : kept;
}

function cutLine({ spans }: Line, most: number): Line {
  let left = most;
  const kept = spans.flatMap((span) => {
    const text = cutEnd(span.text, left);
    left -= text.length;
    if (text === "" || text === span.text) return text === "" ? [] : [span];
    // What was harmless as a whole may be an address when its end is missing.
    return span.style === "plain" || span.style === "bold" ? makeSpans(text, span.style) : [{ ...span, text }];
  });
  return { spans: kept };
}

/** It stands in a header of the request. */
function fileName(name: string): string {
  return cutEnd(name.replace(/[^\p{L}\p{N}._ -]/gu, "_"), 60).replace("…", "") || "file.txt";
}
