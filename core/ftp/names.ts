// File names and paths: wire bytes <-> one lossless string that a database can store and a person can read.
// Not a normalisation (NFC/NFD stay as they are) and not an escape for display.
import { isUtf8 } from "node:buffer";
import { FonError } from "../platform/errors.ts";

const escapeBase = 0xf700;
const firstEscape = 0xf780;
const lastEscape = 0xf7ff;

/**
 * Valid UTF-8 as is; every other byte becomes U+F700 + byte. A genuine U+F780..U+F7FF in the text is
 * escaped bytewise too, so `encodeName(decodeName(bytes))` gives the same bytes for every byte string.
 */
export function decodeName(wire: Buffer): string {
  if (isUtf8(wire)) {
    const text = wire.toString("utf8");
    if (!/[\uF780-\uF7FF]/.test(text)) return text;
  }
  let name = "";
  for (let at = 0; at < wire.length; ) {
    const plain = asciiLength(wire, at);
    const length = plain > 0 ? plain : sequenceLength(wire, at);
    const text = length > 0 ? wire.toString("utf8", at, at + length) : "";
    if (length > 0 && !isEscape(text.charCodeAt(0))) {
      name += text;
      at += length;
    } else {
      name += String.fromCharCode(escapeBase + (wire[at] ?? 0));
      at += 1;
    }
  }
  return name;
}

/** The wire bytes of a name or path made by `decodeName` or typed by a person. */
export function encodeName(name: string): Buffer {
  if (!/[\uF780-\uF7FF]/.test(name)) return Buffer.from(name, "utf8");
  const parts = name.split(/([\uF780-\uF7FF]+)/);
  return Buffer.concat(
    parts.map((part) => (isEscape(part.charCodeAt(0)) ? escapedBytes(part) : Buffer.from(part, "utf8"))),
  );
}

const notAscii = /[\x80-\uffff]/;

/** `decodeName` of bytes that were read as Latin-1, a character each: what a control connection gives. */
export function decodeText(latin1: string): string {
  if (!notAscii.test(latin1)) return latin1;
  const wire = Buffer.from(latin1, "latin1");
  if (isUtf8(wire)) return decodeName(wire);
  // Only lines with other bytes in them are read piece by piece: a reply may have thousands.
  return latin1
    .split("\n")
    .map((line) => decodeName(Buffer.from(line, "latin1")))
    .join("\n");
}

/** The bytes of `encodeName` as Latin-1, a character each. */
export function encodeText(name: string): string {
  return notAscii.test(name) ? encodeName(name).toString("latin1") : name;
}

/** A piece of a listing's or a reply's text keeps all of that text in memory. */
export function ownCopy(text: string): string {
  return Buffer.from(text, "utf16le").toString("utf16le");
}

/**
 * Joined with single slashes; nothing is resolved, `..` stays. Empty parts are left out.
 * @throws `request.invalid` for NUL, CR or LF, which no FTP command can carry
 */
export function joinPath(...parts: string[]): string {
  const given = parts.filter((part) => part !== "");
  const joined = given.map((part, index) => trimSlashes(part, index > 0, index < given.length - 1)).join("/");
  if (/[\0\r\n]/.test(joined)) throw new FonError("request.invalid", {}, { detail: "control character in a path" });
  return joined.replace(/\/{2,}/g, "/");
}

function trimSlashes(part: string, front: boolean, back: boolean): string {
  let from = 0;
  let to = part.length;
  while (front && part[from] === "/") from += 1;
  while (back && to > from && part[to - 1] === "/") to -= 1;
  return part.slice(from, to);
}

function isEscape(code: number): boolean {
  return code >= firstEscape && code <= lastEscape;
}

function escapedBytes(part: string): Buffer {
  return Buffer.from(Array.from(part, (character) => character.charCodeAt(0) - escapeBase));
}

/** How many bytes from here on are ASCII: whole replies come here, a byte at a time takes a hundred times longer. */
function asciiLength(wire: Buffer, at: number): number {
  let end = at;
  while ((wire[end] ?? 0x80) < 0x80) end += 1;
  return end - at;
}

/** Length of the valid UTF-8 sequence at `at`, 0 when there is none. */
function sequenceLength(wire: Buffer, at: number): number {
  const lead = wire[at] ?? 0;
  const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  return length > 0 && at + length <= wire.length && isUtf8(wire.subarray(at, at + length)) ? length : 0;
}
