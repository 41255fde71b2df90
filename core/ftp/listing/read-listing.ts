// One listing command and its data connection, driven here because basic-ftp's list() hides the final reply, loses all for
// one bad line, and starts TLS before the command has arrived (pyftpdlib then drops the connection).
import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { FonError } from "../../platform/errors.ts";
import type { Reply } from "../control.ts";
import type { OwnTransfer } from "../data-connection.ts";
import { beginTransfer, openData } from "../data-connection.ts";
import type { Link } from "../open-session.ts";
import { startAt } from "../restart.ts";

/** Of a listing that goes on, in the time after which silence is too long. */
const leastBytes = 1024;

/** What a listing is fed to. */
export interface ListingTaker {
  /** Takes as long as it likes: the server waits meanwhile. False once it has had enough. */
  take(chunk: Buffer): boolean | Promise<boolean>;
}

/**
 * Feeds the listing of the working directory to `collector`.
 * @returns the final reply, whatever it is: from 3xx up what was collected then is not a listing; or `cut` when the collector had
 * enough. The connection is closed then: ProFTPD hangs up, and Pure-FTPd puts the rest into the next listing.
 * @throws `server.offline` when the data connection was cut although the server says that all is well
 */
export async function readListing(link: Link, command: string, collector: ListingTaker): Promise<Reply | "cut"> {
  const socket = await openData(link);
  try {
    await startAt(link, 0);
    return await receive(link, await beginTransfer(link, socket, command), collector);
  } finally {
    socket.destroy();
  }
}

async function receive(link: Link, transfer: OwnTransfer, collector: ListingTaker): Promise<Reply | "cut"> {
  const { control, timeouts } = link;
  const { exchange, stream, endWithin } = transfer;
  const outcome = await read(link, stream, collector).catch(() => "lost" as const);
  if (outcome === "cut") {
    control.close();
    return "cut";
  }
  endWithin(timeouts.replyMs);
  const reply = await exchange.final;
  if (outcome === "lost" && reply.code < 300) throw new FonError("server.offline", {}, { detail: "listing cut" });
  return reply;
}

async function read(link: Link, opening: Promise<Socket>, collector: ListingTaker): Promise<"whole" | "cut"> {
  const stream = await opening;
  const { dataMs } = link.timeouts;
  stream.setTimeout(dataMs, () => stream.destroy(new Error("silent data connection")));
  const pace = keepPace(link, stream);
  try {
    for await (const chunk of stream) {
      pace.count((chunk as Buffer).length);
      const isMore = collector.take(chunk as Buffer);
      if (typeof isMore === "object") {
        // What takes time here is no silence of the server's.
        pace.rest(true);
        stream.setTimeout(0);
      }
      if (!(await isMore)) return "cut";
      pace.rest(false);
      stream.setTimeout(dataMs);
      // A big directory must not keep everybody else waiting.
      await nextTurn();
    }
    return "whole";
  } finally {
    pace.end();
  }
}

/** A server that sends a byte now and then is never silent and never done. */
function keepPace({ clock, timeouts }: Link, stream: Socket) {
  const ended = new AbortController();
  let bytes = 0;
  let isResting = false;

  async function look(): Promise<void> {
    await clock.wait(timeouts.dataMs, ended.signal);
    if (ended.signal.aborted) return;
    if (bytes < leastBytes && !isResting) stream.destroy(new Error("slow data connection"));
    bytes = 0;
    return look();
  }

  void look();
  return {
    count(more: number) {
      bytes += more;
    },
    rest(now: boolean) {
      // The next look comes too early to judge by what came in between.
      if (isResting && !now) bytes += leastBytes;
      isResting = now;
    },
    end: () => ended.abort(),
  };
}
