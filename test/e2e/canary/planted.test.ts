// The search of the canary itself: a planted value is found in every form, at any place, and nothing else is.
import { expect, test } from "vitest";
import { findPlanted, holds, planted, ports } from "./planted.ts";

const secret = planted.password;
const around = (text: string) => `{"before":"${"x".repeat(7)}${text}","after":1}`;

test.each<[string, (text: string) => string | Buffer]>([
  ["plain", (text) => text],
  ["JSON with escapes", (text) => text.replace("ö", "\\u00f6")],
  ["HTML", (text) => text.replace("ö", "&#246;").replace("!", "&#33;")],
  ["a URL", encodeURIComponent],
  ["a form", (text) => new URLSearchParams({ x: text }).toString()],
  ["hex", (text) => Buffer.from(text).toString("hex")],
  ["base64", (text) => Buffer.from(text).toString("base64")],
  ["base64, one byte further", (text) => Buffer.from(`a${text}b`).toString("base64")],
  ["base64url, two bytes further", (text) => Buffer.from(`ab${text}c`).toString("base64url")],
  ["UTF-16", (text) => Buffer.from(`x${text}`, "utf16le")],
  ["UTF-16 of the other order", (text) => Buffer.from(`x${text}`, "utf16le").swap16()],
  ["latin1", (text) => Buffer.from(text, "latin1")],
  ["backwards", (text) => [...text].reverse().join("")],
])("is found in %s", (_name, write) => {
  const written = write(secret);
  const bytes = typeof written === "string" ? Buffer.from(around(written)) : written;
  expect(holds(bytes, [secret, planted.username])).toEqual([secret]);
});

test("hosts as in PORT, and ports as numbers of their own", () => {
  expect(findPlanted("227 (127,77,31,9,4,5)")).toEqual(["127,77,31,9"]);
  expect(findPlanted(`port ${ports.olga}.`)).toEqual([]);
  expect(findPlanted(`"port":${ports.olga},`)).toEqual([String(ports.olga)]);
  expect(findPlanted(`1${ports.olga} ${ports.olga}7`)).toEqual([]);
});
