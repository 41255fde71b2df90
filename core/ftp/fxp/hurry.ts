// Many files, one directly behind the other: which commands go out before their turn, so that a file costs two round trips
// and not twelve. Only what is sent when: what is asked, in which order and what the answers mean stays where it was.
import { encodeText, joinPath } from "../names.ts";
import type { Link } from "../open-session.ts";
import { ownPassiveVerb } from "../passive.ts";
import { wordsFor, wordsForOwnData } from "../protection.ts";
import { wordOfStart } from "../restart.ts";
import type { Command } from "../send-ahead.ts";
import { sendAll } from "../send-ahead.ts";
import type { PairArrangement, Session } from "../types.ts";
import type { Ends } from "./introduce.ts";
import type { Side } from "./verdict.ts";

/**
 * These read their commands from a buffer and look for an ABOR, in the middle of a transfer, only on the line: what comes in
 * one piece with the transfer command is answered after it. Tried with files of 4 KiB to 3 MiB between all of them. A
 * pyftpdlib answers in the middle; of others nothing is known. If one did so nevertheless, its answers would be out of order,
 * the transfer would count as failed and the file would come again without haste.
 */
const queueing = new Set(["vsftpd", "proftpd", "pure-ftpd"]);

export function canHurry(ends: Ends): boolean {
  return [ends.source, ends.destination].every(
    ({ features, link }) => queueing.has(features.software) && link.login.restartBytes === 0,
  );
}

export interface HurryNeeds {
  arrangement: PairArrangement;
  paths: Record<Side, string>;
  /** What the caller does directly afterwards, see `PairTransfer.hurry`. */
  then: "read" | "sizes" | "nothing";
  /** The caller begins the next file by the same arrangement directly after that. */
  hasNext: boolean;
}

/** Where the passive side listens is known: the rest goes out at once. @param told PORT or EPRT with its argument */
export function sendRest(ends: Ends, told: string, needs: HurryNeeds): void {
  const { arrangement, paths, then, hasNext } = needs;
  for (const side of ["destination", "source"] as const) {
    const { link } = ends[side];
    const address: Command[] = side === arrangement.passive ? [] : [[told]];
    const ofNext = () => (hasNext ? wordsOfNext(link, side, arrangement) : []);
    const ofRead = () => (then === "sizes" ? [["SIZE", paths[side]] as Command] : wordsOfRead(link));
    const behind = then === "nothing" ? ofNext() : ofRead();
    sendPiece(link.control, [...address, [side === "source" ? "RETR" : "STOR", paths[side]], ...behind]);
    link.behind = then === "nothing" ? [] : [ofNext];
  }
}

/** The caller is about to read, and directly behind that it reads once more. Reads that were expected before come later. */
export function expectRead(session: Session): void {
  const link = "link" in session ? (session.link as Link) : undefined;
  link?.behind.unshift(() => wordsOfRead(link));
}

/** Directly behind the last of some reads that the caller is about to make it asks for the file's time. */
export function expectModifiedAt(session: Session, path: string): void {
  const link = "link" in session ? (session.link as Link) : undefined;
  if (!link || !session.features.mdtm) return;
  const after = link.behind.shift();
  // What comes behind that has to wait for its turn, too, where the path is not known yet.
  if (!path.startsWith("/")) return;
  link.behind.unshift(() => [["MDTM", joinPath(path)], ...(after?.() ?? [])]);
}

/**
 * The data connection stands: what says where to begin, RETR, and what is asked directly behind it, if anything is known of that,
 * go out together. A session's first REST is asked in its turn: where it is refused, RETR would bring the beginning.
 */
export function sendRead({ login, control, behind }: Link, path: string, offsetBytes: number): void {
  const after = behind.shift();
  const start = wordOfStart(login, offsetBytes);
  if (!queueing.has(login.features.software) || (start !== undefined && !login.hasRestarted)) return;
  sendPiece(control, [...alone(start === undefined ? [] : [start]), ["RETR", path], ...(after?.() ?? [])]);
}

/**
 * What leaves in one piece has to come in one: a Pure-FTPd looks at what comes while it sends, and says 500 to it. That is one
 * record of TLS, or one segment of TCP.
 */
const pieceBytes = 1_000;

/** As many from the first one on as there is room for; the others are asked in their turn. */
function sendPiece(control: Link["control"], commands: readonly Command[]): void {
  let bytes = 0;
  const end = commands.findIndex(([verb, path = ""]) => {
    bytes += `${verb} ${encodeText(path)}\r\n`.length;
    return bytes > pieceBytes;
  });
  sendAll(control, end < 0 ? commands : commands.slice(0, end));
}

function wordsOfRead(link: Link): Command[] {
  return alone([...wordsForOwnData(link.login), ownPassiveVerb(link)]);
}

function alone(words: readonly string[]): Command[] {
  return words.map((word) => [word]);
}

/** Behind a digest that was just sent. */
export function sendBehind(link: Link): void {
  sendAll(link.control, link.behind.shift()?.() ?? []);
}

function wordsOfNext({ login }: Link, side: Side, { data, tlsClient, passive, address }: PairArrangement): Command[] {
  const isTlsClient = tlsClient?.by === "sscn" && tlsClient.side === side;
  const words = wordsFor(login, { level: data, isTlsClient });
  if (side !== passive) return alone(words);
  return alone([...words, tlsClient?.by === "cpsv" ? "CPSV" : address.toUpperCase()]);
}
