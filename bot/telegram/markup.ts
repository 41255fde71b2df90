// Text as Telegram's HTML: what strangers wrote is shown as text. Pure.
//
// Telegram makes links out of plain text by itself, also inside bold: @names, #tags, $TAGS, /commands, addresses ("readme.md"
// is one: .md is a country), mail addresses, telephone and card numbers. There is no switch for it. In <code> nothing is
// searched, and the text stays what it is, so that it can be copied: words in which something would be found are set in code.
// The rules are those of tdlib, td/telegram/MessageEntity.cpp (match_mentions, match_hashtags, match_cashtags,
// match_bot_commands, match_urls, match_tg_urls, match_bank_card_numbers), on the safe side.

/** WORD JOINER: no width, no letter, and part of nothing that Telegram searches for. Only where code is not possible. */
export const joiner = "\u2060";

/** `tap`: what people shall tap on, a link or a command of ours, left as it is. Never for a stranger's text. */
export type Style = "plain" | "bold" | "italic" | "code" | "tap";

export interface Span {
  text: string;
  style: Style;
  /** Rings this person. */
  userId?: string;
}

export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** Where something would be found; each pattern is looked for in the whole text. */
const findable: readonly RegExp[] = [
  /[@#＃][\p{L}\p{M}\p{N}_]/gu,
  /\$[A-Za-z0-9]/g,
  /(?<![\p{L}\p{N}_])\/[A-Za-z0-9_]/gu,
  /:\//g,
  /\d\.\d+\.\d+\.\d/g,
  /\+\d/g,
  /\d(?:[ -]?\d){12,}/g,
];
/** The last part of something with dots in it: only that decides whether it is a domain. */
const ending = /\.(\p{L}[\p{L}\p{M}\p{N}-]+)(?![\p{L}\p{M}\p{N}_-]|\.[\p{L}\p{N}])/gu;
/** Endings of files that are no domain. Any other is taken for one: there are 1,500, and new ones every year. */
const fileEndings = new Set(
  "aac aiff ape avi avif bmp cbr cbz cue csv dat deb djvu doc docx dll dsf epub exe fb2 flac flv gif gz heic htm html iso jpeg jpg json key lrc mid mkv mobi mpeg mpg nfo odp ods odt ogg ogv opus otf par part pdf png ppt pptx psd rar raw rtf sfv srt svg tar tgz tif tiff torrent ttf txt vob wav webm webp wma wmv xls xlsx xml xz zst".split(
    " ",
  ),
);

/** No domain ends in something with a digit, but for the encoded ones. */
function mayBeDomain(name: string): boolean {
  return !fileEndings.has(name.toLowerCase()) && (!/\p{N}/u.test(name) || /^xn--/i.test(name));
}

/** Where Telegram might find something to tap on, widened to whole words: `[from, to]` pairs in order. */
function findTappable(text: string): Array<[from: number, to: number]> {
  const endings = [...text.matchAll(ending)].filter(([, name = ""]) => mayBeDomain(name));
  const found = [...findable.flatMap((pattern) => [...text.matchAll(pattern)]), ...endings];
  const words = found.map(({ index, 0: { length } }) => widen(text, index, index + length));
  words.sort(([one], [other]) => one - other);
  const merged: Array<[number, number]> = [];
  for (const [from, to] of words) {
    const last = merged.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/** A sentence's own signs at the end of a word are no part of it. */
function widen(text: string, from: number, to: number): [number, number] {
  const isSpace = (index: number) => /\s/.test(text[index] ?? " ");
  let start = from;
  let end = to;
  while (start > 0 && !isSpace(start - 1)) start -= 1;
  while (end < text.length && !isSpace(end)) end += 1;
  while (end > to && /[.,;:!?]/.test(text[end - 1] ?? "")) end -= 1;
  return [start, end];
}

/** Plain text in which Telegram finds nothing to tap on, by invisible letters. */
export function defuse(text: string): string {
  return text
    .replace(/([@#＃])(?=[\p{L}\p{M}\p{N}_])/gu, `$1${joiner}`)
    .replace(/\$(?=[A-Za-z0-9])/g, `$$${joiner}`)
    .replace(/(?<![A-Za-z0-9_])\/(?=[A-Za-z0-9_])/g, `/${joiner}`)
    .replace(/\.(?=\p{L})/gu, `.${joiner}`)
    .replace(/(?<=\d)\.(?=\d+\.\d)/g, `.${joiner}`)
    .replace(/:(?=\/)/g, `:${joiner}`)
    .replace(/\+(?=\d)/g, `+${joiner}`)
    .replace(/\d(?:[ -]?\d){12,}/g, (digits) => digits.replace(/(?:\d[ -]?){6}(?=\d)/g, `$&${joiner}`));
}

/** Text of our own, with names of strangers in it: harmless, well-formed, as long as it will be shown. */
export function makeSpans(text: string, style: Style = "plain"): Span[] {
  const shown = text.toWellFormed();
  if (style === "code" || style === "tap") return [{ text: shown, style }];
  const spans: Span[] = [];
  let at = 0;
  for (const [from, to] of findTappable(shown)) {
    spans.push({ text: shown.slice(at, from), style }, { text: shown.slice(from, to), style: "code" });
    at = to;
  }
  spans.push({ text: shown.slice(at), style });
  return spans.filter((span) => span.text !== "");
}

/** One name: bold, or all of it in code. */
export function makeName(name: string): Span {
  const text = name.toWellFormed();
  return { text, style: findTappable(text).length > 0 ? "code" : "bold" };
}

/** Rings this person. For somebody whom the bot has never met Telegram drops the mention, and shows the bare name. */
export function makeMention(name: string, userId: string): Span {
  return { text: defuse(name.toWellFormed()), style: "plain", userId };
}

/** Telegram keeps the first hundred entities of a message; code after them would be searched like plain text. */
const mostEntities = 95;

const tags: Partial<Record<Style, string>> = { bold: "b", italic: "i", code: "code" };

/** Markup for as many spans as Telegram keeps; the others become plain, and harmless by joiners. */
export function limitEntities(lines: ReadonlyArray<readonly Span[]>): Span[][] {
  let entities = 0;
  return lines.map((line) =>
    line.map((span) => {
      if (tags[span.style] === undefined && span.userId === undefined) return span;
      entities += 1;
      return entities <= mostEntities ? span : { text: defuse(span.text.replaceAll(joiner, "")), style: "plain" };
    }),
  );
}

/** Lines of spans as one HTML text. */
export function toHtml(lines: ReadonlyArray<readonly Span[]>): string {
  return lines.map((line) => line.map(spanHtml).join("")).join("\n");
}

function spanHtml({ text, style, userId }: Span): string {
  const html = escapeHtml(text);
  if (text.trim() === "") return html;
  if (userId !== undefined) return `<a href="tg://user?id=${userId}">${html}</a>`;
  const tag = tags[style];
  return tag === undefined ? html : `<${tag}>${html}</${tag}>`;
}

/** An address of this machine: Telegram refuses it in a button and makes no link of it. */
export function isLocal(url: string): boolean {
  if (!URL.canParse(url)) return true;
  const { hostname } = new URL(url);
  return !/[^.]\.[^.]/.test(hostname) || /^127\.|^0\.0\.0\.0$|\.localhost$|\.local$|^\[/i.test(hostname);
}
