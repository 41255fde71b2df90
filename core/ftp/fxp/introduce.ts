// The addressing of a pair: both are told how the data travels, one side listens, the other is told where, and both are
// told where in the file to begin.
// Every address in a PORT or EPRT is one that the connector has checked with the policy (peer or registered data address).
import type { Reply } from "../control.ts";
import type { OpenSession } from "../open-session.ts";
import { askPassive } from "../passive.ts";
import { setDataProtection } from "../protection.ts";
import { eprtArgument, portArgument } from "../replies/passive.ts";
import { isProtectionRefusal } from "../replies/refusal.ts";
import { startAt } from "../restart.ts";
import type { PairArrangement } from "../types.ts";
import type { Side } from "./verdict.ts";
import { addressingVerdict, asError } from "./verdict.ts";

/** Marks a refusal that left both control connections in order. */
export class RefusedEarly extends Error {
  readonly reason: Error;

  constructor(reason: Error) {
    super("refused before anything was sent");
    this.reason = reason;
  }
}

export type Ends = Record<Side, OpenSession>;

/**
 * @param onMeeting called with PORT or EPRT and its argument, before that is said
 * @throws RefusedEarly when one of them says no; FonError when a connection is lost
 */
export async function introduce(
  ends: Ends,
  arrangement: PairArrangement,
  offsetBytes: number,
  onMeeting?: (told: string) => void,
): Promise<void> {
  const { passive, address } = arrangement;
  const active = passive === "source" ? "destination" : "source";
  await agreeOnProtection(ends, arrangement);
  const { link } = ends[passive];
  const how = arrangement.tlsClient?.by === "cpsv" ? "cpsv" : address;
  const answer = await askPassive(link, how, link.dataAddress);
  if (!("endpoint" in answer)) {
    const reply = "refusal" in answer ? answer.refusal : answer.unusable;
    // In answer to EPSV 522 is about address families (RFC 2428).
    if (reply.code !== 522) noteProtectionRefusal(ends, arrangement, passive, reply);
    throw refusal(passive, how, reply);
  }
  const { control } = ends[active].link;
  const { endpoint } = answer;
  const telling = address === "epsv" ? `EPRT ${eprtArgument(endpoint)}` : `PORT ${portArgument(endpoint)}`;
  onMeeting?.(telling);
  const told = await control.ask(telling);
  if (told.code >= 300) throw refusal(active, "PORT", told);
  for (const side of ["destination", "source"] as const) await restart(ends, side, offsetBytes);
}

/** Both are asked at the same time: who refuses leaves the other in order too. */
async function agreeOnProtection(ends: Ends, { data, tlsClient }: PairArrangement): Promise<void> {
  const tell = async (side: Side) => {
    const isTlsClient = tlsClient?.by === "sscn" && tlsClient.side === side;
    const refused = await setDataProtection(ends[side].link, { level: data, isTlsClient });
    return refused && refusal(side, refused.verb, refused.reply);
  };
  const [first, second] = await Promise.all([tell("destination"), tell("source")]);
  if (first ?? second) throw first ?? second;
}

/** pyftpdlib at PASV, vsftpd and Pure-FTPd at the transfer: the next arrangement with clear data need not be tried. */
export function noteProtectionRefusal(ends: Ends, { data }: PairArrangement, side: Side, reply: Reply): void {
  if (data === "clear" && isProtectionRefusal(reply)) ends[side].link.login.refuses.add("clear");
}

/** @throws as introduce, with `params.why === "resume"`; FonError when the peer was refused meanwhile: both are to be closed */
export async function restart(ends: Ends, side: Side, offsetBytes: number): Promise<void> {
  const { control } = ends[side].link;
  // pyftpdlib connects at PORT, and one that listens refuses its peer then: the next command would hide it.
  const { stray } = control;
  if (stray && stray.code >= 400) throw refusal(side, "connection", stray).reason;
  const refused = await startAt(ends[side].link, offsetBytes);
  // That was about the peer too, and the answer to REST is still to come.
  if (refused?.code === 425) throw refusal(side, "connection", refused).reason;
  if (refused) throw refusal(side, "REST", refused);
}

function refusal(side: Side, verb: string, reply: Reply): RefusedEarly {
  return new RefusedEarly(asError(addressingVerdict(side, verb.toUpperCase(), reply)));
}
