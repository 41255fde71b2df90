// From a fresh control connection to a logged-in one: greeting, TLS, USER and PASS, FEAT, TYPE, PROT.
// No password goes out before TLS stands and the certificate is judged, unless the target says `plain`.
import type { TLSSocket } from "node:tls";
import { FonError } from "../platform/errors.ts";
import type { Control, Reply } from "./control.ts";
import { keepsOrder, keepsOrderAtLogin, needsMlstOptions, readFeatures, readSoftware } from "./features.ts";
import { certificateOf, judgeCertificate, startTls } from "./open-socket.ts";
import { loginRefusalCode } from "./replies/refusal.ts";
import type { Command } from "./send-ahead.ts";
import { sendAll } from "./send-ahead.ts";
import type { Certificate, ConnectOptions, Features, FtpTarget, FtpTimeouts } from "./types.ts";

export interface LoginNeeds {
  target: FtpTarget;
  options: ConnectOptions;
  timeouts: FtpTimeouts;
  ca: string | undefined;
}

export interface Login {
  features: Features;
  certificate: Certificate | undefined;
  /** What data connections are now: `none` without TLS. Changed by protection.ts only. */
  protection: "none" | "clear" | "protected";
  /** SSCN ON: the server is the TLS client of its data connections. */
  isTlsClient: boolean;
  /** What REST said and no transfer has used up. Changed by restart.ts only. */
  restartBytes: number;
  /** It has taken a REST. */
  hasRestarted: boolean;
  /** Levels that the server has refused, here or with a transfer. */
  refuses: Set<"clear" | "protected">;
}

/** What every server is asked once it has let us in. */
const questions: readonly Command[] = [["FEAT"], ["TYPE I"]];

export async function logIn(control: Control, needs: LoginNeeds): Promise<Login> {
  const greeting = await greet(control, needs.timeouts);
  let certificate: Certificate | undefined;
  if (needs.target.security === "implicit") {
    // Only now: what speaks no FTP must look like nobody, whatever certificate it has.
    certificate = certificateOf(control.currentSocket() as TLSSocket);
    judgeCertificate(certificate, needs.target.fingerprint);
  }
  if (needs.target.security === "tls") certificate = await secure(control, needs);
  const welcome = await identify(control, needs, keepsOrderAtLogin(readSoftware([greeting.text])));
  const software = readSoftware([greeting.text, welcome.text]);
  control.know(software);
  const isInTurn = keepsOrder(software);
  if (isInTurn && !control.isAhead) sendAll(control, questions);
  const feat = await control.ask("FEAT");
  const features = readFeatures(software, feat);
  await expectOk(control, "TYPE I");
  await tellNames(control, features, feat);
  const level = needs.options.use === "files" ? "P" : "C";
  const hasTls = needs.target.security !== "plain";
  if (hasTls && isInTurn) sendAll(control, [["PBSZ 0"], [`PROT ${level}`]]);
  const data = hasTls ? await protect(control, level) : withoutTls();
  return { features, certificate, ...data, isTlsClient: false, restartBytes: 0, hasRestarted: false };
}

async function greet(control: Control, timeouts: FtpTimeouts): Promise<Reply> {
  // 120 announces a delay and comes before the real greeting.
  const greeting = await control.begin(undefined, undefined, { timeoutMs: timeouts.replyMs }).final;
  if (greeting.code >= 200 && greeting.code < 300) return greeting;
  // Whoever names a host and port learns whether an FTP server is there, and nothing about anything else.
  const isBusy = loginRefusalCode(greeting) === "server.busy" || greeting.code === 530;
  throw refused(isBusy ? "server.busy" : "server.offline", "greeting", greeting);
}

async function secure(
  control: Control,
  { target, timeouts, ca, options }: LoginNeeds,
): Promise<Certificate | undefined> {
  const reply = await control.ask("AUTH TLS");
  if (reply.code === 421) throw refused("server.busy", "AUTH", reply);
  if (reply.code !== 234) throw refused("server.tls-failed", "AUTH", reply);
  const deadline = { timeoutMs: timeouts.connectMs, signal: options.signal };
  const socket = await startTls(control.currentSocket(), { host: target.host, ca }, deadline);
  control.replaceSocket(socket);
  const certificate = certificateOf(socket);
  judgeCertificate(certificate, target.fingerprint);
  return certificate;
}

/**
 * Pure-FTPd lets a wrong password wait for up to 20 s.
 * @param isInTurn `questions` go out behind the password; when that is wrong nobody asks them, and the connection is closed
 */
async function identify(control: Control, { target, timeouts }: LoginNeeds, isInTurn: boolean): Promise<Reply> {
  const timeoutMs = timeouts.replyMs * 4;
  const user = await control.ask("USER", target.username.reveal(), { timeoutMs });
  const password = target.password.reveal();
  if (user.code === 331 && isInTurn) sendAll(control, [["PASS", password], ...questions]);
  const reply = user.code === 331 ? await control.ask("PASS", password, { timeoutMs }) : user;
  if (reply.code >= 200 && reply.code < 300) return reply;
  throw refused(loginRefusalCode(reply), user === reply ? "USER" : "PASS", reply);
}

async function tellNames(control: Control, features: Features, feat: Reply): Promise<void> {
  // The four daemons always speak UTF-8 (Pure-FTPd and pyftpdlib even refuse to be told); Windows servers wait for it.
  if (features.utf8 && (features.software === "unknown" || features.software === "filezilla"))
    await control.ask("OPTS UTF8 ON");
  if (needsMlstOptions(feat)) await control.ask("OPTS MLST type;size;modify;unique;");
}

type DataLevels = Pick<Login, "protection" | "refuses">;

function withoutTls(): DataLevels {
  return { protection: "none", refuses: new Set(["protected"]) };
}

/** RFC 4217 section 9. A server that refuses what is asked for stays at the other. */
async function protect(control: Control, wanted: "C" | "P"): Promise<DataLevels> {
  await control.ask("PBSZ 0");
  if (await agrees(control, wanted)) return { protection: wanted === "P" ? "protected" : "clear", refuses: new Set() };
  // Clear is what RFC 4217 starts with; who refuses it wants the other to be said, and who knows neither stays at clear.
  const isInsisting = wanted === "C" && (await agrees(control, "P"));
  return isInsisting
    ? { protection: "protected", refuses: new Set(["clear"]) }
    : { protection: "clear", refuses: new Set(["protected"]) };
}

/** Only a 5xx is an answer to keep: anything else is trouble of this connection, and no reason to send data in the clear. */
async function agrees(control: Control, level: "C" | "P"): Promise<boolean> {
  const reply = await control.ask(`PROT ${level}`);
  if (reply.code >= 200 && reply.code < 300) return true;
  if (reply.code >= 500) return false;
  throw refused(reply.code === 421 ? "server.busy" : "server.protocol", "PROT", reply);
}

export async function expectOk(control: Control, command: string): Promise<Reply> {
  const reply = await control.ask(command);
  if (reply.code >= 200 && reply.code < 300) return reply;
  throw refused(reply.code === 421 ? "server.busy" : "server.protocol", command.split(" ", 1)[0] ?? "", reply);
}

/** The verb and the reply's code only: the text may name hosts, logins and paths. */
export function refused(code: ConstructorParameters<typeof FonError>[0], verb: string, reply: Reply): FonError {
  return new FonError(code, {}, { detail: `${verb} ${reply.code}` });
}
