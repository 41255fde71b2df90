// The doctor's look at a pair: with real daemons a way works or is refused as a transfer would find it, and nothing of the
// file moves.
import { randomBytes } from "node:crypto";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Daemon, DaemonKind, DaemonOptions } from "../../test/daemons/index.ts";
import { daemonKinds, installDaemons, startDaemon } from "../../test/daemons/index.ts";
import { systemClock } from "../platform/clock.ts";
import { waysBetween } from "./arrangements.ts";
import { createBench, login, on } from "./fixtures.ts";
import { createFxp } from "./fxp/pair.ts";
import type { PairProbe } from "./probe-pair.ts";
import { probePair } from "./probe-pair.ts";
import type { FtpTarget, PairArrangement, Session } from "./types.ts";

const { available, missing } = await installDaemons();
const left = missing.length > 0 ? ` (left out: ${missing.map(({ kind, how }) => `${kind}: ${how}`).join(" ")})` : "";
const kinds = daemonKinds.filter((kind) => available.includes(kind));
const bench = createBench();
const bytes = randomBytes(50_001);
const fxp = createFxp({ clock: systemClock });

afterEach(() => bench.clear());

interface Pair {
  source: Session;
  destination: Session;
  third: Session;
}

const targetOf = (daemon: Daemon) => login(daemon, daemon.fingerprint ? "tls" : "plain");

async function open(from: FtpTarget, to: FtpTarget): Promise<Pair> {
  return {
    source: await bench.connect(from, "fxp"),
    destination: await bench.connect(to, "fxp"),
    third: await bench.connect(to),
  };
}

function directWays({ source, destination }: Pair, clear = true): PairArrangement[] {
  const { ways } = waysBetween(source, destination, { direct: true, clear, relay: false });
  return ways.filter((way) => way.data !== "relayed");
}

function look(pair: Pair, arrangement: PairArrangement, changes: Partial<PairProbe> = {}) {
  const destinationPath = `/.fonshare-probe-${arrangement.id}.part`;
  return probePair(
    { fxp, patienceMs: 3_000 },
    {
      source: pair.source,
      destination: pair.destination,
      sourcePath: "/file é.bin",
      sizeBytes: bytes.length,
      destinationPath,
      arrangement,
      signal: new AbortController().signal,
      sizeOf: () => pair.third.size(destinationPath),
      ...changes,
    },
  );
}

function startAll(options: DaemonOptions) {
  const daemons = new Map<DaemonKind, Daemon>();
  beforeAll(async () => {
    for (const kind of available) {
      const daemon = await startDaemon(kind, options);
      daemons.set(kind, daemon);
      await writeFile(join(daemon.root, "file é.bin"), bytes);
      await writeFile(join(daemon.root, "empty.bin"), "");
      await daemon.own();
    }
  });
  afterAll(async () => {
    for (const daemon of daemons.values()) await daemon.stop();
  });
  return (kind: DaemonKind) => daemons.get(kind) as Daemon;
}

const sizeAt = async (daemon: Daemon, way: PairArrangement) =>
  (await stat(join(daemon.root, `.fonshare-probe-${way.id}.part`))).size;

// A suite must not be empty; its name says what is left out.
if (available.length === 0) test.skip(`pairs of daemons${left}`, () => {});

describe.skipIf(available.length === 0)(`pairs of daemons${left}`, () => {
  const plain = startAll({});
  const secure = startAll({ tls: true });

  describe.each(kinds)("%s as source", (from) => {
    test.each(kinds)("to %s: each way in the clear works, and nothing arrives", async (to) => {
      const pair = await open(targetOf(plain(from)), targetOf(plain(to)));
      const ways = directWays(pair);
      expect(ways).toHaveLength(4);
      for (const way of ways) {
        expect([way.id, await look(pair, way)]).toEqual([way.id, "works"]);
        expect(await sizeAt(plain(to), way)).toBe(0);
      }
    });

    test("an empty file too", async () => {
      const pair = await open(targetOf(plain(from)), targetOf(plain(from)));
      const [way] = directWays(pair) as [PairArrangement];
      expect(await look(pair, way, { sourcePath: "/empty.bin", sizeBytes: 0 })).toBe("works");
    });

    test("a file that is not there is said so", async () => {
      const pair = await open(targetOf(plain(from)), targetOf(plain(from)));
      const [way] = directWays(pair) as [PairArrangement];
      await expect(look(pair, way, { sourcePath: "/none" })).rejects.toMatchObject({ code: "file.gone" });
    });
  });

  test.skipIf(!available.includes("proftpd")).each(kinds)(
    "protected from %s to ProFTPD, its TLS client",
    async (from) => {
      const pair = await open(targetOf(secure(from)), targetOf(secure("proftpd")));
      const [way] = directWays(pair, false) as [PairArrangement];
      expect(way).toMatchObject({ data: "protected", tlsClient: { side: "destination" } });
      expect(await look(pair, way)).toBe("works");
      expect(await sizeAt(secure("proftpd"), way)).toBe(0);
    },
  );
});

describe.skipIf(available.length === 0)(`daemons that do not allow FXP${left}`, () => {
  const shut = startAll({ fxp: false });
  const free = startAll({});
  const other = kinds.at(-1) as DaemonKind;
  const way = (passive: "source" | "destination"): PairArrangement => ({
    id: `${passive}-pasv`,
    passive,
    address: "pasv",
    data: "clear",
  });

  test.each(kinds)("%s refuses as the side that connects and as the one that listens", async (kind) => {
    for (const passive of ["source", "destination"] as const) {
      const pair = await open(targetOf(shut(kind)), targetOf(free(other)));
      await expect(look(pair, way(passive))).rejects.toMatchObject({ code: "fxp.refused-by-source" });
    }
  });
});

describe("servers that take REST another way", () => {
  const [way] = [{ id: "source-pasv", passive: "source", address: "pasv", data: "clear" } as const];

  async function scripted(options: Parameters<typeof bench.start>[0]) {
    const from = await bench.start(options);
    const to = await bench.start();
    await writeFile(join(from.root, "file é.bin"), bytes);
    return { to, pair: await open(from.target, to.target) };
  }

  test("none at all: only the addresses are agreed on", async () => {
    const { pair, to } = await scripted({ features: { without: ["REST"] } });
    expect(await look(pair, way)).toBe("untried");
    expect(to.server.commands).not.toContain("STOR");
    expect(to.server.commands).toContain("PORT");
  });

  test("none at all, and the other one refuses the address", async () => {
    // We connect from 127.0.0.1 ourselves: what is foreign must have another address.
    const from = await bench.start({ address: "127.0.0.3", features: { without: ["REST"] } });
    const to = await bench.start({ address: "127.0.0.2", allowForeign: false });
    await writeFile(join(from.root, "file é.bin"), bytes);
    const pair = await open(from.target, to.target);
    await expect(look(pair, way)).rejects.toMatchObject({ code: "fxp.refused-by-destination" });
  });

  test.each([
    ["501 No restart at the end", "REST"],
    ["554 REST: invalid argument", "RETR"],
  ])("%s at %s", async (reply, verb) => {
    const { pair } = await scripted({ override: on(verb, reply) });
    expect(await look(pair, way)).toBe("untried");
  });

  test("one that promises and sends all the same is stopped", async () => {
    const { pair, to } = await scripted({ override: on("REST", "350 yes"), rateBytesPerS: 10_000 });
    expect(await look(pair, way)).toBe("works");
    expect(pair.source.closed).toBe(true);
    expect((await stat(join(to.root, `.fonshare-probe-${way.id}.part`))).size).toBeLessThan(bytes.length);
  });

  test("who gives up ends it", async () => {
    const { pair } = await scripted({ override: on("RETR", "") });
    const abort = new AbortController();
    const looking = look(pair, way, { signal: abort.signal });
    abort.abort(new Error("enough"));
    await expect(looking).rejects.toThrow("enough");
  });
});
