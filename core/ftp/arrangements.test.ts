import { expect, test } from "vitest";
import type { PairSide } from "./arrangements.ts";
import { arrangements, waysBetween } from "./arrangements.ts";
import { readFeatures } from "./features.ts";
import type { Allowed, Software } from "./types.ts";

interface Traits {
  verbs?: readonly string[];
  /** `insists`: clear data is refused. */
  tls?: "none" | "offered" | "insists";
  software?: Software;
}

/** A server with EPSV, without TLS. */
function side(peerAddress: string, { verbs = ["EPSV"], tls = "none", software = "unknown" }: Traits = {}): PairSide {
  const text = ["211-", ...verbs.map((verb) => ` ${verb}`), "211 End"].join("\n");
  return {
    peerAddress,
    features: readFeatures(software, { code: 211, text }),
    dataProtection: tls === "insists" ? "protected" : "clear",
    canProtectData: tls !== "none",
  };
}

const anyData: Allowed = { direct: true, clear: true, relay: false };
const tlsOnly: Allowed = { direct: true, clear: false, relay: false };
const [a, b, six] = ["8.8.8.8", "9.9.9.9", "2606::1"] as const;
const withTls = side(a, { tls: "offered" });
const withSscn = side(b, { tls: "offered", verbs: ["EPSV", "SSCN"] });
const withCpsv = side(b, { tls: "offered", verbs: ["EPSV", "CPSV"] });
const clear = ["source-pasv", "destination-pasv", "source-epsv", "destination-epsv"];
const sscnOn = (end: string) => clear.map((id) => `${id}-sscn-${end}`);

function ids(source: PairSide, destination: PairSide, allowed: Allowed = anyData, remembered?: string) {
  const { ways, lacks } = waysBetween(source, destination, allowed, remembered);
  return lacks ?? ways.map(({ id }) => id);
}

test("ids are unique, and stay: they are remembered", () => {
  const cpsv = (end: string) => `${end}-pasv-cpsv`;
  const all = [...sscnOn("destination"), cpsv("destination"), ...sscnOn("source"), cpsv("source"), ...clear];
  expect(arrangements.map(({ id }) => id)).toEqual(all);
});

test("IPv4: all four, what worked before first, an unknown memory is harmless", () => {
  expect(ids(side(a), side(b))).toEqual(clear);
  expect(ids(side(a), side(b), anyData, "destination-epsv")).toEqual([clear[3], clear[0], clear[1], clear[2]]);
  expect(ids(side(a), side(b), anyData, "source-pasv-sscn-source")).toEqual(clear);
});

test("EPSV needs both, IPv6 needs EPSV, and nothing joins two families", () => {
  expect(ids(side(a, { verbs: [] }), side(b))).toEqual(["source-pasv", "destination-pasv"]);
  expect(ids(side(six), side("2606::2"), anyData, "source-pasv")).toEqual(["source-epsv", "destination-epsv"]);
  expect(ids(side(six, { verbs: [] }), side("2606::2"))).toBe("family");
  expect(ids(side(six), side(b))).toBe("family");
  expect(ids(side(six), side(b), { ...anyData, relay: true })).toEqual(["relay"]);
  const overSix = { ...withSscn, peerAddress: six };
  expect(ids({ ...withTls, peerAddress: six }, overSix, tlsOnly)).toEqual(sscnOn("destination").slice(2));
  expect(ids({ ...withTls, peerAddress: six }, { ...withCpsv, peerAddress: six }, tlsOnly)).toBe("protection");
});

test("protected before clear, the receiving side as TLS client before the sending one", () => {
  expect(ids(withTls, withSscn)).toEqual([...sscnOn("destination"), ...clear]);
  expect(ids(withSscn, withTls)).toEqual([...sscnOn("source"), ...clear]);
  expect(ids(withSscn, withSscn)).toEqual([...sscnOn("destination"), ...sscnOn("source"), ...clear]);
  expect(ids(withTls, withCpsv)).toEqual(["destination-pasv-cpsv", ...clear]);
  expect(ids(withCpsv, withTls)).toEqual(["source-pasv-cpsv", ...clear]);
  expect(ids(withTls, withSscn, anyData, "source-pasv")).toEqual([
    "source-pasv",
    ...sscnOn("destination"),
    ...clear.slice(1),
  ]);
});

test("a side without TLS leaves nothing to protect", () => {
  const noTls = { ...withSscn, canProtectData: false };
  expect(ids(side(a), withSscn)).toEqual(clear);
  expect(ids(withTls, noTls)).toEqual(clear);
  expect(ids(noTls, withSscn, tlsOnly)).toBe("protection");
});

test("clear data needs the policy, and two servers that allow it", () => {
  expect(ids(withTls, withSscn, tlsOnly)).toEqual(sscnOn("destination"));
  expect(ids(withTls, withTls, tlsOnly)).toBe("protection");
  const strict = side(a, { tls: "insists" });
  expect(ids(strict, withSscn)).toEqual(sscnOn("destination"));
  expect(ids(withSscn, strict)).toEqual(sscnOn("source"));
  expect(ids(strict, withTls)).toBe("protection");
});

test("the relay is the last one, the only one where nothing else is allowed, and never without consent", () => {
  expect(ids(side(a), side(b), { ...anyData, relay: true })).toEqual([...clear, "relay"]);
  expect(ids(side(a), side(b), { ...anyData, relay: true }, "relay")).toEqual(["relay", ...clear]);
  expect(ids(withTls, withTls, { ...tlsOnly, relay: true })).toEqual(["relay"]);
  expect(ids(side(a), side(b), { direct: false, clear: true, relay: true })).toEqual(["relay"]);
  expect(ids(side(a), side(b), { direct: false, clear: true, relay: false }, "relay")).toBe("consent");
});

test("a pyftpdlib is rather the one that listens, among ways of equal protection, unless something else has worked", () => {
  const forgetful = side(b, { software: "pyftpdlib", tls: "offered" });
  const asSource = [clear[0], clear[2], clear[1], clear[3]];
  const asDestination = [clear[1], clear[3], clear[0], clear[2]];
  expect(ids(forgetful, side(a))).toEqual(asSource);
  expect(ids(side(a), forgetful)).toEqual(asDestination);
  expect(ids(side(a), forgetful, anyData, "source-pasv")[0]).toBe("source-pasv");
  expect(ids(forgetful, forgetful)).toHaveLength(4);
  expect(ids(forgetful, withSscn)).toEqual([...asSource.map((id) => `${id}-sscn-destination`), ...asSource]);
});
