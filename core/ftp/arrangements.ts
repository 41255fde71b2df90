// The ladder of ways in which two servers can find each other, as data, and which of them can work at all.
// What worked for a pair is remembered by the caller.
import { isIPv6 } from "node:net";
import type { Arrangement, Session } from "./types.ts";

/** In the order they are tried. */
export const arrangements: readonly Arrangement[] = [
  { id: "source-pasv", passive: "source", address: "pasv", data: "clear" },
  { id: "destination-pasv", passive: "destination", address: "pasv", data: "clear" },
  { id: "source-epsv", passive: "source", address: "epsv", data: "clear" },
  { id: "destination-epsv", passive: "destination", address: "epsv", data: "clear" },
];

type Side = Pick<Session, "features" | "peerAddress" | "dataProtection">;

/**
 * Those that can work for this pair, the `remembered` id first, those that let a server connect that should better listen
 * last; none when the two have no common address family.
 */
export function possibleArrangements(source: Side, destination: Side, remembered?: string): Arrangement[] {
  if (isIPv6(source.peerAddress) !== isIPv6(destination.peerAddress)) return [];
  const possible = arrangements.filter(
    (arrangement) => isPossible(arrangement, source) && isPossible(arrangement, destination),
  );
  const rank = (arrangement: Arrangement) =>
    arrangement.id === remembered
      ? 0
      : forgetsConnections(arrangement.passive === "source" ? destination : source)
        ? 2
        : 1;
  return possible.sort((a, b) => rank(a) - rank(b));
}

/**
 * pyftpdlib (all versions, its pull request 657): a server that has connected to its peer stops hearing, at the same
 * session's next PORT or PASV, whatever other connection has got that file descriptor since: other transfers hang.
 */
export function forgetsConnections(active: Pick<Session, "features">): boolean {
  return active.features.software === "pyftpdlib";
}

function isPossible(arrangement: Arrangement, side: Side): boolean {
  if (arrangement.data === "clear" && side.dataProtection === "protected") return false;
  return arrangement.address === "epsv" ? side.features.epsv : !isIPv6(side.peerAddress);
}
