// What a session's data connections are: clear or TLS (PROT, RFC 4217), and whether the server is the client of that TLS
// (SSCN, as ProFTPD and the servers that have it agree). The one place that tells a server and remembers what it was told.
import type { Reply } from "./control.ts";
import type { Login } from "./login.ts";
import { refused } from "./login.ts";
import type { Link } from "./open-session.ts";

/** For transfers from server to server. */
export interface DataNeeds {
  level: "clear" | "protected";
  isTlsClient: boolean;
}

/** What the server would not do. */
export interface ProtectionRefusal {
  verb: "PROT" | "SSCN";
  reply: Reply;
}

/** Pure. What `setDataProtection` is going to say. */
export function wordsFor(login: Login, { level, isTlsClient }: DataNeeds): string[] {
  const role = login.isTlsClient === isTlsClient ? [] : [`SSCN ${isTlsClient ? "ON" : "OFF"}`];
  const isSettled = login.protection === level || login.protection === "none" || login.refuses.has(level);
  return isSettled ? role : [...role, `PROT ${level === "protected" ? "P" : "C"}`];
}

/** Pure. What `ensureOwnData` is going to say. */
export function wordsForOwnData(login: Login): string[] {
  const role = login.isTlsClient ? ["SSCN OFF"] : [];
  return login.protection !== "clear" || login.refuses.has("protected") ? role : [...role, "PROT P"];
}

/** Nothing is said when the server knows already. @returns the server's refusal; the session is in order then */
export async function setDataProtection(link: Link, needs: DataNeeds): Promise<ProtectionRefusal | undefined> {
  const { login } = link;
  const role = await setRole(link, needs.isTlsClient);
  if (role) return { verb: "SSCN", reply: role };
  if (login.protection === needs.level || (login.protection === "none" && needs.level === "clear")) return undefined;
  const unasked = login.protection === "none" || login.refuses.has(needs.level);
  const reply = unasked ? { code: 534, text: "" } : await tellLevel(link, needs.level);
  return reply && { verb: "PROT", reply };
}

/**
 * Before a data connection with us: TLS wherever the control connection has it, and the server as the server of it.
 * @throws `server.protocol`, `server.busy`
 */
export async function ensureOwnData(link: Link): Promise<void> {
  const { login } = link;
  const role = await setRole(link, false);
  if (role) throw refused(role.code === 421 ? "server.busy" : "server.protocol", "SSCN", role);
  if (login.protection !== "clear" || login.refuses.has("protected")) return;
  const level = await tellLevel(link, "protected");
  if (level?.code === 421) throw refused("server.busy", "PROT", level);
  // What passes says nothing about what the server can do.
  if (level && !login.refuses.has("protected")) throw refused("server.protocol", "PROT", level);
}

async function tellLevel({ control, login }: Link, level: DataNeeds["level"]): Promise<Reply | undefined> {
  const reply = await control.ask(`PROT ${level === "protected" ? "P" : "C"}`);
  if (reply.code < 300) login.protection = level;
  else if (reply.code >= 500) login.refuses.add(level);
  return reply.code < 300 ? undefined : reply;
}

async function setRole({ control, login }: Link, isTlsClient: boolean): Promise<Reply | undefined> {
  if (login.isTlsClient === isTlsClient) return undefined;
  const reply = await control.ask(`SSCN ${isTlsClient ? "ON" : "OFF"}`);
  if (reply.code >= 300) return reply;
  login.isTlsClient = isTlsClient;
  return undefined;
}
