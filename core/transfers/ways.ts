// What a group's policy and the two owners allow for one pair, and what can be known of it before anything is tried. Pure.
import type { ErrorCode, Policy } from "#contract";
import type { Allowed, Arrangement, PairSide, Ways } from "../ftp/index.ts";
import { waysBetween } from "../ftp/index.ts";

/** What counts of one server. */
export interface Terms {
  allowsRelay: boolean;
  allowsClear: boolean;
  security: "tls" | "implicit" | "plain";
  /** As last seen; empty when nobody has looked yet. */
  features: Partial<PairSide["features"]>;
  /** Through the core. */
  bytesPerSecond: number | null;
}

/** A group's policy and the terms of the two servers. */
export interface Rules {
  policy: Policy;
  source: Terms;
  destination: Terms;
}

export function allowedBy({ policy, source, destination }: Rules): Allowed {
  return {
    direct: policy !== "relay-only",
    clear: (policy === "fxp" || policy === "relay-allowed") && source.allowsClear && destination.allowsClear,
    relay: policy.startsWith("relay-") && mayRelay(source) && mayRelay(destination),
  };
}

/** Each end of a relay is as protected as its own control connection. */
function mayRelay({ allowsRelay, allowsClear, security }: Terms): boolean {
  return allowsRelay && (allowsClear || security !== "plain");
}

export function mayGo(way: Arrangement, allowed: Allowed): boolean {
  if (way.data === "relayed") return allowed.relay;
  return allowed.direct && (way.data === "protected" || allowed.clear);
}

/** The code for two servers between which there is no way. */
export function codeOfLack(lacks: Ways["lacks"], { policy, source, destination }: Rules): ErrorCode {
  switch (lacks) {
    case "family":
      return "fxp.no-family";
    case "consent":
      return source.allowsRelay && destination.allowsRelay ? "pull.owner-forbids" : "pull.no-consent";
    case "protection":
      return policy === "fxp-tls-only" ? "pull.policy-forbids" : "pull.owner-forbids";
    default:
      return "fxp.no-arrangement";
  }
}

/** Why nothing can move between these two, as far as it is known without a connection; undefined: it may work. */
export function knownRefusal(rules: Rules): ErrorCode | undefined {
  const { ways, lacks } = waysBetween(asSide(rules.source), asSide(rules.destination), allowedBy(rules));
  return ways.length > 0 ? undefined : codeOfLack(lacks, rules);
}

/** Addresses are not known here, and what nobody has looked for may be there. */
function asSide({ security, features }: Terms): PairSide {
  const unknown = { sscn: true, cpsv: true, epsv: true };
  return {
    features: { ...unknown, ...features } as PairSide["features"],
    peerAddress: "0.0.0.0",
    canProtectData: security !== "plain",
  };
}

/** Every way from this source brought something else than the source has. */
export class UsedUp extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode) {
    super(code);
    this.name = "UsedUp";
    this.code = code;
  }
}
