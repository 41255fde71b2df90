// Commands of one control connection that were sent before their turn, and the replies to them that have come already.
// Knows neither the socket nor what the commands mean.
import type { Software } from "./types.ts";

/** So many at most: each may bring a reply of 60 or 200 kB. */
const mostAhead = 100;
/**
 * Of commands that are not answered yet. ProFTPD reads them into a buffer of 4,096 bytes (once 1,024), and takes a line that
 * does not end in it and the next one for one command: a file would get a name with a line break in it. With TLS it reads a
 * record at a time, and waits for ever where one ends between CR and LF (proftpd/proftpd#2020): these must fit into one of ours,
 * see control.ts, and in the clear into one segment of TCP.
 */
const fewUnansweredBytes = 1_000;
/** These tell lines apart wherever their buffer ends. */
const tellsLinesApart = new Set<Software>(["vsftpd", "pure-ftpd"]);
const manyUnansweredBytes = 16_000;
/** Replies that wait to be taken beyond this hold back what the server says next. */
const mostHeldBytes = 256 * 1024;

export interface Sent {
  line: string;
  /** In the order of their coming; the last one from 200 up is the end. */
  replies: string[];
}

export interface AheadQueue {
  readonly length: number;
  /** The oldest one. */
  readonly first: string | undefined;
  /** The first that has no final reply yet. */
  readonly unanswered: string | undefined;
  hasRoomFor(line: string): boolean;
  /** It is known who answers: more may be under way at some. */
  know(software: Software): void;
  /** More than mostHeldBytes wait: nothing more is to be read until some were taken. */
  readonly isLaden: boolean;
  add(line: string): void;
  /** Keeps a reply for the first command that is not answered yet. False: there is none. */
  keep(reply: string): boolean;
  /** The oldest one. It must be `line`, or the caller is out of step: then undefined. */
  take(line: string | undefined): Sent | undefined;
}

export function createAheadQueue(): AheadQueue {
  const sent: Sent[] = [];
  /** How many from the front have their final reply. */
  let answered = 0;
  let heldBytes = 0;
  let unansweredBytes = 0;
  let mostUnansweredBytes = fewUnansweredBytes;

  return {
    get length() {
      return sent.length;
    },
    get first() {
      return sent[0]?.line;
    },
    get unanswered() {
      return sent[answered]?.line;
    },
    hasRoomFor: (line) => sent.length < mostAhead && unansweredBytes + bytesOf(line) <= mostUnansweredBytes,
    know(software) {
      if (tellsLinesApart.has(software)) mostUnansweredBytes = manyUnansweredBytes;
    },
    get isLaden() {
      return heldBytes > mostHeldBytes;
    },
    add(line) {
      sent.push({ line, replies: [] });
      unansweredBytes += bytesOf(line);
    },
    keep(reply) {
      const next = sent[answered];
      if (!next) return false;
      next.replies.push(reply);
      heldBytes += reply.length;
      if (!isFinal(reply)) return true;
      answered += 1;
      unansweredBytes -= bytesOf(next.line);
      return true;
    },
    take(line) {
      const [first] = sent;
      if (!first || first.line !== line) return undefined;
      sent.shift();
      if (first.replies.some(isFinal)) answered -= 1;
      // Its answer goes to who asks now.
      else unansweredBytes -= bytesOf(first.line);
      for (const reply of first.replies) heldBytes -= reply.length;
      return first;
    },
  };
}

/** With its line end. */
const bytesOf = (line: string) => line.length + 2;

export function isFinal(reply: string): boolean {
  return reply >= "2";
}
