// What people share in the conversations: files with names of all kinds, contents that differ.
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { hostileText } from "../../bot/hostile-text.ts";

/** Names that chat platforms take for something else, and that are shown as they are. */
export const shownWhole = [
  "@everyone @here <@1> <@&2> <#3>",
  "<b>bold<∕b> <i>x &amp; y <a href=x>",
  "`tick` ```fence``` ||hidden||",
  "_*[]()~ **strong** __under__ ~~gone~~",
  "[masked](https:∕∕evil.example) # heading > quote - list",
  "1. one <t:1:R> <:smile:42> :smile: \\* \\",
];
export const hostileNames = [
  ...shownWhole,
  "right \u202Egpj.exe\u202C left\u2066",
  "zero\u200Bwidth\u2060join\uFEFF",
  "@admin #tag https:www.evil.example t.me",
  "👩‍👩‍👧‍👦🇫🇷 ｶﾞ e\u0301 한글 שלום مرحبا",
  "x".repeat(250),
  ...fc
    .sample(hostileText, { numRuns: 8, seed: 7 })
    .map((text) => cutBytes(text.toWellFormed().replace(/[/\0\r\n]/g, "_"), 100).trim())
    .filter((text) => text !== "" && !/^\.+$/.test(text)),
];

export function cutBytes(text: string, most: number): string {
  let cut = text;
  while (Buffer.byteLength(cut) > most) cut = [...cut].slice(0, -1).join("");
  return cut;
}

/** `folder nn/name nn.mp3`, with contents that differ. */
export function songs(count: number, name = "song"): Record<string, Buffer> {
  const files = Array.from({ length: count }, (_, i) => {
    const number = String(i + 1).padStart(2, "0");
    return [`Music/${name} ${number}.mp3`, Buffer.concat([Buffer.from(`${name} ${i}`), randomBytes(900 + i)])] as const;
  });
  return Object.fromEntries(files);
}

export function posters(count: number): Record<string, Buffer> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`Posters/concert poster ${i}.jpg`, randomBytes(700 + i)]),
  );
}

/** Files in eight folders. */
export function garden(count: number): Record<string, Buffer> {
  const names = Array.from({ length: count }, (_, i) => `bed ${(i % 8) + 1}/plant ${i}.txt`);
  return Object.fromEntries(names.map((name) => [name, Buffer.concat([Buffer.from(name), randomBytes(50)])]));
}
