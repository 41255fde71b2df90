// Every pair of real daemons in every arrangement: the content arrives, by resume too, and a refusal has its right name.
// What worked is written down as a table, so that it can be counted.
import { createHash, randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Daemon, DaemonKind, DaemonOptions } from "../../test/daemons/index.ts";
import { daemonKinds, installDaemons, startDaemon } from "../../test/daemons/index.ts";
import { systemClock } from "../platform/clock.ts";
import { waysBetween } from "./arrangements.ts";
import { createBench, login, makeCertificate } from "./fixtures.ts";
import { createFxp } from "./fxp/pair.ts";
import { way } from "./fxp/scripted-pair.ts";
import type { FtpTarget, FxpLimits, PairArrangement, PairTransfer, Session } from "./types.ts";

const { available, missing } = await installDaemons();
const left = missing.length > 0 ? ` (left out: ${missing.map(({ kind, how }) => `${kind}: ${how}`).join(" ")})` : "";
const kinds = daemonKinds.filter((kind) => available.includes(kind));
const bench = createBench();
const bytes = randomBytes(700_001);
const sha256 = createHash("sha256").update(bytes).digest("hex");

/** One line of `node_modules/.cache/fonshare/pairs.json`. */
interface Tried {
  source: string;
  destination: string;
  /** What the pair is: addresses, control connections. */
  setting: string;
  arrangement: string;
  works: boolean;
}
const table: Tried[] = [];
const tableFile = fileURLToPath(new URL("../../node_modules/.cache/fonshare/pairs.json", import.meta.url));

afterAll(async () => {
  await mkdir(dirname(tableFile), { recursive: true });
  const working = table.filter(({ works }) => works).length;
  await writeFile(tableFile, JSON.stringify({ possible: table.length, working, missing, rows: table }, null, 1));
});
afterEach(() => bench.clear());

interface Pair {
  source: Session;
  destination: Session;
  third: Session;
}

const target = (daemon: Daemon) => login(daemon, daemon.fingerprint ? "tls" : "plain");

async function openTargets(from: FtpTarget, to: FtpTarget): Promise<Pair> {
  return {
    source: await bench.connect(from, "fxp"),
    destination: await bench.connect(to, "fxp"),
    third: await bench.connect(to),
  };
}

const open = (from: Daemon, to: Daemon) => openTargets(target(from), target(to));

function waysOf({ source, destination }: Pair, data: PairArrangement["data"] = "clear"): PairArrangement[] {
  const { ways } = waysBetween(source, destination, { direct: true, clear: true, relay: false });
  return (ways as PairArrangement[]).filter((candidate) => candidate.data === data);
}

function move(
  pair: Pair,
  arrangement: PairArrangement,
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

/** Each way, on the same sessions, and its line in the table. */
async function expectWays(
  pair: Pair,
  ways: PairArrangement[],
  root: string,
  line: Omit<Tried, "arrangement" | "works">,
) {
  for (const arrangement of ways) {
    const tried: Tried = { ...line, arrangement: arrangement.id, works: false };
    table.push(tried);
    const name = `é-${line.source}-${line.setting}-${arrangement.id}`;
    await move(pair, arrangement, name);
    const arrived = createHash("sha256").update(await readFile(join(root, name)));
    expect([arrangement.id, arrived.digest("hex")]).toEqual([arrangement.id, sha256]);
    expect(await pair.third.size(`/${name}`)).toBe(bytes.length);
    tried.works = true;
  }
}

function startAll(options: DaemonOptions, wanted = kinds) {
  const daemons = new Map<DaemonKind, Daemon>();
  beforeAll(async () => {
    for (const kind of wanted.filter((one) => kinds.includes(one))) {
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

async function expectClearWays(from: Daemon, to: Daemon, setting: string, count = 4): Promise<void> {
  const pair = await open(from, to);
  const ways = waysOf(pair);
  expect(ways).toHaveLength(count);
  await expectWays(pair, ways, to.root, { source: from.kind, destination: to.kind, setting });
}

async function expectResume(from: Daemon, to: Daemon): Promise<void> {
  const pair = await open(from, to);
  for (const arrangement of waysOf(pair).slice(0, 2)) {
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

  describe.each(kinds)("%s as source", (from) => {
    test.each(kinds)("to %s, plain", async (to) => {
      await expectClearWays(plain(from), plain(to), "plain");
      await expectResume(plain(from), plain(to));
    });

    test.each(kinds)("to %s, TLS control and clear data", async (to) => {
      await expectClearWays(secure(from), secure(to), "tls");
    });

    test("with TLS to a plain one, and the other way round", async () => {
      const other = kinds[(kinds.indexOf(from) + 1) % kinds.length] as DaemonKind;
      await expectClearWays(secure(from), plain(other), "tls to plain");
      await expectClearWays(plain(other), secure(from), "plain to tls");
    });
  });
});

describe.skipIf(available.length === 0)(`pairs of daemons over IPv6${left}`, () => {
  const plain = startAll({ address: "::1" });

  describe.each(kinds)("%s as source", (from) => {
    test.each(kinds)("to %s", async (to) => {
      await expectClearWays(plain(from), plain(to), "ipv6", 2);
    });
  });
});

describe.skipIf(!available.includes("proftpd"))(`protected data with a ProFTPD${left}`, { timeout: 30_000 }, () => {
  const strict = startAll({ tls: { dataRequired: true } });
  const older = startAll({ tls: { maxVersion: "TLSv1.2" } }, ["proftpd"]);
  const six = startAll({ tls: { maxVersion: "TLSv1.2" }, address: "::1" });
  const ids = (ends: string[], addresses: string[]) =>
    ends.flatMap((end) => addresses.flatMap((one) => sides.map((side) => `${side}-${one}-sscn-${end}`)));
  const sides = ["source", "destination"];

  async function expectProtected(from: Daemon, to: Daemon, setting: string, expected: string[]) {
    const pair = await open(from, to);
    const ways = waysOf(pair, "protected");
    expect(ways.map(({ id }) => id).sort()).toEqual(expected.sort());
    await expectWays(pair, ways, to.root, { source: from.kind, destination: to.kind, setting });
  }

  test.each(kinds)("%s to it: it receives as the TLS client, and nothing may be clear", async (from) => {
    const pair = await open(strict(from), strict("proftpd"));
    const ways = waysOf(pair, "protected").filter(({ tlsClient }) => tlsClient?.side === "destination");
    expect(ways.map(({ id }) => id).sort()).toEqual(ids(["destination"], ["pasv", "epsv"]).sort());
    const line = { source: from, destination: "proftpd", setting: "tls data" };
    await expectWays(pair, ways, strict("proftpd").root, line);
    await expect(move(pair, way("source-pasv"), "x")).rejects.toMatchObject({ code: "fxp.refused-by-destination" });
    expect([pair.source.closed, pair.destination.closed]).toEqual([false, false]);
  });

  test.each(kinds)("from it with TLS 1.2 to %s", async (to) => {
    const ends = to === "proftpd" ? ["source", "destination"] : ["source"];
    await expectProtected(older("proftpd"), strict(to), "tls data, 1.2", ids(ends, ["pasv", "epsv"]));
  });

  test.each(kinds)("%s to it and from it, IPv6", async (kind) => {
    if (kind !== "proftpd")
      await expectProtected(six(kind), six("proftpd"), "tls data, ipv6", ids(["destination"], ["epsv"]));
    const ends = kind === "proftpd" ? ["source", "destination"] : ["source"];
    await expectProtected(six("proftpd"), six(kind), "tls data, ipv6", ids(ends, ["epsv"]));
  });

  test("the same sessions move protected, clear and protected, and list", async () => {
    const ids = ["source-pasv-sscn-destination", "source-pasv", "destination-epsv-sscn-source", "destination-epsv"];
    const pair = await open(older("proftpd"), older("proftpd"));
    for (const [index, id] of ids.entries()) {
      await move(pair, way(id), `mixed-${index}`);
      expect((await readFile(join(older("proftpd").root, `mixed-${index}`))).equals(bytes)).toBe(true);
      const { entries } = await pair.destination.list("/");
      expect(entries.map(({ name }) => name)).toContain(`mixed-${index}`);
    }
  });
});

describe.skipIf(available.length === 0)(`protected data with a server that has CPSV and SSCN${left}`, () => {
  const secure = startAll({ tls: { dataRequired: true } });

  async function startOther() {
    const certificate = await makeCertificate();
    const end = await bench.start({
      address: "127.0.0.2",
      tls: { ...certificate, mode: "explicit", required: true, requiredForData: true },
    });
    await writeFile(join(end.root, "source é.bin"), bytes);
    return { root: end.root, target: { ...end.target, fingerprint: certificate.fingerprint } };
  }

  test.each(kinds)("it receives from a %s", async (kind) => {
    const other = await startOther();
    const pair = await openTargets(target(secure(kind)), other.target);
    const ways = waysOf(pair, "protected").filter(({ tlsClient }) => tlsClient?.side === "destination");
    expect(ways).toHaveLength(5);
    await expectWays(pair, ways, other.root, { source: kind, destination: "demo", setting: "tls data" });
  });

  test.each(kinds)("it sends to a %s", async (kind) => {
    const other = await startOther();
    const pair = await openTargets(other.target, target(secure(kind)));
    const ways = waysOf(pair, "protected").filter(({ tlsClient }) => tlsClient?.side === "source");
    expect(ways).toHaveLength(5);
    await expectWays(pair, ways, secure(kind).root, { source: "demo", destination: kind, setting: "tls data" });
  });
});

describe.skipIf(!available.includes("proftpd"))(`daemons that refuse protected data of another server${left}`, () => {
  const reusing = startAll({ tls: { sessionReuse: true } }, ["vsftpd", "proftpd"]);
  const verifying = startAll({ tls: { verifiesPeers: true } }, ["proftpd"]);
  const secure = startAll({ tls: true });
  const shield = way("source-pasv-sscn-destination");

  test.each(["vsftpd", "proftpd"] as const)("%s that wants its own session resumed", async (kind) => {
    const pair = await open(reusing(kind), secure("proftpd"));
    await expect(move(pair, shield, `reuse-${kind}`)).rejects.toMatchObject({ code: "fxp.refused-by-source" });
    expect([pair.source.closed, pair.destination.closed]).toEqual([true, true]);
  });

  test("ProFTPD as client of a certificate that it does not know: its session crashes, the next way is tried", async () => {
    const pair = await open(secure("proftpd"), verifying("proftpd"));
    await expect(move(pair, shield, "unknown")).rejects.toMatchObject({
      code: expect.stringMatching(/^fxp\.refused-by-/),
    });
    const again = await open(secure("proftpd"), verifying("proftpd"));
    await move(again, way("source-pasv"), "unknown");
    expect((await readFile(join(verifying("proftpd").root, "unknown"))).equals(bytes)).toBe(true);
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
      const arrangement = way(id);
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
  const other = kinds.at(-1) as DaemonKind;
  test.each(kinds)("%s as the active side says so at once, and the sessions stay open", async (kind) => {
    const asDestination = await open(open4(other), shut(kind));
    await expect(move(asDestination, way("source-pasv"), "x")).rejects.toMatchObject({
      code: "fxp.refused-by-destination",
    });
    expect([asDestination.source.closed, asDestination.destination.closed]).toEqual([false, false]);
    const asSource = await open(shut(kind), open4(other));
    await expect(move(asSource, way("destination-pasv"), "x")).rejects.toMatchObject({ code: "fxp.refused-by-source" });
    expect([asSource.source.closed, asSource.destination.closed]).toEqual([false, false]);
  });

  test.each(kinds)("%s as the passive side is named too", async (kind) => {
    const limits = { openingMs: 3000, stallMs: 3000, lingerMs: 3000 };
    const asSource = await open(shut(kind), open4(other));
    await expect(move(asSource, way("source-pasv"), "x", {}, limits)).rejects.toMatchObject({
      code: "fxp.refused-by-source",
    });
    // pyftpdlib may refuse while its peer still opens: then both have answered in order, and are good for more.
    const { source, destination } = asSource;
    expect(source.closed).toBe(destination.closed);
    if (kind !== "pyftpdlib") expect(source.closed).toBe(true);
  });
});

describe.skipIf(available.length === 0)(`failures of real daemons${left}`, () => {
  const slow = startAll({ rateBytesPerS: 100_000 });
  const quick = { openingMs: 3000, stallMs: 2000, lingerMs: 2000, firstPollMs: 50, pollMs: 100 };

  test.each(kinds)("%s: a file that is not there, and a place that is not there", async (kind) => {
    const pair = await open(slow(kind), slow(kind));
    const [first] = waysOf(pair) as [PairArrangement];
    await expect(move(pair, first, "no/such/place")).rejects.toMatchObject({ code: "inbox.refused" });
    expect(pair.source.closed).toBe(false);
    await expect(move(pair, first, "x", { sourcePath: "/none" })).rejects.toMatchObject({
      code: "file.gone",
    });
  });

  test.each(kinds)("%s: a resume that is refused leaves no REST behind", async (kind) => {
    const pair = await open(slow(kind), slow(kind));
    const [first] = waysOf(pair) as [PairArrangement];
    for (const changes of [{ offsetBytes: 5 }, { sourceOffsetBytes: bytes.length }]) {
      await expect(move(pair, first, "no/such/place", changes)).rejects.toMatchObject({ code: "inbox.refused" });
      expect([pair.source.closed, pair.destination.closed]).toEqual([false, false]);
    }
    await writeFile(join(slow(kind).root, "short"), "0123456789");
    await slow(kind).own(join(slow(kind).root, "short"));
    expect(String(await pair.source.readBlock("/short", 0, 100))).toBe("0123456789");
    await move(pair, first, `whole-${kind}`, { sourcePath: "/short" });
    expect(await readFile(join(slow(kind).root, `whole-${kind}`), "utf8")).toBe("0123456789");
  });

  test.each(kinds)("%s: an abort in the middle", async (kind) => {
    const pair = await open(slow(kind), slow(kind));
    const abort = new AbortController();
    const onProgress = (size: number) => void (size > 0 && abort.abort(new Error("paused")));
    const [first] = waysOf(pair) as [PairArrangement];
    const moving = move(pair, first, "aborted", { signal: abort.signal, onProgress }, quick);
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
        const [first] = waysOf(pair) as [PairArrangement];
        let isHit = false;
        const onProgress = (size: number) => {
          if (size === 0 || isHit) return;
          isHit = true;
          void victim[how]();
        };
        const moving = move(pair, first, `victim-${kind}-${how}`, { onProgress }, quick);
        await expect(moving, how).rejects.toMatchObject({ code });
      } finally {
        victim.thaw();
        await victim.stop();
      }
    }
  });
});
