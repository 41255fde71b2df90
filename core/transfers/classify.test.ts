// What is done after an error: every code has an answer, and nothing is tried for ever without a reason.
import { describe, expect, test } from "vitest";
import type { ErrorCode } from "#contract";
import { errorCodes } from "#contract";
import { judge, mayGoElsewhere, mayTryAnother, ownerCodes } from "./classify.ts";
import { planPart } from "./part.ts";
import { isLongWay, isSameFile } from "./prepare.ts";

const codes = Object.keys(errorCodes) as ErrorCode[];

test.each(codes)("%s: waits grow and stay within an hour", (code) => {
  let last = 0;
  for (let failures = 1; failures < 30; failures += 1) {
    const verdict = judge(code, failures);
    if (verdict.kind === "stop") return;
    expect(verdict.delayMs).toBeGreaterThanOrEqual(last);
    expect(verdict.delayMs).toBeLessThanOrEqual(3_600_000);
    last = verdict.delayMs;
  }
  // The next day ends it.
  if (code === "pull.relay-quota") return;
  // Only what some server has to end goes on without a limit, or the core itself, which keeps nobody else waiting.
  expect(judge(code, 30).kind).toBe(code === "core.unavailable" ? "retry" : "hold");
});

test("what the request itself or the inbox forbids stops at once", () => {
  for (const code of [
    "inbox.exists",
    "inbox.refused",
    "file.gone",
    "pull.policy-forbids",
    "fxp.no-arrangement",
  ] as const) {
    expect(judge(code, 1)).toEqual({ kind: "stop" });
  }
  expect(ownerCodes).toContain("server.locked");
  expect(ownerCodes).not.toContain("server.offline");
});

test("another arrangement is tried after a refusal, and after silence before the first byte", () => {
  expect(mayTryAnother("fxp.refused-by-source", false)).toBe(true);
  expect(mayTryAnother("fxp.stalled", false)).toBe(true);
  expect(mayTryAnother("fxp.stalled", true)).toBe(false);
  expect(mayTryAnother("inbox.refused", false)).toBe(false);
});

test("another source is asked for after the second time, at once when it cannot change, never for the destination's trouble", () => {
  expect(mayGoElsewhere("server.offline", "source", 1)).toBe(false);
  expect(mayGoElsewhere("server.offline", "source", 2)).toBe(true);
  expect(mayGoElsewhere("server.offline", "destination", 9)).toBe(false);
  expect(mayGoElsewhere("fxp.cut", undefined, 2)).toBe(true);
  expect(mayGoElsewhere("file.gone", "source", 1)).toBe(true);
  expect(mayGoElsewhere("file.changed", "source", 9)).toBe(false);
  expect(mayGoElsewhere("inbox.no-space", "destination", 9)).toBe(false);
  expect(mayGoElsewhere("core.internal", undefined, 9)).toBe(false);
});

describe("a part", () => {
  const expected = { sizeBytes: 100, bytesDone: 40 };
  test.each([
    [undefined, expected, true, { kind: "fresh" }],
    [0, expected, true, { kind: "fresh" }],
    [60, expected, true, { kind: "resume", offsetBytes: 60 }],
    [60, expected, false, { kind: "fresh" }],
    [100, expected, false, { kind: "whole" }],
    [101, expected, true, { kind: "fresh" }],
    [60, { sizeBytes: 100, bytesDone: 0 }, true, { kind: "fresh" }],
  ] as const)("of %j bytes with %j, restart %j: %j", (partBytes, row, canRestart, plan) => {
    expect(planPart(partBytes, row, canRestart)).toEqual(plan);
  });
});

test("a source is the same by size, and by second where both times are exact", () => {
  const file = (sizeBytes: number, time?: string) => ({ sizeBytes, modifiedAt: time ? new Date(time) : null });
  const seen = file(5, "2024-01-01T10:00:00.900Z");
  expect(isSameFile(file(5, "2024-01-01T10:00:00Z"), seen, true)).toBe(true);
  expect(isSameFile(file(5, "2024-01-01T10:00:01Z"), seen, true)).toBe(false);
  expect(isSameFile(file(5, "2024-01-01T12:00:00Z"), seen, false)).toBe(true);
  expect(isSameFile(file(5), seen, true)).toBe(true);
  expect(isSameFile(file(6, "2024-01-01T10:00:00Z"), seen, false)).toBe(false);
});

test("a large file may need another server, unless it will be there before that one is asked", () => {
  const MiB = 1024 * 1024;
  for (const speed of [undefined, null, 0, 10 * MiB])
    expect([speed, isLongWay(64 * MiB, speed)]).toEqual([speed, true]);
  expect(isLongWay(64 * MiB, 20 * MiB)).toBe(false);
  expect(isLongWay(64 * MiB - 1, 0)).toBe(false);
});
