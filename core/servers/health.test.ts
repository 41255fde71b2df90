// The table of a server's states, row by row.
import { describe, expect, test } from "vitest";
import type { ErrorCode } from "#contract";
import type { Health, News, Tell } from "./health.ts";
import { nextHealth } from "./health.ts";

const online: Health = { state: "online", problem: null, wrongPasswords: 0 };
const offline: Health = { state: "offline", problem: "server.offline", wrongPasswords: 0 };
const refusedOnce: Health = { state: "offline", problem: "server.login-refused", wrongPasswords: 1 };
const refusedTwice: Health = { ...refusedOnce, wrongPasswords: 2 };
const locked: Health = { state: "locked", problem: "server.login-refused", wrongPasswords: 3 };
const paused: Health = { state: "paused", problem: null, wrongPasswords: 0 };
const badTls: Health = { state: "offline", problem: "server.tls-failed", wrongPasswords: 0 };
const failed = (code: ErrorCode): News => ({ kind: "failed", code });

const table: [string, Health, News, Health, Tell][] = [
  ["all well", online, { kind: "worked" }, online, undefined],
  ["back again, quietly", offline, { kind: "worked" }, online, undefined],
  ["a told trouble is over", badTls, { kind: "worked" }, online, "connected"],
  ["a login that works forgets the wrong ones", refusedTwice, { kind: "worked" }, online, "connected"],
  ["away, quietly", online, failed("server.offline"), offline, undefined],
  ["full is not gone", online, failed("server.busy"), { ...online, problem: "server.busy" }, undefined],
  ["an owner's trouble is told", online, failed("server.tls-failed"), badTls, "trouble"],
  ["and told once", badTls, failed("server.tls-failed"), badTls, undefined],
  ["first wrong password", online, failed("server.login-refused"), refusedOnce, undefined],
  ["second", refusedOnce, failed("server.login-refused"), refusedTwice, undefined],
  ["third locks", refusedTwice, failed("server.login-refused"), locked, "trouble"],
  ["away between two wrong ones", refusedTwice, failed("server.offline"), { ...offline, wrongPasswords: 2 }, undefined],
  ["a late success does not unlock", locked, { kind: "worked" }, locked, undefined],
  ["nor a late failure", locked, failed("server.offline"), locked, undefined],
  ["a late success does not unpause", paused, { kind: "worked" }, paused, undefined],
  ["a failure while paused", paused, failed("server.login-refused"), paused, undefined],
  ["a file's trouble is not the server's", online, failed("file.gone"), online, undefined],
  ["pause", online, { kind: "paused" }, paused, undefined],
  ["pause a locked one keeps the count", locked, { kind: "paused" }, { ...locked, state: "paused" }, undefined],
  ["resume", paused, { kind: "resumed" }, online, undefined],
  ["resume while away", paused, { kind: "resumed", failed: "server.offline" }, offline, undefined],
  ["resume with a wrong password", paused, { kind: "resumed", failed: "server.login-refused" }, refusedOnce, undefined],
  [
    "resume of a locked and paused one, wrong again",
    { ...locked, state: "paused" },
    { kind: "resumed", failed: "server.login-refused" },
    { ...locked, wrongPasswords: 4 },
    undefined,
  ],
  ["unlock by a login that works", locked, { kind: "resumed" }, online, undefined],
  ["still the wrong password", locked, { kind: "resumed", failed: "server.login-refused" }, locked, undefined],
  ["nobody knows yet", locked, { kind: "resumed", failed: "server.offline" }, locked, undefined],
  ["new settings that work", locked, { kind: "saved" }, online, "connected"],
  ["new settings, saved knowingly", locked, { kind: "saved", failed: "server.offline" }, offline, undefined],
  ["new settings stay paused", { ...locked, state: "paused" }, { kind: "saved" }, paused, undefined],
];

describe("health", () => {
  test.each(table)("%s", (_name, before, news, next, tell) => {
    expect(nextHealth(before, news)).toEqual({ next, tell });
  });
});
