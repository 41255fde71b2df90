// PASV, CPSV, EPSV, PORT and EPRT: where the next data connection is (RFC 959, RFC 2428).
// The two-server transfer (FXP) is these with another server's address in them.
import { isIP } from "node:net";
import { Refusal } from "./refusal.ts";
import type { Call, Commands, Session } from "./types.ts";

export interface Endpoint {
  address: string;
  port: number;
}

function isByte(text: string): boolean {
  return /^\d{1,3}$/.test(text) && Number(text) <= 255;
}

/** `h1,h2,h3,h4,p1,p2`; undefined when it is anything else. */
export function parsePort(argument: string): Endpoint | undefined {
  const parts = argument.split(",");
  if (parts.length !== 6 || !parts.every(isByte)) return undefined;
  const numbers = parts.map(Number);
  return { address: numbers.slice(0, 4).join("."), port: (numbers[4] ?? 0) * 256 + (numbers[5] ?? 0) };
}

/** `|1|address|port|` or `|2|address|port|`, with any delimiter; undefined when it is anything else. */
export function parseEprt(argument: string): (Endpoint & { family: number }) | undefined {
  const parts = argument.split(argument.charAt(0));
  const [, net, address, port] = parts;
  if (parts.length !== 5 || address === undefined || !/^[12]$/.test(net ?? "")) return undefined;
  const family = net === "1" ? 4 : 6;
  if (isIP(address) !== family || !/^\d{1,5}$/.test(port ?? "") || Number(port) > 65535) return undefined;
  return { address, port: Number(port), family };
}

export function formatPasv(endpoint: Endpoint): string {
  const numbers = [...endpoint.address.split("."), endpoint.port >> 8, endpoint.port & 255];
  return `227 Entering Passive Mode (${numbers.join(",")}).`;
}

function familyOf(session: Session): number {
  return isIP(session.localAddress);
}

function refuseAfterEpsvAll(session: Session): void {
  if (session.epsvOnly) throw new Refusal("501 Only EPSV is allowed after EPSV ALL.");
}

function aim(session: Session, verb: string, endpoint: Endpoint): string {
  const foreign = endpoint.address !== session.peerAddress;
  const refused = foreign && session.settings.options.allowForeign === false;
  if (refused || endpoint.port < 1024) throw new Refusal(`500 Illegal ${verb} command.`);
  session.channel.aim(endpoint.address, endpoint.port);
  session.isTlsClientOnce = false;
  return `200 ${verb} command successful.`;
}

async function pasv({ session }: Call): Promise<string> {
  refuseAfterEpsvAll(session);
  if (familyOf(session) !== 4) return "502 PASV speaks IPv4 only, use EPSV.";
  session.isTlsClientOnce = false;
  return formatPasv({ address: session.localAddress, port: await session.channel.listen() });
}

/** PASV, and the client of TLS on the connection that comes (as glftpd and its kin). */
async function cpsv(call: Call): Promise<string> {
  if (!call.session.secure) return "503 CPSV needs a secure control connection.";
  const reply = await pasv(call);
  call.session.isTlsClientOnce = reply.startsWith("227");
  return reply;
}

async function epsv({ session, argument }: Call): Promise<string> {
  if (argument.toUpperCase() === "ALL") {
    session.epsvOnly = true;
    return "200 EPSV ALL accepted.";
  }
  session.isTlsClientOnce = false;
  const own = familyOf(session) === 4 ? "1" : "2";
  if (argument !== "" && argument !== own) return `522 Network protocol not supported, use (${own})`;
  return `229 Entering Extended Passive Mode (|||${await session.channel.listen()}|)`;
}

function port({ session, argument }: Call): string {
  refuseAfterEpsvAll(session);
  const endpoint = parsePort(argument);
  if (endpoint === undefined) return "501 Six numbers are needed.";
  if (familyOf(session) !== 4) return "500 Illegal PORT command.";
  return aim(session, "PORT", endpoint);
}

function eprt({ session, argument }: Call): string {
  refuseAfterEpsvAll(session);
  const endpoint = parseEprt(argument);
  if (endpoint === undefined) return "501 Bad EPRT argument.";
  if (endpoint.family !== familyOf(session)) {
    return `522 Network protocol not supported, use (${familyOf(session) === 4 ? 1 : 2})`;
  }
  return aim(session, "EPRT", endpoint);
}

export const addressCommands: Commands = { PASV: pasv, CPSV: cpsv, EPSV: epsv, PORT: port, EPRT: eprt };
