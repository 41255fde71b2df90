// A scan again begins with questions: when did the folders change that the catalog knows? Several sessions share them where
// one would take long. What stands still is not listed.
import { joinPath } from "../../ftp/index.ts";
import type { Crawling, Reader } from "./crawling.ts";
import { enter, isRead, wait } from "./crawling.ts";
import type { FolderNode } from "./folder.ts";
import type { Asking, KnownFolders } from "./known.ts";
import { asTold } from "./known.ts";
import { asksAtOnce } from "./strategy.ts";

/** Some 75 MB with their paths; a catalog of more is read folder by folder. */
const mostAsked = 200_000;

/** Undefined: the server cannot be asked, or not about so many. */
export function openAsking(known: KnownFolders, { session }: Pick<Reader, "session">): Asking | undefined {
  if (known.size === 0 || known.size > mostAsked || !session.folderTimes) return undefined;
  return { left: [...known.keys()].reverse(), told: new Map(), eachMs: undefined, lot: 0 };
}

/**
 * Asks for the times of some known folders. With the last answer the scan begins at its roots. Never throws; when something
 * was not heard, nothing counts as told, and what has folders in it is listed.
 * @returns whether the session can be used again
 */
export async function askSome(state: Crawling, asking: Asking, { session, root }: Pick<Reader, "session" | "root">) {
  const { left, eachMs, lot } = asking;
  const most = asksAtOnce({ waiting: left.length, eachMs, sessions: state.reading + 1 }, lot);
  const paths = left.splice(-most).reverse();
  const askedAtMs = state.clock.monotonicMs();
  state.reading += 1;
  try {
    const real = paths.map((path) => joinPath(root, path));
    const answers = (await session.folderTimes?.(real, { signal: state.stop.signal })) ?? [];
    for (const [index, answer] of answers.entries()) if (answer) asking.told.set(paths[index] ?? "", answer);
    asking.eachMs = (state.clock.monotonicMs() - askedAtMs) / paths.length;
    asking.lot = paths.length;
    return true;
  } catch {
    asking.left.length = 0;
    state.asking = undefined;
    return false;
  } finally {
    if (asking.left.length === 0 && state.reading === 1) await enterRoots(state);
    isRead(state);
  }
}

/** What is told counts from here on. */
export async function enterRoots(state: Crawling): Promise<void> {
  state.told = state.asking?.told;
  state.asking = undefined;
  const roots = state.roots.map((root) => asTold(state, rootNode(root)));
  for (const node of (await enter(state, roots)).reverse()) wait(state, node);
}

function rootNode(root: string): FolderNode {
  return { path: root, root, depth: 0, modifiedAt: null, unique: undefined, parent: undefined };
}
