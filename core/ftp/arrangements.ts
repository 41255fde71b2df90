// The ladder of ways for a file from one server to another, as data, and which of them can work for two given servers.
// What worked for a pair is remembered by the caller.
import { isIPv6 } from "node:net";
import type { Allowed, Arrangement, PairArrangement, RelayArrangement, Session } from "./types.ts";

type Row = readonly [passive: "source" | "destination", address: "pasv" | "epsv", tlsClient?: Client];
type Client = NonNullable<PairArrangement["tlsClient"]>;

const receiving: Client = { side: "destination", by: "sscn" };
const sending: Client = { side: "source", by: "sscn" };

/**
 * In the order they are tried. Protected data first, with the receiving side as TLS client: a ProFTPD that sends as the
 * client of TLS 1.3 loses the end of every second large file, and both servers say 226. CPSV has no form with EPSV.
 */
const rows: readonly Row[] = [
  ["source", "pasv", receiving],
  ["destination", "pasv", receiving],
  ["source", "epsv", receiving],
  ["destination", "epsv", receiving],
  ["destination", "pasv", { side: "destination", by: "cpsv" }],
  ["source", "pasv", sending],
  ["destination", "pasv", sending],
  ["source", "epsv", sending],
  ["destination", "epsv", sending],
  ["source", "pasv", { side: "source", by: "cpsv" }],
  ["source", "pasv"],
  ["destination", "pasv"],
  ["source", "epsv"],
  ["destination", "epsv"],
];

/** From server to server; ids are remembered for years and stay. */
export const arrangements: readonly PairArrangement[] = rows.map(([passive, address, tlsClient]) =>
  tlsClient
    ? { id: idOf(passive, address, tlsClient), passive, address, data: "protected", tlsClient }
    : { id: `${passive}-${address}`, passive, address, data: "clear" },
);

const relay: RelayArrangement = { id: "relay", data: "relayed" };

/** What must be known of a server; every session is one. */
export type PairSide = Pick<Session, "features" | "peerAddress" | "dataProtection" | "canProtectData">;

/** `lacks` stands where `ways` is empty. */
export interface Ways {
  /** In the order they are tried. */
  ways: Arrangement[];
  /**
   * `family`: no common address family; `protection`: the data cannot be protected (nobody can play the TLS client, or one
   * has no TLS) and may not be clear; `consent`: only a relay would do, and it is not allowed.
   */
  lacks?: "family" | "protection" | "consent";
}

/**
 * The ways that can work for this pair and are allowed: the `remembered` id first, then protected before clear, and of
 * equals those last that let a server connect that should better listen; the relay last.
 */
export function waysBetween(source: PairSide, destination: PairSide, allowed: Allowed, remembered?: string): Ways {
  const areOfOneFamily = isIPv6(source.peerAddress) === isIPv6(destination.peerAddress);
  const meeting = arrangements.filter((way) => areOfOneFamily && canMeet(way, source) && canMeet(way, destination));
  const direct = meeting.filter((way) => allowed.direct && canCarry(way, source, destination, allowed));
  const shouldRatherListen = ({ passive }: PairArrangement) =>
    forgetsConnections(passive === "source" ? destination : source);
  const rank = (way: PairArrangement) => levels.indexOf(levelOf(way)) * 2 + Number(shouldRatherListen(way));
  const sorted: Arrangement[] = direct.sort((a, b) => rank(a) - rank(b));
  if (allowed.relay) sorted.push(relay);
  const ways = sorted.sort((a, b) => Number(b.id === remembered) - Number(a.id === remembered));
  if (ways.length > 0) return { ways };
  return { ways, lacks: !allowed.direct ? "consent" : meeting.length === 0 ? "family" : "protection" };
}

/**
 * pyftpdlib (all versions, its pull request 657): a server that has connected to its peer stops hearing, at the same
 * session's next PORT or PASV, whatever other connection has got that file descriptor since: other transfers hang.
 */
export function forgetsConnections(active: Pick<Session, "features">): boolean {
  return active.features.software === "pyftpdlib";
}

/** pyftpdlib ends a data connection on which TLS begins before the transfer command has come. */
export function dropsEarlyTls(passive: Pick<Session, "features">): boolean {
  return passive.features.software === "pyftpdlib";
}

const levels = ["receiving", "sending", "clear"] as const;

function levelOf({ tlsClient }: PairArrangement): (typeof levels)[number] {
  if (!tlsClient) return "clear";
  return tlsClient.side === "destination" ? "receiving" : "sending";
}

/** PASV speaks IPv4 only (RFC 2428). */
function canMeet({ address }: PairArrangement, side: PairSide): boolean {
  return address === "epsv" ? side.features.epsv : !isIPv6(side.peerAddress);
}

function canCarry(
  { tlsClient }: PairArrangement,
  source: PairSide,
  destination: PairSide,
  { clear }: Allowed,
): boolean {
  if (!tlsClient) return clear && source.dataProtection !== "protected" && destination.dataProtection !== "protected";
  const client = tlsClient.side === "source" ? source : destination;
  return client.features[tlsClient.by] && source.canProtectData === true && destination.canProtectData === true;
}

function idOf(passive: string, address: string, { side, by }: Client): string {
  return by === "cpsv" ? `${passive}-${address}-cpsv` : `${passive}-${address}-sscn-${side}`;
}
