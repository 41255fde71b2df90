// Why a pair transfer failed, from what the two servers said. Pure.
// One side's failure makes the other side complain too, so both are heard and the cause is told apart from its echo.
import type { ErrorCode, ErrorParams } from "#contract";
import { FonError } from "../../platform/errors.ts";
import type { Reply } from "../replies/refusal.ts";
import { isDenial, isProtectionRefusal } from "../replies/refusal.ts";

export type Side = "source" | "destination";

/** What is known of one side's transfer command. */
export interface SideStory {
  /** Its 1xx has come. */
  isStarted: boolean;
  final: Reply | undefined;
  /** The control connection broke. */
  isLost: boolean;
}

export interface Verdict {
  code: ErrorCode;
  params?: ErrorParams;
  /** For the log: side and reply code. */
  detail: string;
}

const refusedBy = { source: "fxp.refused-by-source", destination: "fxp.refused-by-destination" } as const;

/** Has this side failed? A 3xx is no word for the end of a transfer either. */
export function isFailed(story: SideStory): boolean {
  return story.isLost || (story.final !== undefined && story.final.code >= 300);
}

/** Is this failure an echo that the other side may explain better? */
export function isEcho(story: SideStory): boolean {
  return story.isLost || story.final?.code === 426 || (story.final?.code === 421 && story.isStarted);
}

/** What a reply means depends on. */
export interface Circumstances {
  offsetBytes: number;
  /** The data is to be protected and no byte of it has been seen. */
  isHandshakeInDoubt: boolean;
}

/** @param stories at least one of them failed */
export function verdictOf(stories: Record<Side, SideStory>, circumstances: Circumstances): Verdict {
  const failed = (["destination", "source"] as const).filter((side) => isFailed(stories[side]));
  const [first] = failed.sort((a, b) => weigh(stories[a]) - weigh(stories[b]));
  return first ? judgeSide(first, stories[first], circumstances) : { code: "fxp.cut", detail: "no reply" };
}

/** Causes before echoes; of echoes a server that is gone before one that has only lost its data connection. */
function weigh(story: SideStory): number {
  if (isEcho(story)) return story.isLost ? 2 : 3;
  return story.final?.code === 421 ? 1 : 0;
}

function judgeSide(side: Side, story: SideStory, { offsetBytes, isHandshakeInDoubt }: Circumstances): Verdict {
  const reply = story.final;
  // A handshake that fails is a broken data connection to the one (426) and a refused one to the other (425, 522); a ProFTPD
  // that is the TLS client and does not know its peer's certificate crashes.
  const cut: ErrorCode = isHandshakeInDoubt ? refusedBy[side] : "fxp.cut";
  if (!reply) return { code: cut, detail: `${side} lost` };
  const detail = `${side} ${reply.code}`;
  if (reply.code === 426) return { code: cut, detail };
  if (reply.code === 421) return { code: story.isStarted ? "fxp.cut" : "server.busy", detail };
  // Resuming asked for too much: `554` (beyond the end), ProFTPD's `451 Append/Restart not permitted`.
  if (reply.code === 554) return { code: "file.changed", detail };
  if (offsetBytes > 0 && !story.isStarted && /restart|append|rest\b/i.test(reply.text))
    return { code: refusedBy[side], params: { why: "resume" }, detail };
  if (reply.code === 425 || isProtectionRefusal(reply)) return { code: refusedBy[side], detail };
  return { code: side === "source" ? sourceCode(reply) : destinationCode(reply), detail };
}

function sourceCode(reply: Reply): ErrorCode {
  if (reply.code === 550 || reply.code === 551 || reply.code === 553)
    return isDenial(reply) ? "file.unreadable" : "file.gone";
  if (reply.code === 450 || reply.code === 451) return "file.unreadable";
  return "fxp.refused-by-source";
}

function destinationCode(reply: Reply): ErrorCode {
  if (reply.code === 451 || reply.code === 452 || reply.code === 552) return "inbox.no-space";
  if (reply.code === 450 || reply.code === 530 || reply.code >= 550) return "inbox.refused";
  return "fxp.refused-by-destination";
}

/** PASV, PORT or REST was refused: nothing has moved yet. */
export function addressingVerdict(side: Side, verb: string, reply: Reply): Verdict {
  const detail = `${side} ${verb} ${reply.code}`;
  if (reply.code === 421) return { code: "server.busy", detail };
  return { code: refusedBy[side], ...(verb === "REST" && reply.code !== 425 && { params: { why: "resume" } }), detail };
}

export function silenceVerdict(side: Side): Verdict {
  return { code: refusedBy[side], detail: `${side} did not open` };
}

export function asError({ code, params, detail }: Verdict): FonError {
  return new FonError(code, params ?? {}, { detail });
}
