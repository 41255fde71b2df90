// Contents through a session of our own, with each real daemon, plain and with TLS: blocks, digests, relays.
import { createHash, randomBytes } from "node:crypto";
import { readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Daemon, DaemonKind, DaemonOptions } from "../../test/daemons/index.ts";
import { daemonKinds, installDaemons, startDaemon } from "../../test/daemons/index.ts";
import { systemClock } from "../platform/clock.ts";
import { pickAlgorithm } from "./digest.ts";
import { createBench, login } from "./fixtures.ts";
import { expectRead } from "./fxp/hurry.ts";
import { createRelay } from "./relay.ts";
import type { DigestAlgorithm, RelayTransfer } from "./types.ts";

const { available, missing } = await installDaemons();
const left = missing.length > 0 ? ` (left out: ${missing.map(({ kind, how }) => `${kind}: ${how}`).join(" ")})` : "";
const bench = createBench();
const bytes = randomBytes(3_000_000);
const kinds = daemonKinds.filter((kind) => available.includes(kind));
const targetOf = (daemon: Daemon) => login(daemon, daemon.fingerprint ? "tls" : "plain");
const idle = new AbortController().signal;
const farBytes = 5_000_000_000;

afterEach(() => bench.clear());

function startAll(options: DaemonOptions) {
  const daemons = new Map<DaemonKind, Daemon>();
  beforeAll(async () => {
    for (const kind of kinds) {
      const daemon = await startDaemon(kind, options);
      daemons.set(kind, daemon);
      await writeFile(join(daemon.root, "é.bin"), bytes);
      await writeFile(join(daemon.root, "empty"), "");
      await writeFile(join(daemon.root, "sparse"), "start");
      await truncate(join(daemon.root, "sparse"), farBytes + 10);
      await daemon.own();
    }
  });
  afterAll(async () => {
    for (const daemon of daemons.values()) await daemon.stop();
  });
  return (kind: DaemonKind) => daemons.get(kind) as Daemon;
}

if (kinds.length === 0) test.skip(`contents${left}`, () => {});

describe.skipIf(kinds.length === 0)(`contents${left}`, () => {
  const plain = startAll({});
  const secure = startAll({ tls: true });

  describe.each(kinds)("%s", (kind) => {
    test.each([
      ["plain", "files"],
      ["plain", "fxp"],
      ["TLS", "files"],
      ["TLS", "fxp"],
    ] as const)("hands out blocks and stays usable, %s, session of use %s", async (how, use) => {
      const session = await bench.connect(targetOf((how === "TLS" ? secure : plain)(kind)), use);
      const block = (from: number, length: number) => session.readBlock("/é.bin", from, length);
      for (const [from, length] of [
        [0, 65_536],
        [1_234_567, 16_384],
        [bytes.length - 65_536, 65_536],
        [bytes.length - 10, 500],
        [0, 1],
        [0, bytes.length + 1],
      ] as const)
        expect([from, (await block(from, length)).equals(bytes.subarray(from, from + length))]).toEqual([from, true]);
      expect(await session.readBlock("/sparse", farBytes, 100)).toEqual(Buffer.alloc(10));
      expect(await session.readBlock("/empty", 0, 100)).toEqual(Buffer.alloc(0));
      // A REST that is not used up by a refusal would be used by the next one.
      await expect(session.readBlock("/none", 5, 100)).rejects.toMatchObject({ code: "file.gone" });
      expect(await session.readBlock("/sparse", 0, 5)).toEqual(Buffer.from("start"));
      expect(await session.size("/é.bin")).toBe(bytes.length);
      expect((await session.list("/")).entries.map(({ name }) => name)).toContain("é.bin");
      expect(session.closed).toBe(false);
    });

    // ProFTPD's mod_tls hangs up when it has to write to a connection that was merely closed.
    test("goes on after each of many blocks out of the middle, with TLS", async () => {
      const session = await bench.connect(targetOf(secure(kind)), "fxp");
      for (let from = 0; from < 40; from += 1) {
        expect(await session.readBlock("/é.bin", from, 4096)).toEqual(bytes.subarray(from, from + 4096));
        expect([from, session.closed]).toEqual([from, false]);
      }
      expect(await session.size("/é.bin")).toBe(bytes.length);
    });

    test.each(["plain", "TLS"])("is asked for one block behind the other, %s", async (how) => {
      const session = await bench.connect(targetOf((how === "TLS" ? secure : plain)(kind)), "fxp");
      const places = Array.from({ length: 30 }, (_, i) => [(i * 97_003) % 2_900_000, i % 3 === 0 ? 65_536 : 16_384]);
      for (const [index, [from = 0, length = 0]] of places.entries()) {
        if (index < places.length - 1) expectRead(session);
        expect([from, (await session.readBlock("/é.bin", from, length)).equals(bytes.subarray(from, from + length))]) //
          .toEqual([from, true]);
        expect([from, session.closed]).toEqual([from, false]);
      }
      for (const path of ["/é.bin", "/empty", "/none", "/é.bin"]) {
        expectRead(session);
        const whole = session.readBlock(path, 0, bytes.length + 1);
        if (path === "/none") await expect(whole).rejects.toMatchObject({ code: "file.gone" });
        else expect((await whole).length).toBe(path === "/empty" ? 0 : bytes.length);
      }
      expect(await session.readBlock("/é.bin", 5, 10)).toEqual(bytes.subarray(5, 15));
      expect(await session.size("/é.bin")).toBe(bytes.length);
      expect(session.closed).toBe(false);
    });

    test.each(kinds)("is relayed to %s, plain and with TLS, whole and resumed", async (to) => {
      await expectRelayed(plain(kind), plain(to));
      await expectRelayed(secure(kind), secure(to));
    });

    test("is relayed between a plain one and one with TLS", async () => {
      const other = kinds[(kinds.indexOf(kind) + 1) % kinds.length] as DaemonKind;
      await expectRelayed(secure(kind), plain(other));
      await expectRelayed(plain(other), secure(kind));
    });
  });
});

async function expectRelayed(from: Daemon, to: Daemon): Promise<void> {
  const source = await bench.connect(targetOf(from));
  const destination = await bench.connect(targetOf(to));
  const name = `relayed-${from.kind}-${from.fingerprint ? "tls" : "plain"}`;
  const transfer = (changes: Partial<RelayTransfer> = {}) =>
    createRelay({ clock: systemClock }).transfer({
      source,
      destination,
      sourcePath: "/é.bin",
      destinationPath: `/${name}`,
      offsetBytes: 0,
      sizeBytes: bytes.length,
      signal: idle,
      ...changes,
    });
  const digest = createHash("sha256").update(bytes).digest("hex");
  expect(await transfer()).toMatchObject({ bytes: bytes.length, sha256: digest });
  expect((await readFile(join(to.root, name))).equals(bytes)).toBe(true);
  await truncate(join(to.root, name), 1_111_111);
  expect(await transfer({ offsetBytes: 1_111_111 })).toMatchObject({ bytes: bytes.length });
  expect((await readFile(join(to.root, name))).equals(bytes)).toBe(true);
  const empty = { sourcePath: "/empty", destinationPath: `/${name}-empty`, sizeBytes: 0 };
  expect(await transfer(empty)).toMatchObject({ bytes: 0 });
  expect(await destination.size(`/${name}-empty`)).toBe(0);
  // What a refusal leaves behind: nothing, and two sessions in order.
  await expect(transfer({ sourcePath: "/none" })).rejects.toMatchObject({ code: "file.gone" });
  expect([await source.size("/empty"), await destination.size(`/${name}`)]).toEqual([0, bytes.length]);
}

describe.skipIf(!available.includes("proftpd"))(`ProFTPD's digests${left}`, () => {
  let daemon: Daemon;
  const names = ["plain", "with spaces 0 3", 'q"uo"te', 'both "of" them', "é 日本", "-dash", "semi;colon"];
  const values: [DigestAlgorithm, string][] = [
    ["sha512", createHash("sha512").update("hello").digest("hex")],
    ["sha256", createHash("sha256").update("hello").digest("hex")],
    ["sha1", createHash("sha1").update("hello").digest("hex")],
    ["md5", createHash("md5").update("hello").digest("hex")],
    ["crc32", "3610a686"],
  ];

  beforeAll(async () => {
    daemon = await startDaemon("proftpd", { hashes: true, tls: true });
    for (const name of names) await writeFile(join(daemon.root, name), "hello");
    await writeFile(join(daemon.root, "zeros"), "");
    await truncate(join(daemon.root, "zeros"), 300_000_000);
    await daemon.own();
  });
  afterAll(() => daemon?.stop());

  test("are read in every form, for names of every kind", async () => {
    for (const use of ["files", "fxp"] as const) {
      const session = await bench.connect(targetOf(daemon), use);
      expect(pickAlgorithm(session.features, session.features)).toBe("sha512");
      for (const [algorithm, value] of values)
        expect([algorithm, await session.digest("/plain", algorithm)]).toEqual([algorithm, value]);
      for (const name of names) {
        expect([name, await session.digest(name, "sha256")]).toEqual([name, values[1]?.[1]]);
        // The X commands have no way to name that one.
        const isNameable = name !== 'both "of" them';
        expect([name, await session.digest(name, "md5")]).toEqual([name, isNameable ? values[3]?.[1] : undefined]);
      }
      expect(await session.digest("/none", "sha256")).toBeUndefined();
      expect(await session.size("/plain")).toBe(5);
    }
  });

  test("come after lines that say that it computes", async () => {
    const session = await bench.connect(targetOf(daemon));
    const zeros = createHash("md5");
    for (let i = 0; i < 300; i += 1) zeros.update(Buffer.alloc(1_000_000));
    expect(await session.digest("/zeros", "md5")).toBe(zeros.digest("hex"));
  });
});
