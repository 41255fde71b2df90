// The doctor for a pair, over scripted servers and real daemons: what it says, whom it tells it, and that nothing stays.
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Policy } from "#contract";
import { api } from "#contract";
import type { Daemon, DaemonKind, DaemonOptions } from "../../test/daemons/index.ts";
import { installDaemons, startDaemon } from "../../test/daemons/index.ts";
import { createFxp } from "../ftp/index.ts";
import type { Clock } from "../platform/clock.ts";
import { systemClock } from "../platform/clock.ts";
import { FonError } from "../platform/errors.ts";
import type { Person } from "../platform/handler.ts";
import { createLog } from "../platform/log.ts";
import { group, leftover, server, share } from "../schema/index.ts";
import type { Doctor, DoctorNeeds } from "./check.ts";
import { createDoctor } from "./check.ts";
import type { TestServer, World } from "./fixtures/world.ts";
import { createWorld, filesBelow, privateRoom } from "./fixtures/world.ts";
import { createJanitor } from "./janitor.ts";
import { createLeftoverStore } from "./store/leftovers.ts";

const { available, missing } = await installDaemons();
const left = missing.length > 0 ? ` (left out: ${missing.map(({ kind, how }) => `${kind}: ${how}`).join(" ")})` : "";

let world: World;
let anna: Person;
let ben: Person;
let groupId: number;
const daemons: Daemon[] = [];

beforeEach(async () => {
  world = await createWorld();
  anna = await world.addPerson("Anna");
  ben = await world.addPerson("Ben");
  groupId = await world.addGroup(anna, ben);
});
afterEach(async () => {
  await world.close();
  for (const daemon of daemons.splice(0)) await daemon.stop();
});

function doctor(changes: Partial<DoctorNeeds> = {}): Doctor {
  const clock = changes.clock ?? systemClock;
  const { db, shares, catalog, serversOfPeople: servers } = world;
  const fxp = createFxp({ clock: systemClock, limits: { firstPollMs: 50, pollMs: 100 } });
  const random = Math.random;
  return createDoctor({ db, clock, servers, shares, catalog, fxp, random, patienceMs: 1_500, ...changes });
}

const files = { "shared/song.bin": "x".repeat(5_000) };
type Ftp = NonNullable<Parameters<World["addServer"]>[1]>["ftp"];

/** Anna's server shares one file; Ben's has an inbox. */
async function pair(from: Ftp = {}, to: Ftp = {}, name = "shared") {
  const source = await world.addServer(anna, { files, ftp: from });
  const mine = await world.addServer(ben, { ftp: to });
  await world.shareFolder(source, groupId, "shared", name);
  const ref = await world.refOf(source, "shared/song.bin");
  return { source, mine, ref, look: (who = ben, by = doctor()) => by.check(who, privateRoom, { what: [ref] }) };
}

const leftovers = () => world.db.select().from(leftover);
const inboxOf = (one: TestServer) => filesBelow(join(one.root, "inbox"));
const set = (serverId: number, values: Partial<typeof server.$inferInsert>) =>
  world.db.update(server).set(values).where(eq(server.id, serverId));
const setPolicy = (policy: Policy) => world.db.update(group).set({ policy }).where(eq(group.id, groupId));

describe("a pair", () => {
  test("that works: the first way, nothing moved, nothing left, and it is remembered", async () => {
    const { mine, look } = await pair();
    const by = doctor();
    const found = await look(ben, by);
    expect(found).toMatchObject({
      from: "Anna",
      to: expect.stringMatching(/^Ben-/),
      reason: null,
      comparison: "blocks",
    });
    expect(found.ways.map(({ result }) => result)).toEqual(["works", "untried", "untried", "untried"]);
    expect(found).toMatchObject({ remembered: null, advice: [] });
    expect(api.transfers.check.output.parse(found)).toEqual(found);
    expect([await inboxOf(mine), await leftovers()]).toEqual([[], []]);
    const again = await look(ben, by);
    expect(again.remembered).toEqual({ arrangement: found.ways[0]?.arrangement, bytesPerSecond: null });
  });

  test("whose destination refuses: each way with its reason, and the line against it", async () => {
    const { look } = await pair({}, { allowForeign: false, banner: "220 (vsFTPd 3.0.3)" });
    const found = await look();
    expect(found.ways[0]).toEqual({
      arrangement: "source-pasv",
      result: "refused",
      reason: { code: "fxp.refused-by-destination", params: { server: found.to } },
    });
    expect(found.advice.map(({ line }) => line)).toEqual(expect.arrayContaining(["port_promiscuous=YES"]));
    expect(found.reason).toEqual({ code: "fxp.no-arrangement", params: {} });
    expect(await leftovers()).toHaveLength(1);
  });

  test("whose source refuses: nothing of that is for the person to change", async () => {
    const { look } = await pair({ allowForeign: false, banner: "220 (vsFTPd 3.0.3)" });
    const found = await look();
    expect(found.ways.every(({ result }) => result === "refused")).toBe(true);
    expect(found.ways[0]?.reason).toEqual({
      code: "fxp.refused-by-source",
      params: { server: "Anna", owner: "Anna" },
    });
    expect(found.advice).toEqual([]);
  });

  test("without REST at the source is not tried to the end", async () => {
    const { source, mine, look } = await pair({ features: { without: ["REST"] } });
    const found = await look();
    expect(found.ways.map(({ result }) => result)).toEqual(["untried", "untried", "untried", "untried"]);
    expect(found.reason).toBeNull();
    expect([source.ftp.commands.includes("RETR"), mine.ftp.commands.includes("STOR")]).toEqual([false, false]);
    expect(await leftovers()).toEqual([]);
  });

  test("with hashes on both ends will be compared by them", async () => {
    const hash = { features: { hash: ["XSHA256"] as const } };
    expect((await (await pair(hash, hash)).look()).comparison).toBe("hash");
  });

  test("whose copy could not be compared says so, unless the file is small", async () => {
    const features = { without: ["REST"] };
    expect(await (await pair({}, { features })).look()).toMatchObject({ comparison: "blocks", reason: null });
    const { source, mine } = await pair({}, { features }, "others");
    await writeFile(join(source.root, "shared/song.bin"), Buffer.alloc(5_000_000));
    const what = [await world.refOf(source, "shared/song.bin")];
    const found = await doctor().check(ben, privateRoom, { what });
    expect(found).toMatchObject({ comparison: null, reason: { code: "fxp.not-comparable" } });
    expect(found.ways[0]?.result).toBe("works");
    expect(await inboxOf(mine)).toEqual([]);
  });

  test("whose file is gone says so", async () => {
    const gone = await pair({ override: ({ verb }) => (verb === "SIZE" ? "550 No such file" : undefined) });
    await expect(gone.look()).rejects.toMatchObject({ code: "file.gone", params: { server: "Anna" } });
  });

  test("whose inbox refuses the file says so and tries nothing else", async () => {
    const full = await pair(
      {},
      { override: ({ verb }) => (verb === "STOR" ? "553 Could not create file." : undefined) },
    );
    const found = await full.look();
    expect(found.ways.map(({ result }) => result)).toEqual(["refused", "untried", "untried", "untried"]);
    expect(found.reason).toMatchObject({ code: "inbox.refused" });
  });

  test("that is away is named as the person knows it", async () => {
    const { source, mine, look } = await pair();
    await source.close();
    await expect(look()).rejects.toMatchObject({ code: "server.offline", params: { server: "Anna" } });
    await source.relisten();
    await mine.close();
    await expect(look()).rejects.toMatchObject({
      code: "server.offline",
      params: { server: expect.stringMatching(/^Ben-/) },
    });
    expect(await leftovers()).toEqual([]);
  });

  test("whose destination has one place only", async () => {
    let isTaken = false;
    const { mine, look } = await pair(
      {},
      {
        override: ({ verb }) => {
          if (verb !== "CONNECT") return undefined;
          const answer = isTaken ? "421 Too many connections." : undefined;
          isTaken = true;
          return answer;
        },
      },
    );
    expect((await look()).ways[0]?.result).toBe("works");
    expect([await inboxOf(mine), await leftovers()]).toEqual([[], []]);
  });

  test("whose kept connections have died meanwhile is looked at over new ones", async () => {
    const { look } = await pair();
    let opened = 0;
    const open: World["serversOfPeople"]["open"] = async (...asked) => {
      const one = await world.serversOfPeople.open(...asked);
      opened += 1;
      if (opened <= 3) one.session.close();
      return one;
    };
    const found = await look(ben, doctor({ servers: { ...world.serversOfPeople, open } }));
    expect(found.ways[0]?.result).toBe("works");
    expect(opened).toBe(6);
  });
});

describe("what is allowed", () => {
  test("clear contents are not tried where the group or an owner forbids them", async () => {
    const { mine, look } = await pair();
    await setPolicy("fxp-tls-only");
    const by = doctor();
    expect(await look(ben, by)).toMatchObject({ ways: [], reason: { code: "pull.policy-forbids" }, comparison: null });
    await setPolicy("fxp");
    await set(mine.id, { allowsClear: false });
    expect(await look(ben, by)).toMatchObject({ ways: [], reason: { code: "pull.owner-forbids" } });
    expect(mine.ftp.commands).not.toContain("STOR");
  });

  test("the relay is named where both owners agreed, and never run", async () => {
    const { source, mine, look } = await pair();
    await setPolicy("relay-only");
    const by = doctor();
    expect(await look(ben, by)).toMatchObject({ ways: [], reason: { code: "pull.no-consent" } });
    for (const one of [source, mine]) await set(one.id, { allowsRelay: true });
    const found = await look(ben, by);
    expect(found).toMatchObject({ ways: [{ arrangement: "relay", result: "untried", reason: null }], reason: null });
    expect([source.ftp.commands.includes("RETR"), mine.ftp.commands.includes("STOR")]).toEqual([false, false]);
  });

  test("who may not see it gets the answer of what does not exist", async () => {
    const { look, ref } = await pair();
    const carl = await world.addPerson("Carl");
    await expect(look(carl)).rejects.toMatchObject({ code: "catalog.unknown-ref", params: { ref } });
  });

  test("what is unshared in the middle is not tried any further", async () => {
    const { source, look } = await pair(
      {},
      {
        // Refuses the first way, and the share is gone before the second.
        override: async ({ verb }) => {
          if (verb !== "PORT") return undefined;
          await world.db.delete(share).where(eq(share.serverId, source.id));
          return "500 Illegal PORT command.";
        },
      },
    );
    const found = await look();
    expect(found.ways.slice(0, 2).map(({ reason }) => reason?.code)).toEqual([
      "fxp.refused-by-destination",
      "pull.no-longer-allowed",
    ]);
    expect(source.ftp.commands).not.toContain("RETR");
  });

  test("one's own file is nothing to be moved, and a pull of somebody else is none", async () => {
    const { mine } = await pair();
    const own = await world.addServer(ben, { files });
    await world.shareFolder(own, groupId, "shared", "mine");
    const what = [await world.refOf(own, "shared/song.bin")];
    const findInbox = async () => {
      const [row] = await world.db.select().from(server).where(eq(server.id, own.id));
      if (!row) throw new FonError("server.unknown");
      return row;
    };
    const by = doctor({ servers: { ...world.serversOfPeople, findInbox } });
    await expect(by.check(ben, privateRoom, { what })).rejects.toMatchObject({ code: "pull.own-file" });
    await expect(by.check(ben, privateRoom, { what: ["p1"] })).rejects.toMatchObject({ code: "pull.unknown" });
    expect(mine.ftp.commands).toEqual([]);
  });

  test("a pull of one's own stands for the first of its files that did not come", async () => {
    const { source } = await pair();
    const { ref } = await world.pull(ben, [source, "shared/song.bin"]);
    const by = doctor();
    expect((await by.check(ben, privateRoom, { what: [ref] })).ways[0]?.result).toBe("works");
    await expect(by.check(anna, privateRoom, { what: [ref] })).rejects.toMatchObject({ code: "pull.unknown" });
  });

  test("one at a time for one person, and three a minute", async () => {
    const held = Promise.withResolvers<void>();
    let isHeld = true;
    const { look } = await pair({
      override: ({ verb }) => (verb === "SIZE" && isHeld ? { before: () => held.promise } : undefined),
    });
    let nowMs = 0;
    const clock: Clock = { ...systemClock, monotonicMs: () => nowMs };
    const by = doctor({ clock });
    const first = look(ben, by);
    await expect(look(ben, by)).rejects.toMatchObject({ code: "request.too-many" });
    isHeld = false;
    held.resolve();
    await first;
    await look(ben, by);
    await look(ben, by);
    await expect(look(ben, by)).rejects.toMatchObject({ code: "request.too-many" });
    nowMs = 61_000;
    expect((await look(ben, by)).reason).toBeNull();
  });
});

describe("the empty file", () => {
  test("is written down before it is made, and removed by the janitor where the doctor could not", async () => {
    let before: unknown[] = [];
    let mayDelete = false;
    const { mine, look } = await pair(
      {},
      {
        override: async ({ verb }) => {
          if (verb === "STOR") before = await leftovers();
          return verb === "DELE" && !mayDelete ? "550 Not now." : undefined;
        },
      },
    );
    expect((await look()).ways[0]?.result).toBe("works");
    const [name] = await inboxOf(mine);
    expect(before).toMatchObject([{ serverId: mine.id, path: name }]);
    expect(name).toMatch(/^\.fonshare-probe-\d+\.part$/);
    expect(await leftovers()).toHaveLength(1);

    mayDelete = true;
    const later: Clock = { ...systemClock, now: () => new Date(Date.now() + 10 * 60_000), wait: async () => undefined };
    const store = createLeftoverStore(world.db);
    const servers = { open: world.serversOfPeople.open };
    const janitor = createJanitor({ clock: later, servers, leftovers: store, log: createLog("silent", "test") });
    expect(await janitor.tidy(new AbortController().signal)).toBe(1);
    expect([await inboxOf(mine), await leftovers()]).toEqual([[], []]);
  });

  test("a file that the probe of one server leaves is the janitor's too", async () => {
    const { mine } = await pair();
    const trace = doctor().traceOf(mine.id);
    await trace.expect();
    const left = `.fonshare-probe-${trace.id}.part`;
    expect(await leftovers()).toMatchObject([{ serverId: mine.id, path: left }]);
    await writeFile(join(mine.root, "inbox", left), "ok");
    const later: Clock = { ...systemClock, now: () => new Date(Date.now() + 10 * 60_000), wait: async () => undefined };
    const store = createLeftoverStore(world.db);
    const servers = { open: world.serversOfPeople.open };
    const janitor = createJanitor({ clock: later, servers, leftovers: store, log: createLog("silent", "test") });
    expect(await janitor.tidy(new AbortController().signal)).toBe(1);
    expect([await inboxOf(mine), await leftovers()]).toEqual([[], []]);
    await trace.forget();
  });

  test("leaves every other file alone, also one of nearly the same name", async () => {
    const { mine, look } = await pair();
    const others = [".fonshare-probe-1.part", ".fonshare-7-00000000.part", "mine.txt"];
    for (const name of others) await writeFile(join(mine.root, "inbox", name), "kept");
    await look();
    expect((await readdir(join(mine.root, "inbox"))).sort()).toEqual(others.sort());
  });
});

describe("pairs that an owner is told of", () => {
  test("both directions with names, own servers by label, and nothing without a common share", async () => {
    const { source, mine, look } = await pair();
    const by = doctor();
    const { ways, to } = await look(ben, by);
    const line = { arrangement: ways[0]?.arrangement, bytesPerSecond: null };
    expect(await by.pairsOf(ben.id, mine.id)).toEqual([{ with: "Anna", direction: "from", ...line }]);
    expect(await by.pairsOf(anna.id, source.id)).toEqual([{ with: "Ben", direction: "to", ...line }]);
    await world.sql`insert into pair (source_id, destination_id, arrangement, source_version, destination_version)
      select ${mine.id}, id, 'source-epsv', 1, 1 from server where id = ${source.id}`;
    // Ben shares nothing with Anna: that she once took from him is hers no more.
    expect(await by.pairsOf(anna.id, source.id)).toHaveLength(1);
    const second = await world.addServer(ben);
    await world.sql`insert into pair (source_id, destination_id, arrangement, source_version, destination_version)
      values (${second.id}, ${mine.id}, 'relay', 1, 1)`;
    expect(await by.pairsOf(ben.id, second.id)).toMatchObject([{ with: to, direction: "to", arrangement: "relay" }]);
    await world.db.delete(share).where(eq(share.serverId, source.id));
    expect(await by.pairsOf(anna.id, source.id)).toEqual([]);
    await set(mine.id, { version: 2 });
    expect(await by.pairsOf(ben.id, second.id)).toEqual([]);
  });
});

async function addDaemon(owner: Person, kind: DaemonKind, options: DaemonOptions) {
  const daemon = await startDaemon(kind, options);
  daemons.push(daemon);
  await mkdir(join(daemon.root, "inbox"), { recursive: true });
  await mkdir(join(daemon.root, "shared"), { recursive: true });
  await writeFile(join(daemon.root, "shared/song.bin"), "x".repeat(5_000));
  await daemon.own();
  const { host, port, username, password, fingerprint, root } = daemon;
  const tls = fingerprint === undefined ? {} : { security: "tls" as const, fingerprint };
  const place = { host, port, username, password, root: "/", inbox: "/inbox", version: 1, ...tls };
  const id = await world.enrol(owner, place);
  await world.index({ id, root });
  return { id, root, daemon };
}

const lookAt = async (source: { id: number; root: string }) => {
  await world.shareFolder(source, groupId, "shared");
  const what = [await world.refOf(source, "shared/song.bin")];
  return await doctor().check(ben, privateRoom, { what });
};

describe.skipIf(available.length === 0)(`over daemons${left}`, () => {
  test.each(available)("to %s: clear contents work, and nothing stays", async (kind) => {
    const source = await addDaemon(anna, available[0] ?? kind, {});
    const mine = await addDaemon(ben, kind, {});
    const found = await lookAt(source);
    expect(found.ways[0]?.result).toBe("works");
    expect(await readdir(join(mine.root, "inbox"))).toEqual([]);
    expect(await leftovers()).toEqual([]);
  });

  test.each(available)("to %s that allows no other server: refused, with its line", async (kind) => {
    const source = await addDaemon(anna, available[0] ?? kind, {});
    const mine = await addDaemon(ben, kind, { fxp: false });
    const found = await lookAt(source);
    expect(found.ways.every(({ result }) => result === "refused")).toBe(true);
    expect(found.ways[0]?.reason?.code).toBe("fxp.refused-by-destination");
    expect(found.advice.length).toBeGreaterThan(0);
    expect(await readdir(join(mine.root, "inbox"))).toEqual([]);
  });

  test.skipIf(!available.includes("proftpd"))("protected contents to ProFTPD, which plays the TLS client", async () => {
    await setPolicy("fxp-tls-only");
    const source = await addDaemon(anna, available[0] ?? "proftpd", { tls: true });
    await addDaemon(ben, "proftpd", { tls: true });
    const found = await lookAt(source);
    expect(found.ways[0]).toMatchObject({ result: "works", arrangement: expect.stringContaining("sscn-destination") });
  });

  test.skipIf(!available.includes("proftpd"))(
    "a ProFTPD that wants to know certificates learns what to change",
    async () => {
      await setPolicy("fxp-tls-only");
      const source = await addDaemon(anna, available[0] ?? "proftpd", { tls: true });
      await addDaemon(ben, "proftpd", { tls: { verifiesPeers: true } });
      const found = await lookAt(source);
      expect(found.ways[0]?.result).toBe("refused");
      expect(found.advice.map(({ line }) => line)).toContain("TLSVerifyServer off");
    },
  );
});
