// The HTML parse mode of the Bot API: text and entities out of markup, or the very refusal of the real parser (names,
// byte offsets). Nothing is repaired.
import { badRequest } from "./refusal.ts";
import type { Entity } from "./state.ts";

const kinds: Record<string, string> = {
  b: "bold",
  strong: "bold",
  i: "italic",
  em: "italic",
  u: "underline",
  ins: "underline",
  s: "strikethrough",
  strike: "strikethrough",
  del: "strikethrough",
  span: "spoiler",
  "tg-spoiler": "spoiler",
  "tg-emoji": "custom_emoji",
  a: "text_link",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
};

interface OpenTag {
  name: string;
  attributes: Map<string, string>;
  offset: number;
}

export interface Formatted {
  text: string;
  entities: Entity[];
  /** Link targets that Telegram drops without a word. */
  droppedLinks: string[];
}

interface Scan extends Formatted {
  source: string;
  at: number;
  open: OpenTag[];
}

export function parseHtml(source: string): Formatted {
  const scan: Scan = { source, at: 0, open: [], text: "", entities: [], droppedLinks: [] };
  while (scan.at < source.length) {
    if (source[scan.at] === "<") readTag(scan);
    else readText(scan);
  }
  const left = scan.open.at(-1);
  if (left) refuse(`Can't find end tag corresponding to start tag "${left.name}"`);
  scan.entities.sort((a, b) => a.offset - b.offset || b.length - a.length);
  return { text: scan.text, entities: scan.entities, droppedLinks: scan.droppedLinks };
}

function readText(scan: Scan): void {
  const next = scan.source.indexOf("<", scan.at);
  const end = next < 0 ? scan.source.length : next;
  scan.text += decode(scan.source.slice(scan.at, end));
  scan.at = end;
}

/** The four named entities and all numbers; the semicolon may be missing. */
function decode(text: string): string {
  const named: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"' };
  return text.replace(/&(?:#x([0-9a-f]{1,8})|#(\d{1,8})|(lt|gt|amp|quot));?/gi, (whole, hex, decimal, name) => {
    if (name) return named[name] ?? whole;
    const code = Number.parseInt(hex ?? decimal, hex ? 16 : 10);
    if (code >= 0xd800 && code <= 0xdfff)
      refuse(
        "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units",
      );
    return code > 0 && code < 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function readTag(scan: Scan): void {
  if (scan.source[scan.at + 1] === "/") readEndTag(scan);
  else readStartTag(scan);
}

function readStartTag(scan: Scan): void {
  const begin = scan.at;
  const name = match(scan, /<([^\s>]*)/y)?.[1]?.toLowerCase() ?? "";
  if (scan.at >= scan.source.length) refuse(`Unclosed start tag at byte offset ${bytes(scan, begin)}`);
  if (!(name in kinds)) refuse(`Unsupported start tag "${name}" at byte offset ${bytes(scan, begin)}`);
  const attributes = new Map<string, string>();
  match(scan, /\s*/y);
  while (scan.source[scan.at] !== ">") {
    readAttribute(scan, name, begin, attributes);
    match(scan, /\s*/y);
  }
  scan.at += 1;
  if (name === "span" && attributes.get("class") !== "tg-spoiler") {
    refuse(`Tag "span" must have class "tg-spoiler" at byte offset ${bytes(scan, begin)}`);
  }
  scan.open.push({ name, attributes, offset: scan.text.length });
}

function readAttribute(scan: Scan, tag: string, begin: number, attributes: Map<string, string>): void {
  const offset = bytes(scan, begin);
  if (scan.at >= scan.source.length) refuse(`Unclosed start tag "${tag}" at byte offset ${offset}`);
  const name = match(scan, /([^\s=>]*)\s*/y)?.[1]?.toLowerCase() ?? "";
  if (name === "") refuse(`Empty attribute name in the tag "${tag}" at byte offset ${offset}`);
  if (scan.source[scan.at] !== "=") {
    if (tag === "blockquote" && name === "expandable") return;
    refuse(`Expected equal sign in declaration of an attribute of the tag "${tag}" at byte offset ${offset}`);
  }
  match(scan, /=\s*/y);
  if (scan.at >= scan.source.length) refuse(`Unclosed start tag "${tag}" at byte offset ${offset}`);
  attributes.set(name, readValue(scan, begin));
}

function readValue(scan: Scan, begin: number): string {
  const start = scan.at;
  const quote = scan.source[start] === '"' || scan.source[start] === "'";
  const found = quote ? match(scan, /"([^"]*)"|'([^']*)'/y) : match(scan, /([A-Za-z0-9.-]*)(?=[\s>])/y);
  if (found && scan.at < scan.source.length) return decode(found[1] ?? found[2] ?? "");
  if (quote) refuse(`Unclosed start tag at byte offset ${bytes(scan, begin)}`);
  return refuse(`Unexpected end of name token at byte offset ${bytes(scan, start)}`);
}

function readEndTag(scan: Scan): void {
  const begin = scan.at;
  const tag = scan.open.at(-1);
  if (!tag) throw refusal(`Unexpected end tag at byte offset ${bytes(scan, begin)}`);
  const found = match(scan, /<\/([^\s>]*)\s*>/y);
  if (!found) throw refusal(`Unclosed end tag at byte offset ${bytes(scan, begin)}`);
  const name = found[1]?.toLowerCase() ?? "";
  if (name !== "" && name !== tag.name) {
    refuse(`Unmatched end tag at byte offset ${bytes(scan, begin)}, expected "</${tag.name}>", found "</${name}>"`);
  }
  scan.open.pop();
  close(scan, tag);
}

function close(scan: Scan, tag: OpenTag): void {
  const length = scan.text.length - tag.offset;
  if (length === 0) return;
  const entity: Entity = { type: kinds[tag.name] ?? tag.name, offset: tag.offset, length };
  if (tag.name === "a") {
    closeLink(scan, tag, entity);
    return;
  }
  const last = scan.entities.at(-1);
  const language = tag.attributes.get("class")?.match(/^language-(.+)$/)?.[1];
  const isSame = last?.offset === entity.offset && last.length === length;
  // <pre><code class="language-x"> is one block with a language, whichever is inside.
  if (tag.name === "pre" && isSame && last?.type === "code" && last.language) last.type = "pre";
  else if (tag.name === "code" && isSame && last?.type === "pre" && language) last.language = language;
  else scan.entities.push(tag.name === "code" && language ? { ...entity, language } : entity);
}

function closeLink(scan: Scan, tag: OpenTag, entity: Entity): void {
  const url = tag.attributes.get("href") || scan.text.slice(tag.offset);
  const user = url.match(/^tg:(?:\/\/)?user\?id=(\d+)$/)?.[1];
  if (user) scan.entities.push({ ...entity, type: "text_mention", userId: Number(user) });
  else if (isLink(url)) scan.entities.push({ ...entity, url });
  else scan.droppedLinks.push(url);
}

/** What Telegram makes a link of: its own scheme, or a host with a dot that is not of this machine. */
export function isLink(url: string): boolean {
  if (/^(tg|ton):\/\/./i.test(url)) return true;
  const host = url.match(/^(?:https?:\/\/)?(?:[^/?#@]*@)?([^/?#:\s]+)(?::\d+)?(?:[/?#]|$)/i)?.[1] ?? "";
  if (/^[a-z][a-z0-9+.-]*:/i.test(url) && !/^https?:/i.test(url) && !/^[^:/]+\.[^:/]+:\d+/.test(url)) return false;
  return /[^.]\.[^.]/.test(host) && !/^127\.|^0\.0\.0\.0$|^localhost$/i.test(host);
}

function match(scan: Scan, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = scan.at;
  const found = pattern.exec(scan.source);
  if (!found) return undefined;
  scan.at += found[0].length;
  return found;
}

const bytes = (scan: Scan, at: number) => Buffer.byteLength(scan.source.slice(0, at));

const refusal = (why: string) => badRequest(`can't parse entities: ${why}`);

function refuse(why: string): never {
  throw refusal(why);
}
