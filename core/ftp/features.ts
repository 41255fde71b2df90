// Who the server is and what it can do, from its greeting and its FEAT reply (RFC 2389). Pure.
import type { Reply } from "./replies/refusal.ts";
import type { Features, Software } from "./types.ts";

const signatures: ReadonlyArray<[RegExp, Software]> = [
  [/vsftpd/i, "vsftpd"],
  [/proftpd/i, "proftpd"],
  [/pure-?ftpd/i, "pure-ftpd"],
  [/pyftpdlib/i, "pyftpdlib"],
  [/filezilla server/i, "filezilla"],
];
const hashCommands = ["HASH", "XSHA512", "XSHA256", "XSHA1", "XSHA", "XMD5", "MD5", "XCRC"];

/** What these do with commands that are sent before their turn has been tried. */
const inTurn = new Set<Software>(["vsftpd", "proftpd", "pure-ftpd", "pyftpdlib"]);

export const keepsOrder = (software: Software) => inTurn.has(software);

/** Behind a password as well. pyftpdlib lets a wrong one wait, and answers meanwhile what came behind it. */
export const keepsOrderAtLogin = (software: Software) => keepsOrder(software) && software !== "pyftpdlib";

/** @param greetings texts of the banner and of the login reply */
export function readSoftware(greetings: readonly string[]): Software {
  return signatures.find(([pattern]) => greetings.some((text) => pattern.test(text)))?.[1] ?? "unknown";
}

export function readFeatures(software: Software, feat: Reply): Features {
  const lines = featLines(feat);
  const has = (name: string) => lines.some((line) => line === name || line.startsWith(`${name} `));
  // No FEAT at all (RFC 959 only): SIZE and MDTM cost nothing to try.
  const isOld = lines.length === 0;
  return {
    software,
    mlst: has("MLST") || has("MLSD"),
    size: isOld || has("SIZE"),
    mdtm: isOld || has("MDTM"),
    rest: has("REST"),
    epsv: has("EPSV"),
    sscn: has("SSCN"),
    cpsv: has("CPSV"),
    mfmt: has("MFMT"),
    hashes: hashCommands.filter(has),
    avbl: has("AVBL"),
    utf8: has("UTF8"),
  };
}

/** True when MLSD would leave out size, type or time unless it is told to give them. */
export function needsMlstOptions(feat: Reply): boolean {
  const line = featLines(feat).find((candidate) => candidate.startsWith("MLST "));
  return line !== undefined && !["TYPE*", "SIZE*", "MODIFY*"].every((fact) => line.includes(fact));
}

function featLines(feat: Reply): string[] {
  if (feat.code !== 211) return [];
  return feat.text
    .split("\n")
    .slice(1, -1)
    .map((line) => line.replace(/^211-/, "").trim().toUpperCase());
}
