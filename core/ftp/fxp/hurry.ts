// Small files, one directly behind the other: which commands go out before their turn, so that a file costs two round trips
// and not twelve. Only what is sent when: what is asked, in which order and what the answers mean stays where it was.
import type { Control } from "../control.ts";
import type { Link } from "../open-session.ts";
import { ownPassiveVerb } from "../passive.ts";
import { wordsFor, wordsForOwnData } from "../protection.ts";
import type { PairArrangement } from "../types.ts";
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
  /** The caller reads the file from both ends directly afterwards; else it asks both for its size. */
  isRead: boolean;
  /** The caller begins the next file by the same arrangement directly after that. */
  hasNext: boolean;
}

/** Where the passive side listens is known: the rest goes out at once. @param told PORT or EPRT with its argument */
export function sendRest(ends: Ends, told: string, { arrangement, paths, isRead, hasNext }: HurryNeeds): void {
  for (const side of ["destination", "source"] as const) {
    const { link } = ends[side];
    const address: Words[] = side === arrangement.passive ? [] : [[told]];
    const own: Words[] = [...wordsForOwnData(link.login), ownPassiveVerb(link)].map((word) => [word]);
    const behind: Words[] = isRead ? own : [["SIZE", paths[side]]];
    sendAll(link.control, [...address, [side === "source" ? "RETR" : "STOR", paths[side]], ...behind]);
    link.behind = hasNext ? () => wordsOfNext(link, side, arrangement) : undefined;
  }
}

/** Behind a read or a digest that was just sent. */
export function sendBehind(link: Link): void {
  const words = link.behind?.() ?? [];
  link.behind = undefined;
  sendAll(
    link.control,
    words.map((word) => [word]),
  );
}

function wordsOfNext({ login }: Link, side: Side, { data, tlsClient, passive, address }: PairArrangement): string[] {
  const isTlsClient = tlsClient?.by === "sscn" && tlsClient.side === side;
  const words = wordsFor(login, { level: data, isTlsClient });
  if (side !== passive) return words;
  return [...words, tlsClient?.by === "cpsv" ? "CPSV" : address.toUpperCase()];
}

type Words = [verb: string, path?: string];

function sendAll(control: Control, commands: readonly Words[]): void {
  for (const command of commands) if (!control.ahead(...command)) return;
}
