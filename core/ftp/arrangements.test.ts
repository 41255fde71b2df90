import { expect, test } from "vitest";
import { possibleArrangements } from "./arrangements.ts";
import { readFeatures } from "./features.ts";
import type { Session } from "./types.ts";

const features = (epsv: boolean) =>
  readFeatures([], { code: 211, text: epsv ? "211-\n EPSV\n SIZE\n211 End" : "211-\n SIZE\n211 End" });
const side = (peerAddress: string, epsv = true, dataProtection: Session["dataProtection"] = "clear") => ({
  peerAddress,
  features: features(epsv),
  ...(dataProtection && { dataProtection }),
});
const ids = (...given: Parameters<typeof possibleArrangements>) => possibleArrangements(...given).map(({ id }) => id);

test("IPv4: all four, what worked before first", () => {
  const all = ["source-pasv", "destination-pasv", "source-epsv", "destination-epsv"];
  expect(ids(side("8.8.8.8"), side("9.9.9.9"))).toEqual(all);
  expect(ids(side("8.8.8.8"), side("9.9.9.9"), "destination-epsv")).toEqual([all[3], all[0], all[1], all[2]]);
  expect(ids(side("8.8.8.8"), side("9.9.9.9"), "forgotten")).toEqual(all);
});

test("EPSV needs both, IPv6 needs EPSV, and nothing joins two families", () => {
  expect(ids(side("8.8.8.8", false), side("9.9.9.9"))).toEqual(["source-pasv", "destination-pasv"]);
  expect(ids(side("2606::1"), side("2606::2"), "source-pasv")).toEqual(["source-epsv", "destination-epsv"]);
  expect(ids(side("2606::1", false), side("2606::2"))).toEqual([]);
  expect(ids(side("2606::1"), side("9.9.9.9"))).toEqual([]);
});

test("clear data needs two servers that allow it", () => {
  expect(ids(side("8.8.8.8", true, "protected"), side("9.9.9.9"))).toEqual([]);
});

test("a pyftpdlib is rather the one that listens, unless something else has worked", () => {
  const forgetful = { ...side("9.9.9.9"), features: { ...features(true), software: "pyftpdlib" as const } };
  const asSource = ["source-pasv", "source-epsv", "destination-pasv", "destination-epsv"];
  expect(ids(forgetful, side("8.8.8.8"))).toEqual(asSource);
  expect(ids(side("8.8.8.8"), forgetful)).toEqual([asSource[2], asSource[3], asSource[0], asSource[1]]);
  expect(ids(side("8.8.8.8"), forgetful, "source-pasv")[0]).toBe("source-pasv");
  expect(ids(forgetful, forgetful)).toHaveLength(4);
});
