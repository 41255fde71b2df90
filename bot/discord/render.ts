// A message as Discord takes it: one sentence as content, anything longer as one embed, never over a limit. Pure.
import type { APIAllowedMentions, APIEmbed } from "discord.js";
import { cutEnd } from "../chat/cut.ts";
import type { Message } from "../chat/port.ts";
import type { Block, Reply, Tone } from "../reply.ts";
import type { Detail } from "./blocks.ts";
import { details, renderBlock, showText } from "./blocks.ts";
import type { Row } from "./components.ts";
import { renderButtons } from "./components.ts";

export interface Payload {
  /** Complete: sent as an edit it leaves nothing of the message that was there. */
  body: { content: string; embeds: APIEmbed[]; components: Row[]; allowed_mentions: APIAllowedMentions };
  files: { name: string; data: Buffer; contentType: string }[];
}

const longest = { content: 2000, title: 256, description: 4096, literal: 1500 };
const colours: Record<Tone, number> = { plain: 0x5865f2, ok: 0x3ba55d, warn: 0xfaa61a, error: 0xed4245 };

export function renderMessage({ reply, buttons, mention }: Message): Payload {
  const { shown, files } = partDocuments(reply.blocks);
  const ring = mention ? `<@${mention.userId}>` : "";
  const text =
    shown.every(isShort) && (shown.length > 0 || files.length > 0)
      ? renderContent(shown, reply, longest.content - ring.length - 1)
      : undefined;
  const content = [ring, text ?? ""].filter((part) => part.trim() !== "").join(" ");
  const isEmpty = content === "" && text !== undefined && files.length === 0;
  return {
    body: {
      content: isEmpty ? "…" : content,
      embeds: text === undefined ? [renderEmbed(shown, reply)] : [],
      components: renderButtons(buttons),
      allowed_mentions: { parse: [], users: mention ? [mention.userId] : [] },
    },
    files,
  };
}

/** Such blocks alone need no embed. */
const isShort = (block: Block) => block.kind === "text" || block.kind === "literal";

/** Undefined when it needs the greater room of an embed. */
function renderContent(blocks: readonly Block[], reply: Reply, limit: number): string | undefined {
  const [first] = details;
  const text = join(blocks, reply, first);
  return text.length <= limit ? text : undefined;
}

function renderEmbed(blocks: readonly Block[], reply: Reply) {
  const [head, ...rest] = blocks;
  const title = head?.kind === "heading" ? fitTitle(head.text) : "";
  const description = shorten(head?.kind === "heading" ? rest : blocks, reply, longest.description);
  // An embed without any words would be an empty message.
  const words = description.trim() === "" && title === "" ? "…" : description;
  return {
    ...(title === "" ? {} : { title }),
    ...(words === "" ? {} : { description: words }),
    color: colours[reply.tone],
  };
}

function fitTitle(text: string): string {
  for (const units of [longest.title, 200, 150]) {
    const title = showText(cutEnd(text, units));
    if (title.length <= longest.title) return title;
  }
  // Every character may have needed a backslash.
  return showText(cutEnd(text, longest.title / 2));
}

/** Names are cut shorter and shorter, then details go, and only then whole lines at the end. */
function shorten(blocks: readonly Block[], reply: Reply, limit: number): string {
  let text = "";
  for (const detail of details) {
    text = join(blocks, reply, detail);
    if (text.length <= limit) return text;
  }
  return dropLines(text, limit);
}

function join(blocks: readonly Block[], reply: Reply, detail: Detail): string {
  let text = "";
  let before: Block | undefined;
  for (const block of blocks) {
    const next = renderBlock(block, reply.tone, detail);
    if (next === "") continue;
    // A code block has space of its own around it.
    const isClose = block.kind === "text" || next.startsWith("```");
    if (before) text += before.kind === "text" && isClose ? "\n" : "\n\n";
    text += next;
    before = block;
  }
  return text;
}

/** Whole lines only: a cut line could lose the end of its markup. Code blocks are short and stand on few lines. */
function dropLines(text: string, limit: number): string {
  const kept: string[] = [];
  let left = limit - 2;
  let isInCode = false;
  for (const line of text.split("\n")) {
    left -= line.length + 1;
    // An open code block keeps room for its end.
    if (line === "```") isInCode = !isInCode;
    if (left < (isInCode ? 4 : 0)) break;
    kept.push(line);
  }
  const isOpen = kept.filter((line) => line === "```").length % 2 === 1;
  return [...kept, ...(isOpen ? ["```"] : []), "…"].join("\n");
}

/** Documents, and literal text that fits nowhere uncut, become files. */
function partDocuments(blocks: readonly Block[]): { shown: Block[]; files: Payload["files"] } {
  const files: Payload["files"] = [];
  const shown = blocks.filter((block) => {
    const isFile = block.kind === "document" || (block.kind === "literal" && block.text.length > longest.literal);
    if (isFile) files.push(fileOf(block.kind === "document" ? block.name : "text.txt", block.text));
    return !isFile;
  });
  return { shown, files: files.slice(0, 10) };
}

function fileOf(name: string, text: string): Payload["files"][number] {
  const safeName = name.replace(/[^\w.-]+/g, "-").slice(-100) || "text.txt";
  const contentType = safeName.endsWith(".json") ? "application/json" : "text/plain; charset=utf-8";
  return { name: safeName, data: Buffer.from(text, "utf8"), contentType };
}

/** What is left of a message when Discord refuses its looks: the words alone. */
export function renderPlainly({ reply, mention }: Message): Payload {
  const words = reply.blocks.flatMap((block) => ("text" in block && block.kind !== "document" ? [block.text] : []));
  return {
    body: {
      content: cutEnd(showText(words.join("\n")).trim() || "…", longest.content / 2),
      embeds: [],
      components: [],
      allowed_mentions: { parse: [], users: mention ? [mention.userId] : [] },
    },
    files: [],
  };
}
