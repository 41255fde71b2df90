// What two listings must share to be taken for the same.
import { expect, test } from "vitest";
import { hashEntries } from "./hash.ts";

const at = new Date("2024-03-05T06:07:00Z");
const file = { name: "a.txt", sizeBytes: 12, modifiedAt: at, timeWithinMs: 60_000 };
const other = { ...file, name: "b.txt" };

test("the same files are the same, whatever else is known of them", async () => {
  const hash = await hashEntries([file, other]);
  expect(await hashEntries([{ ...file, isHeld: false } as typeof file, { ...other }])).toBe(hash);
  expect(Number.isSafeInteger(hash)).toBe(true);
  expect(hash).toBeGreaterThan(2 ** 32);
});

test.each([
  ["a name", [{ ...file, name: "a.tx" }, other]],
  ["a size", [{ ...file, sizeBytes: 13 }, other]],
  ["a time", [{ ...file, modifiedAt: new Date(at.getTime() + 60_000) }, other]],
  ["a time that is not told", [{ ...file, modifiedAt: null }, other]],
  ["how exactly a time is told", [{ ...file, timeWithinMs: 86_400_000 }, other]],
  ["one more", [file, other, { ...file, name: "c.txt" }]],
  ["one less", [file]],
  ["none", []],
  ["what could be read as the next field", [{ ...file, name: "a.txt/12", sizeBytes: 12 }, other]],
])("%s tells them apart", async (_, entries) => {
  expect(await hashEntries(entries)).not.toBe(await hashEntries([file, other]));
});

test("each entry of a long one counts", async () => {
  const many = Array.from({ length: 12_000 }, (_, n) => ({ ...file, name: `file ${n}` }));
  const hash = await hashEntries(many);
  for (const changed of [0, 4_998, 4_999, 5_000, 9_999, 11_999]) {
    const one = many.map((entry, n) => (n === changed ? { ...entry, sizeBytes: 13 } : entry));
    expect(await hashEntries(one)).not.toBe(hash);
  }
});
