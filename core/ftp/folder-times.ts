// When directories changed, and which they are, without listing anything: MLST (RFC 3659 section 7) over the control
// connection, many under way at once. Only with servers that are known to keep commands in order.

import { longestLineBytes } from "./listing/lines.ts";
import { parseFacts } from "./listing/mlsd.ts";
import { refused } from "./login.ts";
import { ownCopy } from "./names.ts";
import type { Link } from "./open-session.ts";
import { parseFtpTime } from "./replies/time.ts";
import type { FolderTold } from "./types.ts";

/** @param paths absolute. @returns in their order. @throws `server.busy`, and what a lost connection throws */
export async function folderTimes({ control }: Link, paths: readonly string[]): Promise<(FolderTold | undefined)[]> {
  const told: (FolderTold | undefined)[] = [];
  let sent = 0;
  /** How many were under way after more were sent. */
  let most = 0;
  for (const [index, path] of paths.entries()) {
    // Not one after each answer: what leaves in one piece costs both sides less.
    if (sent - index <= most / 2) {
      for (let next = paths[sent]; next !== undefined && control.ahead("MLST", next); next = paths[sent]) sent += 1;
      most = sent - index;
    }
    // What was not sent ahead goes out by itself, and nothing may overtake it.
    sent = Math.max(sent, index + 1);
    const reply = await control.ask("MLST", path);
    if (reply.code === 421) throw refused("server.busy", "MLST", reply);
    told.push(reply.code === 250 ? readFacts(reply.text) : undefined);
  }
  return told;
}

/**
 * Pure-FTPd calls its own root the parent of something (`pdir`). The second line of `250-Listing`, ` type=dir;modify=…; /path`, `250 End`. */
function readFacts(text: string): FolderTold | undefined {
  const line = text.split("\n", 2)[1]?.replace(/^(?:250-)? */, "") ?? "";
  if (line.length > longestLineBytes) return undefined;
  const { type, modify, unique } = parseFacts(line, line.indexOf(" "));
  const modifiedAt = parseFtpTime(modify ?? "");
  const isFolder = /^[cp]?dir$/i.test(type ?? "");
  return isFolder && modifiedAt ? { modifiedAt, unique: unique && ownCopy(unique) } : undefined;
}
