// What a server lets be written into the inbox: tried with an empty folder and a file of two bytes, both of our own and
// removed again. Touches nothing else there.
import { asFonError } from "../platform/errors.ts";
import type { Reply } from "./control.ts";
import { beginTransfer, openData } from "./data-connection.ts";
import { joinPath } from "./names.ts";
import type { OpenSession } from "./open-session.ts";
import { startAt } from "./restart.ts";
import type { Findings } from "./types.ts";

export type Written = Pick<Findings, "canWriteInbox" | "canRestartStore" | "freeBytes">;

const content = Buffer.from("ok");

/** How the file is kept in mind, so that somebody else removes it when the probe cannot. */
export interface ProbeTrace {
  /** See `Writing`. */
  id: string;
  /** Resolves when it is written down that the file may lie there; called before it is made. */
  expect(): Promise<void>;
  /** It is gone for sure. */
  forget(): Promise<void>;
}

export interface Writing {
  inbox: string;
  /** Part of the names that are made: `.fonshare-probe-<id>` and `.fonshare-probe-<id>.part`. */
  id: string;
  /** Data connections can be made. */
  isReachable: boolean;
  /** Another session with the same login. */
  reopen: () => Promise<OpenSession>;
  trace?: ProbeTrace | undefined;
}

/** Leaves nothing behind, as far as the server can be reached; what may lie there all the same is in the trace. */
export async function tryWriting(session: OpenSession, writing: Writing): Promise<Written> {
  const { inbox, id, isReachable } = writing;
  const base = await session.absolute(joinPath(inbox, `.fonshare-probe-${id}`));
  if (!(await canMakeFolder(session, base))) return { canWriteInbox: false };
  const free = await freeBytes(session, inbox);
  const space = free === undefined ? {} : { freeBytes: free };
  if (!isReachable) return { canWriteInbox: true, ...space };
  return { ...(await tryStoring(session, `${base}.part`, writing)), ...space };
}

async function canMakeFolder({ link }: OpenSession, path: string): Promise<boolean> {
  if ((await link.control.ask("MKD", path)).code >= 400) return false;
  return (await link.control.ask("RMD", path)).code < 400;
}

async function freeBytes(session: OpenSession, inbox: string): Promise<number | undefined> {
  return await session.freeBytes(inbox).catch((error: unknown) => {
    if (session.closed || !asFonError(error)) throw error;
    return undefined;
  });
}

async function tryStoring(session: OpenSession, path: string, writing: Writing): Promise<Written> {
  const { login } = session.link;
  await writing.trace?.expect();
  try {
    if ((await store(session, path)).code >= 400) return { canWriteInbox: false };
    if (!login.features.rest) return { canWriteInbox: true };
    const isTaken = !(await startAt(session.link, 1));
    // ProFTPD takes REST and refuses the STOR after it.
    return { canWriteInbox: true, canRestartStore: isTaken && (await store(session, path)).code < 400 };
  } finally {
    await clear(session, path, writing);
  }
}

/** Never throws, but what writes the trace. After a session that was cut off the server may make the file only now. */
async function clear(session: OpenSession, path: string, { reopen, trace }: Writing): Promise<void> {
  if (!session.closed && (await isRemoved(session, path))) return await trace?.forget();
  if (!session.closed) return;
  const fresh = await reopen().catch(() => undefined);
  if (fresh) await isRemoved(fresh, path);
  fresh?.close();
}

/** True also when there is none. */
async function isRemoved(session: OpenSession, path: string): Promise<boolean> {
  return await session.remove(path).then(
    () => true,
    () => false,
  );
}

async function store({ link }: OpenSession, path: string): Promise<Reply> {
  const socket = await openData(link);
  try {
    const { exchange, stream, endWithin } = await beginTransfer(link, socket, "STOR", path);
    // A refusal has ended the socket; TLS that fails is told by the server too.
    const open = await stream.catch(() => socket.destroy());
    if (!open.destroyed) open.end(content);
    endWithin(link.timeouts.replyMs);
    return await exchange.final;
  } finally {
    socket.destroy();
  }
}
