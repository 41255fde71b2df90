// What Telegram makes of plain text by itself: mentions, hashtags, commands, addresses, mail addresses. A hostile file
// name becomes one of these unless it stands in code.
import type { Entity } from "./state.ts";

const topLevel =
  "com|net|org|info|io|me|tv|to|cc|co|md|rs|sh|ai|app|dev|zip|mov|py|pl|ps|so|fr|de|uk|be|ch|ca|eu|us|es|it|nl|ru|xyz";

const patterns: [string, RegExp][] = [
  ["email", /(?<![\p{L}\p{N}_.])[\w.+-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+(?![\p{L}\p{N}_])/giu],
  ["url", /(?<![\p{L}\p{N}_@])(?:https?|ftp|tg|ton):\/\/[^\s<>"«»]+/giu],
  [
    "url",
    new RegExp(
      `(?<![\\p{L}\\p{N}_@./-])(?:[\\p{L}\\p{N}_-]+\\.)+(?:${topLevel})(?![\\p{L}\\p{N}_.-])(?:[/?#][^\\s<>"]*)?`,
      "giu",
    ),
  ],
  ["mention", /(?<![\p{L}\p{N}_@/])@[A-Za-z0-9_]{4,32}(?![\p{L}\p{N}_])/gu],
  ["bot_command", /(?<![\p{L}\p{N}_/<>])\/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\p{L}\p{N}_/<>])/gu],
  ["hashtag", /(?<![\p{L}\p{N}_])#(?=[\p{N}_]*\p{L})[\p{L}\p{N}_]{1,256}/gu],
];

const opaque = new Set(["code", "pre", "text_link", "text_mention", "custom_emoji"]);

/** Adds what Telegram finds outside of code and links; the given entities stay. Sorted by place. */
export function addDetected(text: string, given: readonly Entity[]): Entity[] {
  const taken = given.filter((entity) => opaque.has(entity.type));
  const found: Entity[] = [];
  for (const [type, pattern] of patterns) {
    for (const match of text.matchAll(pattern)) {
      const entity = { type, offset: match.index, length: match[0].length };
      if (![...taken, ...found].some((other) => doOverlap(entity, other))) found.push(entity);
    }
  }
  return [...given, ...found].sort((a, b) => a.offset - b.offset || b.length - a.length);
}

function doOverlap(a: Entity, b: Entity): boolean {
  return a.offset < b.offset + b.length && b.offset < a.offset + a.length;
}

export const slice = (text: string, entity: Entity) => text.slice(entity.offset, entity.offset + entity.length);
