// From a fresh control connection to a logged-in one: greeting, TLS, USER and PASS, FEAT, TYPE, PROT.
// No password goes out before TLS stands and the certificate is judged, unless the target says `plain`.
import type { TLSSocket } from "node:tls";
import { FonError } from "../platform/errors.ts";
import type { Control, Reply } from "./control.ts";
import { needsMlstOptions, readFeatures } from "./features.ts";
import { certificateOf, judgeCertificate, startTls } from "./open-socket.ts";
import { loginRefusalCode } from "./replies/refusal.ts";
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
  /** What data connections are: `none` without TLS. */
  protection: "none" | "clear" | "protected";
}

export async function logIn(control: Control, needs: LoginNeeds): Promise<Login> {
  const greeting = await greet(control, needs.timeouts);
  let certificate: Certificate | undefined;
  if (needs.target.security === "implicit") certificate = certificateOf(control.currentSocket() as TLSSocket);
  if (needs.target.security === "tls") certificate = await secure(control, needs);
  const welcome = await identify(control, needs);
  const feat = await control.ask("FEAT");
  const features = readFeatures([greeting.text, welcome.text], feat);
  await expectOk(control, "TYPE I");
  await tellNames(control, features, feat);
  const protection = needs.target.security === "plain" ? "none" : await protect(control, needs.options.use);
  return { features, certificate, protection };
}

async function greet(control: Control, timeouts: FtpTimeouts): Promise<Reply> {
  // 120 announces a delay and comes before the real greeting.
  const greeting = await control.begin(undefined, undefined, { timeoutMs: timeouts.replyMs }).final;
  if (greeting.code >= 200 && greeting.code < 300) return greeting;
  const code = loginRefusalCode(greeting);
  // Nobody has named a user yet.
  throw refused(code === "server.login-refused" ? "server.busy" : code, "greeting", greeting);
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

/** Pure-FTPd lets a wrong password wait for up to 20 s. */
async function identify(control: Control, { target, timeouts }: LoginNeeds): Promise<Reply> {
  const timeoutMs = timeouts.replyMs * 4;
  const user = await control.ask("USER", target.username.reveal(), { timeoutMs });
  const reply = user.code === 331 ? await control.ask("PASS", target.password.reveal(), { timeoutMs }) : user;
  if (reply.code >= 200 && reply.code < 300) return reply;
  throw refused(loginRefusalCode(reply), user === reply ? "USER" : "PASS", reply);
}

async function tellNames(control: Control, features: Features, feat: Reply): Promise<void> {
  // The four daemons always speak UTF-8 (Pure-FTPd and pyftpdlib even refuse to be told); Windows servers wait for it.
  if (features.utf8 && (features.software === "unknown" || features.software === "filezilla"))
    await control.ask("OPTS UTF8 ON");
  if (needsMlstOptions(feat)) await control.ask("OPTS MLST type;size;modify;unique;");
}

/** RFC 4217 section 9. A server that refuses what is asked for stays at the other. */
async function protect(control: Control, use: ConnectOptions["use"]): Promise<"clear" | "protected"> {
  await control.ask("PBSZ 0");
  const wanted = use === "files" ? "P" : "C";
  const reply = await control.ask(`PROT ${wanted}`);
  const isGiven = reply.code >= 200 && reply.code < 300;
  if (isGiven) return wanted === "P" ? "protected" : "clear";
  // Clear is what RFC 4217 starts with; who refuses it wants the other to be said.
  if (wanted === "P") return "clear";
  await control.ask("PROT P");
  return "protected";
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
