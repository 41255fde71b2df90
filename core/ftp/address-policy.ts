// Which addresses and ports the core may connect to, or name in a PORT: one decision for enrolment, connects and FXP.
// Not a firewall: what a server does with its own connections is its own.
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { FonError } from "../platform/errors.ts";

export interface AddressPolicy {
  /** CIDRs of networks that would be denied otherwise (loopback, private, …). */
  allowNetworks: readonly string[];
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** May this IP address be used? Anything that is not an IP literal in its usual spelling is refused. */
export function checkAddress(address: string, policy: AddressPolicy): boolean {
  const parsed = parseAddress(address);
  if (!parsed) return false;
  return isGlobal(parsed) || policy.allowNetworks.some((network) => contains(network, parsed));
}

/** The same address in one spelling: IPv4-mapped IPv6 as IPv4, no zone. Undefined when it is no IP address. */
export function canonicalAddress(address: string): string | undefined {
  return parseAddress(address)?.toString();
}

/** Private, loopback, link-local and the like: what a server behind NAT may wrongly tell as its own. */
export function isUnroutable(address: string): boolean {
  const parsed = parseAddress(address);
  return parsed === undefined || !isGlobal(parsed);
}

const wellKnownPorts = new Set([
  // databases, caches, queues
  1433, 1434, 1521, 2379, 2380, 3050, 3306, 3307, 5432, 5433, 5672, 5984, 6379, 6380, 6432, 7474, 7687, 8086, 8123,
  9042, 9092, 9200, 9300, 11211, 26257, 27017, 27018, 27019, 28015, 33060,
  // mail
  1025, 2525,
]);

/** 21, 990, and 1024 up without the well-known ports of databases and mail. For control and data connections. */
export function checkPort(port: number): boolean {
  if (!Number.isInteger(port) || port > 65535) return false;
  return port === 21 || port === 990 || (port >= 1024 && !wellKnownPorts.has(port));
}

/**
 * The addresses of a host that may be connected to, in the resolver's order, without repeats.
 * @throws `server.address-unresolvable` when the name has none, `server.address-refused` when none is allowed
 */
export async function resolveAllowed(
  host: string,
  policy: AddressPolicy,
  resolve: (host: string) => Promise<string[]>,
): Promise<string[]> {
  const found = isIP(host) ? [host] : await resolve(host).catch(() => []);
  if (found.length === 0) throw new FonError("server.address-unresolvable");
  const allowed = found
    .filter((address) => checkAddress(address, policy))
    .map((address) => canonicalAddress(address) ?? "");
  if (allowed.length === 0) throw new FonError("server.address-refused");
  return [...new Set(allowed)];
}

function parseAddress(address: string): Address | undefined {
  // A zone names an interface of this machine; no server of another person needs one.
  if (isIP(address) === 0 || address.includes("%")) return undefined;
  return ipaddr.process(address);
}

function isGlobal(address: Address): boolean {
  if (address instanceof ipaddr.IPv4) return address.range() === "unicast";
  const embedded = embeddedIPv4(address);
  if (embedded) return isGlobal(embedded);
  const isGlobalUnicast = address.match(ipaddr.IPv6.parse("2000::"), 3);
  return isGlobalUnicast && address.range() === "unicast";
}

/** The IPv4 address that a NAT64 (64:ff9b::/96) or 6to4 (2002::/16) address leads to. */
function embeddedIPv4(address: ipaddr.IPv6): ipaddr.IPv4 | undefined {
  const bytes = address.toByteArray();
  if (address.match(ipaddr.IPv6.parse("64:ff9b::"), 96)) return new ipaddr.IPv4(bytes.slice(12, 16));
  return address.range() === "6to4" ? new ipaddr.IPv4(bytes.slice(2, 6)) : undefined;
}

function contains(network: string, address: Address): boolean {
  const [base, length] = network.includes("/") ? ipaddr.parseCIDR(network) : wholeAddress(network);
  return base.kind() === address.kind() && address.match(base, length);
}

function wholeAddress(address: string): [Address, number] {
  const parsed = ipaddr.process(address);
  return [parsed, parsed.kind() === "ipv4" ? 32 : 128];
}
