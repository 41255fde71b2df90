// Every pair of real daemons in every arrangement: the content arrives, by resume too, and a refusal has its right name.
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Daemon, DaemonKind, DaemonOptions } from "../../test/daemons/index.ts";
import { daemonKinds, installDaemons, startDaemon } from "../../test/daemons/index.ts";
import { systemClock } from "../platform/clock.ts";
import { possibleArrangements } from "./arrangements.ts";
import { createBench, login } from "./fixtures.ts";
import { createFxp } from "./fxp/pair.ts";
import type { Arrangement, FxpLimits, PairTransfer, Session } from "./types.ts";

const { available, missing } = await installDaemons();
const left = missing.length > 0 ? ` (left out: ${missing.map(({ kind, how }) => `${kind}: ${how}`).join(" ")})` : "";
const bench = createBench();
const bytes = randomBytes(700_001);

afterEach(() => bench.clear());

interface Pair {
  source: Session;
  destination: Session;
  third: Session;
}

async function open(from: Daemon, to: Daemon): Promise<Pair> {
  const target = (daemon: Daemon) => login(daemon, daemon.fingerprint ? "tls" : "plain");
  return {
    source: await bench.connect(target(from), "fxp"),
    destination: await bench.connect(target(to), "fxp"),
    third: await bench.connect(target(to)),
  };
}

function move(
  pair: Pair,
  arrangement: Arrangement,
  name: string,
  changes: Partial<PairTransfer> = {},
  limits: Partial<FxpLimits> = {},
) {
  const { source, destination, third } = pair;
  return createFxp({ clock: systemClock, limits }).transfer({
    source,
    destination,
    sourcePath: "/source é.bin",
    destinationPath: `/${name}`,
    offsetBytes: 0,
    arrangement,
    signal: new AbortController().signal,
    sizeOf: () => third.size(`/${name}`),
    ...changes,
  });
}

function startAll(options: DaemonOptions) {
  const daemons = new Map<DaemonKind, Daemon>();
  beforeAll(async () => {
    for (const kind of available) {
      const daemon = await startDaemon(kind, options);
      daemons.set(kind, daemon);
      await writeFile(join(daemon.root, "source é.bin"), bytes);
      await daemon.own();
    }
  });
  afterAll(async () => {
    for (const daemon of daemons.values()) await daemon.stop();
  });
  return (kind: DaemonKind) => daemons.get(kind) as Daemon;
}

async function expectAllWays(from: Daemon, to: Daemon): Promise<void> {
  const pair = await open(from, to);
  const ways = possibleArrangements(pair.source, pair.destination);
  expect(ways).toHaveLength(4);
  for (const arrangement of ways) {
    const name = `é-${from.kind}-${from.fingerprint ? "tls" : "plain"}-${arrangement.id}`;
    await move(pair, arrangement, name);
    expect([arrangement.id, (await readFile(join(to.root, name))).equals(bytes)]).toEqual([arrangement.id, true]);
    expect(await pair.third.size(`/${name}`)).toBe(bytes.length);
  }
}

async function expectResume(from: Daemon, to: Daemon): Promise<void> {
  const pair = await open(from, to);
  for (const arrangement of possibleArrangements(pair.source, pair.destination).slice(0, 2)) {
    const name = `resumed-${from.kind}-${arrangement.id}`;
    await writeFile(join(to.root, name), bytes.subarray(0, 123_457));
    await to.own(join(to.root, name));
    await move(pair, arrangement, name, { offsetBytes: 123_457 });
    expect([arrangement.id, (await readFile(join(to.root, name))).equals(bytes)]).toEqual([arrangement.id, true]);
  }
}

// A suite must not be empty; its name says what is left out.
if (available.length === 0) test.skip(`pairs of daemons${left}`, () => {});

describe.skipIf(available.length === 0)(`pairs of daemons${left}`, () => {
  const plain = startAll({});
  const secure = startAll({ tls: true });
  const kinds = daemonKinds.filter((kind) => available.includes(kind));

  describe.each(kinds)("%s as source", (from) => {
    test.each(kinds)("to %s, plain", async (to) => {
      await expectAllWays(plain(from), plain(to));
      await expectResume(plain(from), plain(to));
    });

    test.each(kinds)("to %s, TLS control and clear data", async (to) => {
      await expectAllWays(secure(from), secure(to));
    });

    test("with TLS to a plain one, and the other way round", async () => {
      const other = kinds[(kinds.indexOf(from) + 1) % kinds.length] as DaemonKind;
      await expectAllWays(secure(from), plain(other));
      await expectAllWays(plain(other), secure(from));
    });
  });
});

describe.skipIf(!available.includes("pyftpdlib"))(`several sessions of one pyftpdlib${left}`, () => {
  const daemon = startAll({ tls: true });

  // A transfer that loses its connection is never answered again.
  test.each(["source-pasv", "destination-pasv"])("many small files at the same time, %s", async (id) => {
    const { transfer } = createFxp({ clock: systemClock, limits: { openingMs: 8_000, lingerMs: 8_000 } });
    const { root } = daemon("pyftpdlib");
    await writeFile(join(root, "small"), "small");
    const moveMany = async (worker: number) => {
      const pair = await open(daemon("pyftpdlib"), daemon("pyftpdlib"));
      const arrangement = possibleArrangements(pair.source, pair.destination).find(
        (way) => way.id === id,
      ) as Arrangement;
      for (let i = 0; i < 40; i += 1) {
        const destinationPath = `/${id} ${worker} ${i}`;
        const sizeOf = () => pair.third.size(destinationPath);
        const { signal } = new AbortController();
        await transfer({ ...pair, sourcePath: "/small", destinationPath, offsetBytes: 0, arrangement, signal, sizeOf });
        expect(await pair.destination.size(destinationPath)).toBe(5);
      }
    };
    await Promise.all([1, 2, 3].map(moveMany));
  });
});

describe.skipIf(available.length === 0)(`daemons that do not allow FXP${left}`, () => {
  const shut = startAll({ fxp: false });
  const open4 = startAll({});
  const kinds = daemonKinds.filter((kind) => available.includes(kind));
  const other = kinds.at(-1) as DaemonKind;
  const way = (passive: "source" | "destination"): Arrangement => ({
    id: `${passive}-pasv`,
    passive,
    address: "pasv",
    data: "clear",
  });

  test.each(kinds)("%s as the active side says so at once, and the sessions stay open", async (kind) => {
    const asDestination = await open(open4(other), shut(kind));
    await expect(move(asDestination, way("source"), "x")).rejects.toMatchObject({ code: "fxp.refused-by-destination" });
    expect([asDestination.source.closed, asDestination.destination.closed]).toEqual([false, false]);
    const asSource = await open(shut(kind), open4(other));
    await expect(move(asSource, way("destination"), "x")).rejects.toMatchObject({ code: "fxp.refused-by-source" });
    expect([asSource.source.closed, asSource.destination.closed]).toEqual([false, false]);
  });

  test.each(kinds)("%s as the passive side is named too", async (kind) => {
    const limits = { openingMs: 3000, stallMs: 3000, lingerMs: 3000 };
    const asSource = await open(shut(kind), open4(other));
    await expect(move(asSource, way("source"), "x", {}, limits)).rejects.toMatchObject({
      code: "fxp.refused-by-source",
    });
    expect([asSource.source.closed, asSource.destination.closed]).toEqual([true, true]);
  });
});

describe.skipIf(available.length === 0)(`failures of real daemons${left}`, () => {
  const slow = startAll({ rateBytesPerS: 100_000 });
  const kinds = daemonKinds.filter((kind) => available.includes(kind));
  const quick = { openingMs: 3000, stallMs: 2000, lingerMs: 2000, firstPollMs: 50, pollMs: 100 };

  test.each(kinds)("%s: a file that is not there, and a place that is not there", async (kind) => {
    const pair = await open(slow(kind), slow(kind));
    const [way] = possibleArrangements(pair.source, pair.destination);
    await expect(move(pair, way as Arrangement, "no/such/place")).rejects.toMatchObject({ code: "inbox.refused" });
    expect(pair.source.closed).toBe(false);
    await expect(move(pair, way as Arrangement, "x", { sourcePath: "/none" })).rejects.toMatchObject({
      code: "file.gone",
    });
  });

  test.each(kinds)("%s: an abort in the middle", async (kind) => {
    const pair = await open(slow(kind), slow(kind));
    const abort = new AbortController();
    const onProgress = (size: number) => void (size > 0 && abort.abort(new Error("paused")));
    const [way] = possibleArrangements(pair.source, pair.destination);
    const moving = move(pair, way as Arrangement, "aborted", { signal: abort.signal, onProgress }, quick);
    await expect(moving).rejects.toThrow("paused");
    expect([pair.source.closed, pair.destination.closed]).toEqual([true, true]);
    expect(await pair.third.size("/aborted")).toBeLessThan(bytes.length);
  });

  test.each(kinds)("%s: killed as source in the middle is a cut, frozen as source is a stall", async (kind) => {
    const to = slow(kinds.find((other) => other !== kind) ?? kind);
    for (const [how, code] of [
      ["kill9", "fxp.cut"],
      ["freeze", "fxp.stalled"],
    ] as const) {
      const victim = await startDaemon(kind, { rateBytesPerS: 50_000 });
      try {
        await writeFile(join(victim.root, "source é.bin"), bytes);
        const pair = await open(victim, to);
        const [way] = possibleArrangements(pair.source, pair.destination);
        let isHit = false;
        const onProgress = (size: number) => {
          if (size === 0 || isHit) return;
          isHit = true;
          void victim[how]();
        };
        const moving = move(pair, way as Arrangement, `victim-${kind}-${how}`, { onProgress }, quick);
        await expect(moving, how).rejects.toMatchObject({ code });
      } finally {
        victim.thaw();
        await victim.stop();
      }
    }
  });
});
