// When a listing may be remembered as "the same files again".
import { expect, test } from "vitest";
import type { Entry, Listing } from "../../ftp/index.ts";
import type { FolderNode } from "./folder.ts";
import { toListedFolder } from "./folder.ts";

const now = new Date("2024-03-05T12:00:30Z");
const longAgo = new Date("2024-03-05T06:07:00Z");
const settleMs = 20_000;
const node: FolderNode = {
  path: "a",
  root: "",
  depth: 1,
  modifiedAt: null,
  unique: undefined,
  parent: undefined,
};
const entry: Entry = { name: "x", kind: "file", sizeBytes: 1, modifiedAt: longAgo, timeWithinMs: 60_000 };
const listingOf = (...entries: Entry[]): Listing => ({ entries, malformed: 0, unaddressable: 0, truncated: false });
const hashOf = async (listing: Listing, of = node, learns: "nothing" | "by asking" = "nothing") =>
  (await toListedFolder(of, listing, { now, settleMs, learns })).filesHash;

test("files that stand still have one hash, in each listing and whatever folders lie beside them", async () => {
  const hash = await hashOf(listingOf(entry));
  expect(hash).toEqual(expect.any(Number));
  const folder: Entry = { ...entry, name: "sub", kind: "directory", modifiedAt: now };
  expect(await hashOf(listingOf(folder, entry))).toBe(hash);
  expect(await hashOf(listingOf(), node)).not.toBe(hash);
});

test.each([
  ["a file may still grow", { ...listingOf({ ...entry, modifiedAt: new Date("2024-03-05T12:00:00Z") }) }],
  ["lines were not understood", { ...listingOf(entry), malformed: 1 }],
  ["it was cut", { ...listingOf(entry), truncated: true }],
])("there is none when %s", async (_, listing) => {
  expect(await hashOf(listing)).toBe(null);
});

test("there is none where a time says more, or may be learned", async () => {
  expect(await hashOf(listingOf(entry), { ...node, modifiedAt: longAgo })).toBe(null);
  expect(await hashOf(listingOf(entry), node, "by asking")).toBe(null);
});
