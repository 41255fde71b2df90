// A folder and all below it by one `LIST -aR` (RFC 959's LIST with an option of ls), handed on folder by folder.
// Which servers it is worth trying with is for the caller; this says what came of it.

import { parserOf } from "./listing/collect.ts";
import { readListing } from "./listing/read-listing.ts";
import { createTreeCollector } from "./listing/tree.ts";
import { refused } from "./login.ts";
import type { Link } from "./open-session.ts";
import type { TreeEnd, TreeOptions } from "./types.ts";

const maxEntries = 500_000;
const maxTotalEntries = 3_000_000;
const maxWaitingBytes = 64 * 1024 * 1024;

/** Of the working directory. @throws `server.offline`, `server.busy`, and what `onFolder` throws; the session is closed then */
export async function listTree(link: Link, options: TreeOptions): Promise<TreeEnd> {
  const collector = createTreeCollector(parserOf.LIST, link.clock.now(), {
    maxEntries: options.maxEntries ?? maxEntries,
    maxTotalEntries: options.maxTotalEntries ?? maxTotalEntries,
    maxWaitingBytes: options.maxWaitingBytes ?? maxWaitingBytes,
  });
  let folders = 0;

  async function give(sections: ReturnType<typeof collector.take>): Promise<boolean> {
    for (const { path, listing } of sections) {
      folders += 1;
      await options.onFolder(path, listing);
    }
    return !collector.isFull;
  }

  try {
    const taker = {
      take(chunk: Buffer) {
        const sections = collector.take(chunk);
        return sections.length > 0 ? give(sections) : !collector.isFull;
      },
    };
    const reply = await readListing(link, "LIST -aR", taker);
    if (reply === "cut") return { end: "cut", folders, strange: collector.strange };
    if (reply.code === 421) throw refused("server.busy", "LIST", reply);
    if (reply.code >= 300) return { end: "refused", folders, strange: collector.strange };
    const isWhole = !/truncat/i.test(reply.text);
    await give(collector.finish(isWhole));
    return { end: isWhole ? "whole" : "truncated", folders, strange: collector.strange };
  } catch (error) {
    link.control.close();
    throw error;
  }
}
