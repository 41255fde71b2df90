// What the canary plants at enrolment, and how it is looked for: in every form that text or bytes take on their way.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

export const planted = {
  olgaHost: "127.77.31.9",
  ritaHost: "127.78.42.8",
  zoraHost: "127.79.53.7",
  username: "canary-login-4711",
  password: "canary-Pass-wörd-!8812",
  writeUsername: "canary-writer-0815",
  writePassword: "canary-write-pass-9934",
  wrongPassword: "canary-wrong-6120",
  otherPassword: "canary-other-2907",
  sharePath: "canary-realpath-5523",
  inboxPath: "canary-inbox-7741",
  /** Stands in every file; the relay has it in its hands. */
  content: "canary-content-1183",
};
export const ports = { olga: 41_977, rita: 42_983, zora: 43_991 };
/** Its owner reads it, nobody else does. */
export const olgasLabel = "label-of-olga-3391";

const hosts = [planted.olgaHost, planted.ritaHost, planted.zoraHost];
/** As PASV and PORT write them. */
const commas = hosts.map((host) => host.replaceAll(".", ","));

/** Names of what was planted and stands in `text`. */
export function findPlanted(text: string): string[] {
  const found = Object.values(ports).filter((port) => new RegExp(`(?<![\\d.])${port}(?![\\d.])`).test(text));
  return [...holds(Buffer.from(text), [...Object.values(planted), ...commas]), ...found.map(String)];
}

/** Those of `secrets` that stand in `bytes` in any form. */
export function holds(bytes: Buffer | string, secrets: readonly string[]): string[] {
  const text = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
  return secrets.filter((secret) => formsOf(secret).some((form) => text.includes(form)));
}

/** Files below `folder` that hold something planted; a file that is being replaced meanwhile is passed over. */
export function filesHolding(folder: string, secrets: readonly string[]): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
  const files = paths.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  return files.filter((path) => holds(readFileSync(path), secrets).length > 0);
}

const forms = new Map<string, Buffer[]>();

/** Plain, JSON, HTML, URL, form, hex, base64 at any offset, UTF-16 of both orders; backwards too. */
export function formsOf(secret: string): Buffer[] {
  const known = forms.get(secret);
  if (known) return known;
  const bytes = Buffer.from(secret);
  const wide = Buffer.from(secret, "utf16le");
  const texts = [
    ...[secret, [...secret].reverse().join(""), JSON.stringify(secret).slice(1, -1)],
    secret.replace(/[^\x20-\x7e]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`),
    secret.replace(/[^\w-]/gu, (sign) => `&#${sign.codePointAt(0)};`),
    ...[encodeURI(secret), encodeURIComponent(secret), new URLSearchParams({ x: secret }).toString().slice(2)],
    ...[bytes.toString("hex"), bytes.toString("hex").toUpperCase(), wide.toString("hex")],
    ...[0, 1, 2].flatMap((offset) => [base64(bytes, offset), base64(bytes, offset, "base64url")]),
  ];
  const all = [...new Set(texts)].map((text) => Buffer.from(text));
  all.push(wide, Buffer.from(wide).swap16(), Buffer.from(secret, "latin1"));
  forms.set(secret, all);
  return all;
}

/** What is the same wherever the secret begins in what was encoded: its own whole groups of six bits. */
function base64(bytes: Buffer, offset: number, alphabet: "base64" | "base64url" = "base64"): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString(alphabet)
    .replace(/=+$/, "");
  const begin = Math.ceil((offset * 8) / 6);
  return text.slice(begin, Math.floor(((offset + bytes.length) * 8) / 6));
}
