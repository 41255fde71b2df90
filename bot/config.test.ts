import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readConfig } from "./config.ts";

const folder = mkdtempSync(join(tmpdir(), "fonshare-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("finds the core's socket below the data folder, or where it is told", () => {
  const api = (environment: Record<string, string>) => {
    const read = readConfig(environment);
    return "config" in read ? read.config.api : read.mistakes;
  };
  expect(api({})).toEqual({ socketPath: resolve("data/run/api.sock") });
  expect(api({ FONSHARE_DATA: "/srv/fon" })).toEqual({ socketPath: "/srv/fon/run/api.sock" });
  expect(api({ FONSHARE_API: "unix:/run/fon.sock" })).toEqual({ socketPath: "/run/fon.sock" });
});

it("reads a token from its file", () => {
  const file = join(folder, "token");
  writeFileSync(file, "a-long-enough-token\n");
  const read = readConfig({ FONSHARE_API: "http://127.0.0.1:9000/", FONSHARE_API_TOKEN_FILE: file });
  expect(read).toEqual({
    config: { api: { origin: "http://127.0.0.1:9000", token: "a-long-enough-token" }, logLevel: undefined },
  });
});

it.each([
  [{ FONSHARE_APY: "x" }, "FONSHARE_APY: FonShare has no setting of this name; remove it or correct its spelling."],
  [{ LOG_LEVEL: "loud" }, "LOG_LEVEL must be one of"],
  [{ FONSHARE_API: "ftp://x" }, "FONSHARE_API must look like"],
  [{ FONSHARE_API: "http://x:1" }, "FONSHARE_API over http needs FONSHARE_API_TOKEN"],
  [{ FONSHARE_API: `unix:/${"x".repeat(120)}` }, "FONSHARE_API: the path of the core's socket is too long"],
  [{ FONSHARE_API: "http://x:1", FONSHARE_API_TOKEN_FILE: "/nowhere" }, "FONSHARE_API_TOKEN_FILE names a file"],
])("says what is wrong with %j in one sentence", (environment, sentence) => {
  const read = readConfig(environment);
  expect(read).toEqual({ mistakes: [expect.stringContaining(sentence)] });
});
