// A few bytes out of the middle of a file, to compare them with another copy: REST, RETR, and an early end of our own.
// Not for moving files: that is fxp/ and, with consent, relay.ts.
import type { Socket } from "node:net";
import { FonError } from "../platform/errors.ts";
import type { Reply } from "./control.ts";
import type { OwnTransfer } from "./data-connection.ts";
import { beginTransfer, openContents } from "./data-connection.ts";
import { sendRead } from "./fxp/hurry.ts";
import { refused } from "./login.ts";
import type { Link } from "./open-session.ts";
import { refusalCode } from "./replies/refusal.ts";
import { startAt } from "./restart.ts";
import type { Software } from "./types.ts";

/** Slower than this is as good as silent: a server must not keep us for hours with a byte now and then. */
const slowestBytesPerMs = 4;

/** For a server to notice that its data connection is closed, before a command on the other one is heard. */
const wakeMs = 100;

export interface BlockRequest {
  /** From the root on. */
  path: string;
  offsetBytes: number;
  lengthBytes: number;
  signal?: AbortSignal | undefined;
}

/**
 * @returns at most `lengthBytes`; fewer at the end of the file
 * @throws `file.gone`, `file.unreadable`; `server.protocol`, with `params.why === "resume"` when REST is refused and
 * `"protection"` when there is no TLS for data; `fxp.cut`, `server.offline` (the session is closed then)
 */
export async function readBlock(link: Link, request: BlockRequest): Promise<Buffer> {
  const { control, timeouts } = link;
  const { path, offsetBytes, lengthBytes, signal } = request;
  const socket = await openContents(link, signal).catch((error: unknown) => {
    link.behind = [];
    throw error;
  });
  const done = new AbortController();
  const limitMs = timeouts.dataMs + lengthBytes / slowestBytesPerMs;
  void link.clock.wait(limitMs, done.signal).then(() => {
    if (!done.signal.aborted) socket.destroy(new Error("too slow"));
  });
  try {
    sendRead(link, path, offsetBytes);
    endEarly(link, socket);
    await restart(link, offsetBytes);
    const transfer = await beginTransfer(link, socket, "RETR", path);
    const block = await collect(transfer, lengthBytes, timeouts.dataMs).catch(() => undefined);
    if (block?.length === lengthBytes) slam(socket);
    socket.destroy();
    transfer.endWithin(timeouts.replyMs);
    if (link.login.features.software === "pure-ftpd") await rouse(link, transfer);
    return await conclude(link, transfer, block, lengthBytes);
  } catch (error) {
    link.behind = [];
    // Whoever asks next is answered with nothing of that.
    if (!control.busy) await control.takeBack();
    throw error;
  } finally {
    // With a reason, because otherwise it would be an error with a stack.
    done.abort("over");
    socket.destroy();
    // Nothing answers a command that is still under way here.
    if (control.busy) control.close();
  }
}

/** These say 226 only when the reader has closed its side too: that costs a round trip unless it does so beforehand. */
const waitsForEnd = new Set<Software>(["vsftpd", "proftpd", "pure-ftpd"]);

/**
 * With RETR: we say nothing on it anyway. A Pure-FTPd that hears it later may not notice for long that it was cut. Not with TLS,
 * where it would be taken for the end of both directions.
 */
function endEarly({ login }: Link, socket: Socket): void {
  if (login.protection !== "protected" && waitsForEnd.has(login.features.software)) socket.end();
}

async function restart(link: Link, offsetBytes: number): Promise<void> {
  const reply = await startAt(link, offsetBytes);
  if (!reply) return;
  // RETR was sent behind it, and is answered from the beginning on.
  if (link.control.isAhead) link.control.close();
  if (reply.code === 421) throw refused("server.busy", "REST", reply);
  if (reply.code < 500) throw refused("server.protocol", "REST", reply);
  throw new FonError("server.protocol", { why: "resume" }, { detail: `REST ${reply.code}` });
}

/**
 * What the server sends from now on meets a connection that was reset, and it says so in its final reply. A connection that
 * was only closed takes some more first and then breaks with EPIPE: ProFTPD's mod_tls ends the whole session at that word,
 * at ECONNRESET only the transfer.
 */
function slam(socket: Socket): void {
  if (!socket.destroyed) socket.resetAndDestroy();
}

async function collect({ stream }: OwnTransfer, lengthBytes: number, silenceMs: number): Promise<Buffer> {
  const socket: Socket = await stream;
  socket.setTimeout(silenceMs, () => socket.destroy(new Error("silent data connection")));
  const chunks: Buffer[] = [];
  let missingBytes = lengthBytes;
  // Left open when there is enough: how it ends is for the caller.
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    chunks.push((chunk as Buffer).subarray(0, missingBytes));
    missingBytes -= (chunk as Buffer).length;
    if (missingBytes <= 0) break;
  }
  return Buffer.concat(chunks);
}

/** It may have been cut, and be idle without a word; then it answers what was asked behind RETR, if anything was. */
async function rouse(link: Link, transfer: OwnTransfer): Promise<void> {
  if (link.control.isAhead) link.control.allowUnsaidEnd();
  else if (await wake(link, transfer)) await settle(link, transfer);
}

/**
 * Pure-FTPd ends what its peer has cut with a second 150, or with nothing at all; it is idle then and answers this.
 * @returns whether it was asked
 */
async function wake({ control, clock }: Link, { exchange }: OwnTransfer): Promise<boolean> {
  const ended = new AbortController();
  exchange.final.finally(() => ended.abort()).catch(() => undefined);
  await Promise.race([exchange.again, clock.wait(wakeMs, ended.signal)]);
  if (ended.signal.aborted) return false;
  control.nudge();
  return true;
}

/** It was only slow, and has ended the transfer with its own words: those to the nudge would be taken for another command's. */
async function settle({ control }: Link, { exchange }: OwnTransfer): Promise<void> {
  const reply = await exchange.final.catch(() => undefined);
  const isOfNudge = reply?.code === 200 || reply?.code === 500;
  // Without an answer the session is closed, and whoever uses it next hears of that.
  if (reply && reply.code !== 421 && !isOfNudge) await control.settle().catch(() => undefined);
}

function isPassing({ code }: Reply): boolean {
  return code >= 300 && code < 500 && code !== 421 && code !== 426;
}

/** With all bytes there, whatever the server says of our early end is fine: 226, 426, 451. */
async function conclude(
  { control }: Link,
  { exchange }: OwnTransfer,
  block: Buffer | undefined,
  lengthBytes: number,
): Promise<Buffer> {
  if (block?.length === lengthBytes) {
    // A server that falls silent now has told enough; only its session is lost.
    const reply = await exchange.final.catch(() => undefined);
    // 500: that one is still in the middle of it, and its next reply would be taken for another command's.
    if (reply?.code === 421 || reply?.code === 500) control.close();
    return block;
  }
  const reply = await exchange.final;
  if (reply.code === 421) control.close();
  // Beyond the end of a file that became shorter.
  if (reply.code === 554) return Buffer.alloc(0);
  // A 4xx passes (RFC 959): it says nothing about the file.
  if (isPassing(reply)) throw refused("server.protocol", "RETR", reply);
  if (reply.code >= 400 && reply.code !== 426) throw refused(refusalCode(reply, "read"), "RETR", reply);
  if (!block || reply.code === 426) {
    control.close();
    throw new FonError("fxp.cut", {}, { detail: `block cut ${reply.code}` });
  }
  return block;
}
