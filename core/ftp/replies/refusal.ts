// What a server's "no" means to people: reply code, phase and text -> our error code. Pure.
// The exact words of the daemons are in the tests.
import type { ErrorCode } from "#contract";

export interface Reply {
  /** 100..599 */
  code: number;
  /** All lines with their codes, in the lossless form of names.ts. */
  text: string;
}

export type Phase =
  /** looking at or fetching a path */
  | "read"
  /** creating, renaming, storing */
  | "write"
  /** anything else */
  | "other";

const deniedWords = /denied|not permitted|privilege|forbidden|access|unauthori[sz]ed/i;
const missingWords = /no such|not found|does ?n.t exist|cannot find|not exist/i;
const spaceWords = /space|quota|disk|full|exceeded/i;

/** For 4xx and 5xx. */
export function refusalCode(reply: Reply, phase: Phase): ErrorCode {
  if (reply.code === 421) return "server.busy";
  if (reply.code === 530) return "server.login-refused";
  if (phase === "write" && (reply.code === 452 || reply.code === 552)) return "inbox.no-space";
  if (phase === "write" && reply.code === 451) return "inbox.no-space";
  if (phase === "write" && reply.code >= 450) return spaceWords.test(reply.text) ? "inbox.no-space" : "inbox.refused";
  if (phase === "read" && (reply.code === 550 || reply.code === 450 || reply.code === 501 || reply.code === 553))
    return isDenial(reply) ? "file.unreadable" : "file.gone";
  if (phase === "read" && reply.code === 451) return "file.unreadable";
  return "server.protocol";
}

/** Pyftpdlib calls a missing directory's MLSD a 501, vsftpd says neither why. */
export function isDenial(reply: Reply): boolean {
  return deniedWords.test(reply.text) && !missingWords.test(reply.text);
}

/** A login's or greeting's refusal. ProFTPD says "maximum number of clients" as 530, after PASS. */
export function loginRefusalCode(reply: Reply): ErrorCode {
  if (/\b(?:tls|ssl|encrypt\w*|secure)\b/i.test(reply.text)) return "server.tls-required";
  if (/maximum|too many|limit|try again later|connections? (?:from|per)/i.test(reply.text)) return "server.busy";
  if (reply.code === 430 || reply.code === 530 || reply.code === 332 || reply.code === 532)
    return "server.login-refused";
  if (reply.code >= 400 && reply.code < 500) return "server.busy";
  return reply.code >= 500 ? "server.login-refused" : "server.protocol";
}

/** Does this reply say that the data connection must be (or may not be left un-) protected? RFC 4217, RFC 2228. */
export function isProtectionRefusal(reply: Reply): boolean {
  if ([521, 522, 533, 534, 536].includes(reply.code)) return true;
  return reply.code >= 400 && /\b(?:tls|ssl|encrypt\w*)\b/i.test(reply.text) && /required|must/i.test(reply.text);
}
