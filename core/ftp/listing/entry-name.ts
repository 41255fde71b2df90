// Which names of a listing can be asked for again, and stored.
import { decodeText } from "../names.ts";

const longestNameBytes = 1000;
const slash = 47;

export type NameVerdict = "here" | "unaddressable" | { name: string };

/** `here` stands for the directory itself and its parent. @param raw bytes as latin1 text */
export function judgeName(raw: string, isDirectory: boolean): NameVerdict {
  if (isDirectory && (raw === "." || raw === ".." || raw === "./" || raw === "../")) return "here";
  if (raw === "" || raw === "." || raw === ".." || raw.length > longestNameBytes) return "unaddressable";
  for (let at = 0; at < raw.length; at += 1) {
    const code = raw.charCodeAt(at);
    if (code === 0 || code === 10 || code === 13 || code === slash) return "unaddressable";
  }
  return { name: decodeText(raw) };
}

/** A whole number of bytes that a double can carry; undefined for everything else. */
export function parseSize(text: string): number | undefined {
  const size = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(size) ? size : undefined;
}
