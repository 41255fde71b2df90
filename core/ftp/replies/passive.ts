// Where a data connection leads: strict reading of 227 and 229, and our own PORT and EPRT.
// No address of a server is ever copied from its words into a command (that mistake lets a server aim others at a victim).
import { isIPv6 } from "node:net";
import { canonicalAddress, checkPort, isUnroutable } from "../address-policy.ts";

export interface Endpoint {
  address: string;
  port: number;
}

/** RFC 959 227: six numbers 0..255, a usable port. Undefined when it is anything else. */
export function parsePasv(text: string): Endpoint | undefined {
  const found = /(?<![\d,.-])(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})(?![\d,.-])/.exec(text);
  const numbers = (found ?? []).slice(1).map(Number);
  if (numbers.length !== 6 || numbers.some((number) => number > 255)) return undefined;
  const port = (numbers[4] ?? 0) * 256 + (numbers[5] ?? 0);
  return isDataPort(port) ? { address: numbers.slice(0, 4).join("."), port } : undefined;
}

/** RFC 2428 229: the port between four equal delimiters (some servers use `!`). */
export function parseEpsv(text: string): number | undefined {
  const port = Number(/\(([!-/:-~])\1\1(\d{1,5})\1\)/.exec(text)?.[2]);
  return isDataPort(port) ? port : undefined;
}

/**
 * The address to use for a passive server: what PASV told only when it is the control connection's peer or the
 * address that the owner registered; a private one (NAT) is replaced. Undefined: a foreign address, refuse it.
 * @param told undefined for EPSV, which tells none
 */
export function passiveAddress(told: string | undefined, peer: string, registered?: string): string | undefined {
  if (told === undefined) return registered ?? peer;
  if (told === peer || told === canonicalAddress(registered ?? "")) return told;
  return isUnroutable(told) ? (registered ?? peer) : undefined;
}

/** The argument of PORT; IPv4 only. */
export function portArgument({ address, port }: Endpoint): string {
  return [...address.split("."), port >> 8, port & 255].join(",");
}

/** The argument of EPRT. */
export function eprtArgument({ address, port }: Endpoint): string {
  return `|${isIPv6(address) ? 2 : 1}|${address}|${port}|`;
}

function isDataPort(port: number): boolean {
  return port >= 1024 && checkPort(port);
}
