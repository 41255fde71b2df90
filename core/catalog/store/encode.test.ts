// What leaves with each batch of a scan, and what waits until there is more of it.
import { expect, test } from "vitest";
import { createEncoder } from "./encode.ts";

const encoder = createEncoder({ table: "stage_file", columns: [], write: () => undefined });
const tables = (isLast: boolean) => encoder.others(isLast).map(({ table }) => table);
const word = (length: number) => [{ id: 1, word: "x".repeat(length) }];

function folder(length: number) {
  const listed = { path: "x".repeat(length), root: "", modifiedAt: null, filesHash: null, isWhole: true, files: [] };
  return [{ no: 1, folder: listed, own: [], above: [], inherited: [] }];
}

test("words and folders wait for more, or for the end, and leave once", () => {
  encoder.words(word(10));
  encoder.directories(folder(10));
  expect(tables(false)).toEqual([]);
  encoder.words(word(600_000));
  expect(tables(false)).toEqual(["stage_word"]);
  encoder.directories(folder(600_000));
  expect(tables(false)).toEqual(["stage_directory"]);
  encoder.words(word(10));
  expect(tables(true)).toEqual(["stage_word"]);
  expect(tables(true)).toEqual([]);
});
