// Small files, one directly behind the other: which commands go out before their turn, so that a file costs two round trips
// and not twelve. Only what is sent when: what is asked, in which order and what the answers mean stays where it was.
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
 * one piece with the transfer command is answered after it. Tried with files of 4 and of 256 KiB between all of them. A
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
    const behind =
      then === "sizes" ? [["SIZE", paths[side]] as Command] : alone(then === "read" ? wordsOfRead(link) : ofNext());
    sendAll(link.control, [...address, [side === "source" ? "RETR" : "STOR", paths[side]], ...behind]);
    link.behind = then === "nothing" ? [] : [ofNext];
  }
}

/**
 * The caller is about to read, and directly behind that it reads once more.
 * @param to where the first of them stops: a Pure-FTPd may need a word before it goes on after one that was cut (read-block.ts)
 */
export function expectRead(session: Session, to: "its end" | "the middle"): void {
  const link = "link" in session ? (session.link as Link) : undefined;
  if (!link || (to === "the middle" && link.login.features.software === "pure-ftpd")) return;
  link.behind.unshift(() => wordsOfRead(link));
}

/**
 * The data connection stands: what says where to begin, RETR, and what is asked directly behind it, if anything is known of that,
 * go out together.
 * @returns the last of these
 */
export function sendRead({ login, control, behind }: Link, path: string, offsetBytes: number): string[] {
  const words = behind.shift()?.() ?? [];
  const start = wordOfStart(login, offsetBytes);
  if (!queueing.has(login.features.software)) return [];
  sendAll(control, [...alone(start === undefined ? [] : [start]), ["RETR", path], ...alone(words)]);
  return words;
}

function wordsOfRead(link: Link): string[] {
  return [...wordsForOwnData(link.login), ownPassiveVerb(link)];
}

function alone(words: readonly string[]): Command[] {
  return words.map((word) => [word]);
}

/** Behind a digest that was just sent. */
export function sendBehind(link: Link): void {
  sendAll(link.control, alone(link.behind.shift()?.() ?? []));
}

function wordsOfNext({ login }: Link, side: Side, { data, tlsClient, passive, address }: PairArrangement): string[] {
  const isTlsClient = tlsClient?.by === "sscn" && tlsClient.side === side;
  const words = wordsFor(login, { level: data, isTlsClient });
  if (side !== passive) return words;
  return [...words, tlsClient?.by === "cpsv" ? "CPSV" : address.toUpperCase()];
}
