// How a run that went wrong ends: what counts as progress, and what is told of whom.
import { expect, test } from "vitest";
import { FonError } from "../platform/errors.ts";
import { Blamed } from "./blame.ts";
import { judge } from "./classify.ts";
import type { Lease } from "./lease.ts";
import { hasProgressed, troubleOf } from "./outcome.ts";

const KiB = 1024;

test.each([
  [0, 1, 1000 * KiB, false],
  [0, 64 * KiB - 1, 1000 * KiB, false],
  [0, 64 * KiB, 1000 * KiB, true],
  [500 * KiB, 563 * KiB, 1000 * KiB, false],
  [500 * KiB, 564 * KiB, 1000 * KiB, true],
  [500 * KiB, 500 * KiB, 1000 * KiB, false],
  [500 * KiB, 0, 1000 * KiB, false],
  [0, 10, 10, true],
  [990 * KiB, 1000 * KiB, 1000 * KiB, true],
  [10, 10, 10, false],
])("from %d to %d of %d bytes is progress: %s", (before, after, sizeBytes, isProgress) => {
  expect(hasProgressed({ bytesDone: before, sizeBytes } as Lease, after)).toBe(isProgress);
});

test.each([
  ["destination", "file.gone", "inbox.refused"],
  ["destination", "file.unreadable", "inbox.refused"],
  ["destination", "server.protocol", "server.protocol"],
  ["source", "file.gone", "file.gone"],
] as const)("of the %s %s is told as %s", (side, code, told) => {
  expect(troubleOf(new Blamed(side, new FonError(code)))).toEqual({ code: told, side });
});

test("a database that is away for a moment, or has no connection left, never ends a transfer", () => {
  const error = Object.assign(new Error("sorry, too many clients already"), { name: "PostgresError", code: "53300" });
  const asked = Object.assign(new Error("Failed query", { cause: error }), { query: "select 1" });
  expect(troubleOf(asked)).toEqual({ code: "core.unavailable", side: undefined });
  expect(judge("core.unavailable", 1_000)).toMatchObject({ kind: "retry" });
});
