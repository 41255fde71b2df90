import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { FtpFeatures } from "../../demo/ftp-server/types.ts";
import type { Clock } from "../platform/clock.ts";
import { systemClock } from "../platform/clock.ts";
import { pickAlgorithm } from "./digest.ts";
import { createBench, on } from "./fixtures.ts";

const bench = createBench();
afterEach(() => bench.clear());

const sha256 = createHash("sha256").update("hello").digest("hex");
const all: FtpFeatures = { hash: ["HASH", "XSHA256", "XMD5", "XCRC"] };

async function file(options: Parameters<typeof bench.start>[0]) {
  const end = await bench.start(options);
  await writeFile(join(end.root, "a b"), "hello");
  return { ...end, session: await bench.connect(end.target) };
}

test.each([
  [["XMD5", "XCRC"], ["XCRC"], "crc32"],
  [["HASH"], ["XSHA256", "XMD5"], "sha256"],
  [["HASH", "XSHA512"], ["HASH"], "sha256"],
  [["XSHA512"], ["XSHA512", "XSHA256"], "sha512"],
  [["XSHA"], ["XSHA1"], "sha1"],
  [["MD5"], ["XMD5"], "md5"],
  [["XSHA256"], ["XMD5"], undefined],
  [[], ["HASH"], undefined],
])("of %j and %j it is %s", (one, other, algorithm) => {
  expect(pickAlgorithm({ hashes: one }, { hashes: other })).toBe(algorithm);
});

describe("a digest", () => {
  test("is asked for in one command, HASH first, its algorithm told once", async () => {
    const { session, server } = await file({ features: all });
    const before = server.commands.length;
    expect(await session.digest("a b", "sha256")).toBe(sha256);
    expect(await session.digest("/a b", "sha256")).toBe(sha256);
    expect(await session.digest("/a b", "crc32")).toBe("3610a686");
    expect(server.commands.slice(before)).toEqual(["PWD", "OPTS", "HASH", "HASH", "XCRC"]);
  });

  test("comes by another command when one turns out to be unknown, once and for all", async () => {
    const { session, server } = await file({ features: all, override: on("OPTS", "501 Unknown algorithm.") });
    const before = server.commands.length;
    for (let round = 0; round < 2; round += 1) expect(await session.digest("/a b", "sha256")).toBe(sha256);
    expect(server.commands.slice(before)).toEqual(["OPTS", "XSHA256", "XSHA256"]);
  });

  test("is not asked for where FEAT does not tell of it", async () => {
    const { session, server } = await file({});
    const before = server.commands.length;
    expect(await session.digest("/a b", "sha256")).toBeUndefined();
    expect(server.commands).toHaveLength(before);
  });

  test("is missing for a missing file, and the session goes on", async () => {
    const { session } = await file({ features: all });
    expect(await session.digest("/none", "sha256")).toBeUndefined();
    expect(await session.size("/a b")).toBe(5);
  });

  test.each([
    ["HASH", `213 SHA-1 0-5 ${sha256} /a b`],
    ["HASH", `213 SHA-256 3-5 ${sha256} /a b`],
    ["HASH", `213 SHA-256 0-5 ${sha256.slice(1)} /a b`],
    ["HASH", `213 ${sha256}`],
    ["HASH", "213 SHA-256 0-5  /a b"],
    ["HASH", "450 Busy"],
    ["HASH", `550 ${sha256}`],
    ["XSHA256", `250 ${sha256}0`],
    ["XSHA256", `250-${sha256}\r\n250 Done`],
    ["XSHA256", "250 "],
    ["XSHA256", `550 ${sha256}`],
  ])("%s answered with %s is none", async (verb, answer) => {
    const { session } = await file({ features: { hash: [verb as "HASH"] }, override: on(verb, answer) });
    expect(await session.digest("/a b", "sha256")).toBeUndefined();
    expect(session.closed).toBe(false);
  });

  test.each([
    `250-Computing SHA256 digest\r\n Computing...\r\n Computing...\r\n250 ${sha256.toUpperCase()}`,
    `250 /a b ${sha256}`,
    `213 ${sha256}`,
  ])("is found in %s", async (answer) => {
    const { session } = await file({ features: { hash: ["XSHA256"] }, override: on("XSHA256", answer) });
    expect(await session.digest("/a b", "sha256")).toBe(sha256);
  });

  test("may take as long as it takes; only the signal ends it", async () => {
    let waits = 0;
    const wait: Clock["wait"] = (ms, signal) => {
      waits += 1;
      return systemClock.wait(ms, signal).finally(() => {
        waits -= 1;
      });
    };
    const seen: number[] = [];
    const before = () => void seen.push(waits);
    const { target, root } = await bench.start({ features: { hash: ["XMD5"] }, override: on("XMD5", { before }) });
    await writeFile(join(root, "a"), "hello");
    const session = await bench.connect(target, "files", { clock: { ...systemClock, wait } });
    expect(await session.digest("/a", "md5")).toBe("5d41402abc4b2a76b9719d911017c592");
    expect(seen).toEqual([0]);
    const abort = new AbortController();
    const ended = session.digest("/a", "md5", abort.signal);
    abort.abort(new Error("enough"));
    await expect(ended).rejects.toThrow("enough");
    expect(session.closed).toBe(true);
  });
});
