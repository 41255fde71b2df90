// Servers that misbehave on purpose, and the error code that each leads to.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ErrorCode } from "#contract";
import type { Override } from "../../../demo/ftp-server/types.ts";

export interface Trouble {
  code: ErrorCode;
  source?: Override;
  destination?: Override;
}

const says = (verbs: readonly string[], reply: string): Override => {
  return ({ verb }) => (verbs.includes(verb) ? reply : undefined);
};
const dataPorts = ["PASV", "EPSV", "PORT", "EPRT"];

/** Met by pulling one file. @param inbox the folder on this machine that the destination writes to */
export function pullTroubles(inbox: string): Trouble[] {
  return [
    { code: "file.gone", source: says(["SIZE", "MDTM", "RETR", "MLST"], "550 No such file") },
    { code: "file.unreadable", source: says(["RETR"], "550 Permission denied") },
    { code: "inbox.no-space", destination: says(["STOR"], "552 Disk full") },
    { code: "inbox.refused", destination: says(["STOR"], "553 Not allowed") },
    { code: "fxp.refused-by-source", source: says(["PORT", "EPRT", "PASV", "EPSV"], "500 Illegal PORT command") },
    { code: "fxp.refused-by-destination", destination: says(dataPorts, "500 Illegal PORT command") },
    {
      code: "fxp.cut",
      source: ({ verb }) => (verb === "RETR" ? { data: { afterBytes: 5, how: "reset" } } : undefined),
    },
    {
      code: "fxp.size-differs",
      source: ({ verb }) => (verb === "RETR" ? { data: { afterBytes: 5, how: "end" } } : undefined),
    },
    {
      code: "fxp.content-differs",
      destination: ({ verb }) => (verb === "STOR" ? { after: () => spoilParts(inbox) } : undefined),
    },
  ];
}

/** Met by the owner's check. */
export const checkTroubles: Trouble[] = [
  { code: "server.busy", source: says(["CONNECT"], "421 Too many connections") },
  { code: "server.tls-required", source: says(["USER"], "530 TLS required") },
  { code: "server.protocol", source: says(["TYPE"], "500 What is that") },
];

function spoilParts(folder: string): void {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".part"));
  for (const name of names) {
    const bytes = readFileSync(join(folder, name));
    if (bytes[0] !== undefined) bytes[0] ^= 255;
    writeFileSync(join(folder, name), bytes);
  }
}
