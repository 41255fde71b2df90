// A directory's listing: which command this server wants, and what its final reply says about completeness.

import type { Reply } from "./control.ts";
import { createCollector, parserOf } from "./listing/collect.ts";
import { readListing } from "./listing/read-listing.ts";
import { refused } from "./login.ts";
import type { Link } from "./open-session.ts";
import { setDataProtection } from "./protection.ts";
import { isProtectionRefusal, refusalCode } from "./replies/refusal.ts";
import type { Listing, ListOptions } from "./types.ts";

const maxEntries = 500_000;
const maxBytes = 64 * 1024 * 1024;

/** Remembers for one session which command worked. */
export interface Lister {
  /** Of the working directory. @throws FonError */
  list(options: ListOptions): Promise<Listing>;
}

export function createLister(link: Link): Lister {
  // MLSD is exact; LIST leaves out hidden files on most servers unless it is told -a, which some do not know.
  const commands = link.login.features.mlst ? ["MLSD", "LIST -a", "LIST"] : ["LIST -a", "LIST"];

  async function run(options: ListOptions): Promise<Listing> {
    const command = commands[0] ?? "LIST";
    const parse = parserOf[command === "MLSD" ? "MLSD" : "LIST"];
    const bounds = { maxEntries: options.maxEntries ?? maxEntries, maxBytes: options.maxBytes ?? maxBytes };
    const collector = createCollector(parse, link.clock.now(), bounds);
    const reply = await readListing(link, command, collector);
    const listing = collector.finish();
    if (reply === "cut") return listing;
    if (reply.code < 300) return { ...listing, truncated: /truncat/i.test(reply.text) };
    if (!(await isTryingAgain(reply))) throw refused(refusalCode(reply, "read"), command, reply);
    return run(options);
  }

  async function isTryingAgain(reply: Reply): Promise<boolean> {
    if (link.login.protection === "protected" && isProtectionRefusal(reply)) {
      link.login.refuses.add("protected");
      return !(await setDataProtection(link, { level: "clear", isTlsClient: false }));
    }
    if (![500, 501, 502, 504].includes(reply.code) || commands.length === 1) return false;
    commands.shift();
    return true;
  }

  return { list: run };
}
