// Which names of a listing can be asked for again, and stored.
import { decodeName } from "../names.ts";

const longestNameBytes = 1000;

export type NameVerdict = "here" | "unaddressable" | { name: string };

/** `here` stands for the directory itself and its parent. @param raw bytes as latin1 text */
export function judgeName(raw: string, isDirectory: boolean): NameVerdict {
  if (isDirectory && (raw === "." || raw === ".." || raw === "./" || raw === "../")) return "here";
  if (raw === "" || raw === "." || raw === ".." || raw.length > longestNameBytes) return "unaddressable";
  if (/[\0\r\n/]/.test(raw)) return "unaddressable";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the ASCII range
  return { name: /^[\x01-\x7f]*$/.test(raw) ? raw : decodeName(Buffer.from(raw, "latin1")) };
}

/** A whole number of bytes that a double can carry; undefined for everything else. */
export function parseSize(text: string): number | undefined {
  const size = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(size) ? size : undefined;
}
