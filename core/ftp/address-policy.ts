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
  1433, 1434, 1521, 1527, 2379, 2380, 2483, 2484, 3050, 3306, 3307, 5432, 5433, 5672, 5984, 6379, 6380, 6432, 7474,
  7687, 8086, 8123, 8529, 9042, 9092, 9200, 9300, 11211, 16379, 26257, 26379, 27017, 27018, 27019, 28015, 33060,
  // mail
  1025, 2525, 4190, 10024, 10025,
]);

/** 21, 990, and 1024 up without the well-known ports of databases and mail. For control and data connections. */
export function checkPort(port: number): boolean {
  if (!Number.isInteger(port) || port > 65535) return false;
  return port === 21 || port === 990 || (port >= 1024 && !wellKnownPorts.has(port));
}

/**
 * The addresses of a host that may be connected to, in the resolver's order, without repeats. What a name leads to
 * does not show: a name of a denied address looks like one that does not exist, so that nobody reads another network's
 * names here.
 * @throws `server.address-refused` for an address that is denied, `server.address-unresolvable` for a name without an
 * allowed address
 */
export async function resolveAllowed(
  host: string,
  policy: AddressPolicy,
  resolve: (host: string) => Promise<string[]>,
): Promise<string[]> {
  const isLiteral = isIP(host) !== 0;
  const found = isLiteral ? [host] : await resolve(host).catch(() => []);
  const allowed = found
    .filter((address) => checkAddress(address, policy))
    .map((address) => canonicalAddress(address) ?? "");
  if (allowed.length > 0) return [...new Set(allowed)];
  if (isLiteral) throw new FonError("server.address-refused");
  throw new FonError("server.address-unresolvable", {}, { detail: found.length > 0 ? "denied" : "no address" });
}

function parseAddress(address: string): Address | undefined {
  // A zone names an interface of this machine; no server of another person needs one.
  if (isIP(address) === 0 || address.includes("%")) return undefined;
  return ipaddr.process(address);
}

function isGlobal(address: Address): boolean {
  if (address instanceof ipaddr.IPv4) return address.range() === "unicast";
  if (!embeddedIPv4s(address).every(isGlobal)) return false;
  if (isNat64(address) || address.range() === "6to4") return true;
  return address.match(ipaddr.IPv6.parse("2000::"), 3) && address.range() === "unicast";
}

const isNat64 = (address: ipaddr.IPv6) => address.match(ipaddr.IPv6.parse("64:ff9b::"), 96);

/**
 * The IPv4 addresses that a NAT64 (64:ff9b::/96), 6to4 (2002::/16) or ISATAP (…:[02]00:5efe:a.b.c.d) address leads to.
 * NAT64 prefixes that a network chose for itself cannot be told from other addresses.
 */
function embeddedIPv4s(address: ipaddr.IPv6): ipaddr.IPv4[] {
  const bytes = address.toByteArray();
  const [, , , , high = 0, low] = address.parts;
  const isIsatap = (high & ~0x0200) === 0 && low === 0x5efe;
  return [
    ...(isIsatap || isNat64(address) ? [new ipaddr.IPv4(bytes.slice(12, 16))] : []),
    ...(address.range() === "6to4" ? [new ipaddr.IPv4(bytes.slice(2, 6))] : []),
  ];
}

function contains(network: string, address: Address): boolean {
  const [base, length] = network.includes("/") ? ipaddr.parseCIDR(network) : wholeAddress(network);
  return base.kind() === address.kind() && address.match(base, length);
}

function wholeAddress(address: string): [Address, number] {
  const parsed = ipaddr.process(address);
  return [parsed, parsed.kind() === "ipv4" ? 32 : 128];
}
