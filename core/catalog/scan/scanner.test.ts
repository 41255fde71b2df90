import { mkdirSync, renameSync, symlinkSync } from "node:fs";
import { and, eq, sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Entry } from "../../ftp/index.ts";
import type { DatabaseAddress } from "../../platform/db.ts";
import { openDatabase } from "../../platform/db.ts";
import type { Caller } from "../../platform/handler.ts";
import { directory, file, outbox, scan, server, share, word } from "../../schema/index.ts";
import type { TestServer, World } from "../fixtures.ts";
import { createWorld } from "../fixtures.ts";
import { createScanner } from "../index.ts";

let world: World;
let anna: Caller;
let box: TestServer;
let round = 0;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

/** A fresh server for each test; the faults it shows are set by `fault`. */
let fault: ((verb: string, argument: string) => string | undefined | Promise<string | undefined>) | undefined;
beforeEach(async () => {
  fault = undefined;
  anna = await world.joined("Anna", `club ${++round}`);
  box = await world.addServer(anna, { override: ({ verb, argument }) => fault?.(verb, argument) });
});
afterEach(async () => {
  await world.db.delete(server).where(eq(server.id, box.id));
  world.applied.length = 0;
});

const row = async () => (await world.db.select().from(scan).where(eq(scan.serverId, box.id)))[0];
const paths = async () => {
  const found = await world.db
    .select({ folder: directory.path, name: file.name })
    .from(file)
    .innerJoin(directory, eq(directory.id, file.directoryId))
    .where(eq(file.serverId, box.id));
  return found.map(({ folder, name }) => (folder === "" ? name : `${folder}/${name}`)).sort();
};
/** Physical versions of all rows of the catalog: equal before and after means that nothing was written. */
const versions = async () =>
  (
    await world.db.execute(sql`
      select 'f' as t, id, xmin::text, ctid::text from file where server_id = ${box.id}
      union all select 'd', id, xmin::text, ctid::text from directory where server_id = ${box.id} order by 1, 2`)
  ).map((one) => ({ ...one }));
/** The words of a file, those of the folders above with a slash. */
const wordsOf = async (name: string) => {
  const rows = await world.db.execute<{ word: string }>(sql`
    select case when number < 0 then '/' else '' end || word.word as word
    from file, unnest(file.words) number join word on word.id = abs(number)
    where file.name = ${name} and file.server_id = ${box.id} order by 1`);
  return rows.map((one) => one.word);
};
const put = (...names: string[]) => names.map((name) => box.put(name));
const many = (folder: string, count: number) => Array.from({ length: count }, (_, i) => `${folder}/file ${i}.txt`);

/** The real server, with its listings told otherwise. */
function listedAs(change: (entry: Entry) => Entry[]): Parameters<typeof createScanner>[0]["open"] {
  return async (serverId, options) => {
    const opened = await world.servers.open(serverId, options);
    const list = async (...asked: Parameters<typeof opened.session.list>) => {
      const listing = await opened.session.list(...asked);
      return { ...listing, entries: listing.entries.flatMap(change) };
    };
    return { ...opened, session: { features: opened.session.features, closed: false, list } };
  };
}

describe("a first scan", () => {
  test("reads all folders with their files, sizes, times and words, and makes no list of what was never told before", async () => {
    box.put("Photos/Été 2019/IMG_0001.jpg", 1234);
    put("Photos/readme.txt", "Music/a.mp3", "hidden/secret.txt");
    const id = await world.addShare(anna, box.id, "Photos", "Pictures");
    await world.addShare(anna, box.id, "Music", "Songs");
    expect(await world.scan()).toBe(1);
    expect(await paths()).toEqual(["Music/a.mp3", "Photos/readme.txt", "Photos/Été 2019/IMG_0001.jpg"].sort());
    expect(await row()).toMatchObject({ state: "complete", files: 3, bytes: 1254, problem: null, leaseUntil: null });
    expect((await row())?.scope).toContain(id);
    const [picture] = await world.db.select().from(file).where(eq(file.name, "IMG_0001.jpg"));
    expect(picture?.sizeBytes).toBe(1234);
    expect(picture?.modifiedAt?.getTime()).toBeLessThan(world.clock.now().getTime());
    expect(await wordsOf("IMG_0001.jpg")).toEqual(["/2019", "/ete", "0001", "img", "jpg"]);
    expect(world.applied).toHaveLength(1);
    expect(world.applied[0]).toMatchObject({ serverId: box.id, complete: true, first: true });
    expect(world.applied[0]?.added).toEqual([]);
    const words = (await world.db.select().from(word)).map((one) => one.word);
    expect(words).toEqual(expect.arrayContaining(["ete", "readme", "2019"]));
    expect(words).not.toContain("secret");
  });

  test("leaves out parts of ours, and files that changed a moment ago until they have settled", async () => {
    put("a.txt", ".fonshare-12.part");
    await world.addShare(anna, box.id, "", "All");
    world.clock.pass(864_000_000);
    box.put("warm.txt", 5, 2000);
    await world.scanner.scanDue(new AbortController().signal);
    expect(await paths()).toEqual(["a.txt"]);
    const soon = (await row())?.dueAt.getTime() ?? 0;
    expect(soon - world.clock.now().getTime()).toBeLessThan(30_000);
    world.clock.pass(30_000);
    await world.scanner.scanDue(new AbortController().signal);
    expect(await paths()).toEqual(["a.txt", "warm.txt"]);
  });

  test("a known file that changes at this moment is kept as it was", async () => {
    put("a.txt", "b.txt");
    await world.addShare(anna, box.id, "", "All");
    await world.scan();
    world.clock.pass(864_000_000);
    box.put("a.txt", 99, 2000);
    await world.scanner.scanDue(new AbortController().signal);
    expect(await paths()).toEqual(["a.txt", "b.txt"]);
    expect((await world.db.select().from(file).where(eq(file.name, "a.txt")))[0]?.sizeBytes).not.toBe(99);
  });

  test("names with tabs, backslashes, quotes and bytes that are no UTF-8 come through", async () => {
    const names = ["tab\there.txt", "back\\slash\\N.txt", "quote'\".txt", " -lead.txt", "日本 語.txt"];
    put(...names);
    await world.addShare(anna, box.id, "", "All");
    await world.scan();
    expect(await paths()).toEqual([...names].sort());
  });
});

test("what no database can hold, or is told twice, fails nothing else", async () => {
  put("good.txt", "sub/x.txt");
  await world.addShare(anna, box.id, "", "All");
  const odd = (entry: Entry): Entry[] => [
    entry,
    { ...entry },
    { ...entry, name: "\u{F7FF}".repeat(1000) },
    { ...entry, name: `${entry.name} of year 10000`, modifiedAt: new Date(8.64e15) },
    { ...entry, name: `${entry.name} of no time`, modifiedAt: new Date(Number.NaN) },
    { ...entry, name: `${entry.name} huge`, sizeBytes: Number.MAX_SAFE_INTEGER },
  ];
  const open = listedAs((entry) => (entry.kind === "file" ? odd(entry) : [entry, { ...entry }]));
  await createScanner({ ...world.scannerDeps, open }).scanDue(new AbortController().signal);
  expect(await row()).toMatchObject({ state: "complete" });
  const names = ["", " huge", " of no time", " of year 10000"];
  expect(await paths()).toEqual(
    [...names.map((end) => `good.txt${end}`), ...names.map((end) => `sub/x.txt${end}`)].sort(),
  );
});

describe("a scan again", () => {
  test("without changes writes nothing to the catalog, with every folder listed", async () => {
    put(...many("one", 20), "two/three/x.txt");
    await world.addShare(anna, box.id, "", "All");
    await world.scan();
    // The second one may still learn times of folders that were too fresh to be trusted.
    await world.scan();
    const before = await versions();
    expect(before.length).toBeGreaterThan(20);
    await world.db.update(scan).set({ fullAt: null });
    await world.scan();
    expect(await versions()).toEqual(before);
    expect(world.applied.at(-1)).toMatchObject({ complete: true, first: false, added: [] });
  });

  test("adds, updates, moves and removes; a moved file keeps its id and is not new", async () => {
    put("keep.txt", "old/moved.txt", "gone.txt", "old/gone too.txt", "change.txt");
    await world.addShare(anna, box.id, "", "All");
    await world.scan();
    const idOf = async (name: string) => (await world.db.select().from(file).where(eq(file.name, name)))[0]?.id;
    const moved = await idOf("moved.txt");
    mkdirSync(`${box.ftp.root}/share/new place`);
    renameSync(`${box.ftp.root}/share/old/moved.txt`, `${box.ftp.root}/share/new place/moved.txt`);
    box.drop("old");
    box.drop("gone.txt");
    box.put("change.txt", 77);
    box.put("fresh.txt");
    await world.scan();
    expect(await paths()).toEqual(["change.txt", "fresh.txt", "keep.txt", "new place/moved.txt"]);
    expect(await idOf("moved.txt")).toBe(moved);
    expect(await wordsOf("moved.txt")).toContain("/place");
    expect(world.applied.at(-1)?.added.map((one) => one.name)).toEqual(["fresh.txt"]);
    expect(await row()).toMatchObject({ files: 4, state: "complete" });
    const folders = await world.db.select().from(directory).where(eq(directory.serverId, box.id));
    expect(folders.map((one) => one.path).sort()).toEqual(["", "new place"]);
  });

  test("does not list folders whose time stands still, but does in a full sweep", async () => {
    put(...many("quiet", 3), ...many("busy", 3));
    for (const path of ["quiet", "busy"]) box.settle(path);
    await world.addShare(anna, box.id, "", "All");
    const listings = () => box.ftp.server.commands.filter((verb) => verb === "MLSD").length;
    const enrolled = listings();
    await world.scanner.scanDue(new AbortController().signal);
    const first = listings();
    expect(first - enrolled).toBe(3);
    box.put("busy/file 9.txt");
    box.settle("busy", 3_600_000);
    world.clock.pass(3_600_000);
    await world.scanner.scanDue(new AbortController().signal);
    expect(listings() - first).toBe(2);
    expect(await paths()).toHaveLength(7);
    expect(await row()).toMatchObject({ state: "complete", files: 7 });
    await world.scan();
    expect(listings() - first).toBe(5);
  });
});

describe("a scan again where times of folders can be asked for", () => {
  const listings = () => box.ftp.server.commands.filter((verb) => verb === "MLSD").length;
  let connected = 0;
  /** Soon enough that it is no full sweep. @returns how many folders it listed */
  async function scanSoon(): Promise<number> {
    const before = listings();
    connected = 0;
    const connect = () => {
      connected += 1;
      return world.scannerDeps.connect();
    };
    world.clock.pass(3_600_000);
    await createScanner({ ...world.scannerDeps, connect }).scanDue(new AbortController().signal);
    return listings() - before;
  }
  beforeEach(async () => {
    // Among those that are known to keep commands in order.
    fault = (verb) => (verb === "CONNECT" ? "220 pyftpdlib ready." : undefined);
    await world.servers.close();
    put(...many("quiet", 3), ...many("busy/inner", 3), "top.txt");
    for (const path of ["quiet", "busy/inner", "busy", ""]) box.settle(path);
    await world.addShare(anna, box.id, "", "All");
    await world.scanner.scanDue(new AbortController().signal);
  });

  test("lists nothing, writes nothing and needs no connection of its own when nothing has changed", async () => {
    const before = await versions();
    const told = world.applied.length;
    expect(await scanSoon()).toBe(0);
    expect(connected).toBe(0);
    expect(await versions()).toEqual(before);
    expect(await row()).toMatchObject({ state: "complete", files: 7, leaseUntil: null, held: 0 });
    expect(world.applied.slice(told)).toMatchObject([{ serverId: box.id, complete: true, first: false, added: [] }]);
  });

  test("lists the folders that have changed, and finds what came and went in them", async () => {
    put("busy/inner/new.txt", "quiet/sub/deep.txt");
    box.drop("quiet/file 0.txt");
    for (const path of ["busy/inner", "quiet/sub"]) box.settle(path, 7_200_000);
    box.settle("quiet", 7_200_000);
    expect(await scanSoon()).toBe(3);
    expect(await paths()).toEqual(
      [
        ...many("busy/inner", 3),
        "busy/inner/new.txt",
        ...many("quiet", 3).slice(1),
        "quiet/sub/deep.txt",
        "top.txt",
      ].sort(),
    );
    expect(await row()).toMatchObject({ state: "complete", files: 8 });
    box.drop("busy/inner");
    box.settle("busy", 7_200_000);
    expect(await scanSoon()).toBe(1);
    expect(await row()).toMatchObject({ state: "complete", files: 4 });
    expect(await scanSoon()).toBe(0);
  });

  test("an empty shared folder is quarantined as ever", async () => {
    for (const path of ["quiet", "busy", "top.txt"]) box.drop(path);
    await scanSoon();
    expect(await row()).toMatchObject({ state: "quarantined" });
    expect(await paths()).toHaveLength(7);
  });

  test("what a partial one missed is looked at again, and gone after a whole one", async () => {
    box.drop("quiet/file 0.txt");
    box.drop("busy/inner");
    put("locked/x.txt");
    for (const path of ["quiet", "busy", "locked", ""]) box.settle(path, 7_200_000);
    const asPyftpdlib = fault;
    fault = (verb, argument) =>
      verb === "CWD" && argument.endsWith("/locked") ? "550 Permission denied." : asPyftpdlib?.(verb, argument);
    await scanSoon();
    expect(await row()).toMatchObject({ state: "partial" });
    expect(await paths()).toHaveLength(7);
    fault = asPyftpdlib;
    await scanSoon();
    expect(await row()).toMatchObject({ state: "complete" });
    expect(await paths()).toEqual(["locked/x.txt", "quiet/file 1.txt", "quiet/file 2.txt", "top.txt"]);
  });

  test("what is not heard in time is listed as before", async () => {
    fault = (verb) => (verb === "MLST" ? "421 Going down." : undefined);
    await scanSoon();
    expect(await row()).toMatchObject({ state: "complete", files: 7 });
    expect(await paths()).toHaveLength(7);
  });
});

describe("a scan that went wrong removes nothing", () => {
  const known = ["a/1.txt", "a/2.txt", "b/3.txt", "c.txt"];
  beforeEach(async () => {
    put(...known);
    await world.addShare(anna, box.id, "", "All");
    await world.scan();
  });

  test("a folder that cannot be listed: partial; what is new comes in", async () => {
    box.drop("b");
    put("a/new.txt", "b2/x.txt");
    fault = (verb, argument) => (verb === "CWD" && argument.endsWith("/a") ? "550 Permission denied." : undefined);
    await world.scan();
    expect(await row()).toMatchObject({ state: "partial", problem: expect.any(String) });
    expect(await paths()).toEqual([...known, "b2/x.txt"].sort());
  });

  test("a listing that the server cut", async () => {
    box.drop("a");
    fault = undefined;
    const cut = createScanner({ ...world.scannerDeps, limits: { ...world.scannerDeps.limits, entries: 1 } });
    world.clock.pass(864_000_000);
    await cut.scanDue(new AbortController().signal);
    expect(await row()).toMatchObject({ state: "partial", problem: "scan.limit" });
    expect(await paths()).toEqual(known);
  });

  test("too deep", async () => {
    put("a/deep/er/x.txt");
    box.drop("b");
    const flat = createScanner({ ...world.scannerDeps, limits: { ...world.scannerDeps.limits, depth: 1 } });
    world.clock.pass(864_000_000);
    await flat.scanDue(new AbortController().signal);
    expect(await row()).toMatchObject({ state: "partial", problem: "scan.limit" });
    expect(await paths()).toEqual(known);
  });

  test("a server that is away: failed, tried again later and later", async () => {
    await world.servers.close();
    await box.ftp.server.close();
    await world.scan();
    expect(await row()).toMatchObject({ state: "failed", problem: "server.offline", failures: 1, leaseUntil: null });
    await world.scan();
    const after = await row();
    expect(after?.failures).toBe(2);
    expect((after?.dueAt.getTime() ?? 0) - world.clock.now().getTime()).toBeGreaterThan(100_000);
    expect(await paths()).toEqual(known);
  });

  test("the shared folder is not there", async () => {
    fault = (verb, argument) => (verb === "CWD" && argument.endsWith("/share") ? "550 No such directory." : undefined);
    await world.scan();
    expect(await row()).toMatchObject({ state: "failed", problem: "share.path-missing" });
    expect(await paths()).toEqual(known);
  });

  test("an empty folder where files were is quarantined, told once, and applied when the owner says so", async () => {
    for (const name of ["a", "b", "c.txt"]) box.drop(name);
    await world.scan();
    await world.scan();
    expect(await row()).toMatchObject({ state: "quarantined" });
    expect(await paths()).toEqual(known);
    const told = await world.db.select().from(outbox).where(eq(outbox.serverId, box.id));
    const quarantined = told.filter((one) => one.telling["kind"] === "scan.quarantined");
    expect(quarantined).toHaveLength(1);
    expect(quarantined[0]).toMatchObject({ personId: anna.person.id, telling: { lost: 4, had: 4, label: box.label } });
    await world.api.acceptLoss(anna, { server: box.label });
    await world.scanner.scanDue(new AbortController().signal);
    expect(await row()).toMatchObject({ state: "complete", lossAcceptedAt: null, files: 0 });
    expect(await paths()).toEqual([]);
  });

  test("rows that the database refuses: failed at once, and not stuck", async () => {
    const open = listedAs((entry) => (entry.kind === "file" ? [{ ...entry, name: "no\0text" }] : [entry]));
    world.clock.pass(864_000_000);
    await createScanner({ ...world.scannerDeps, open }).scanDue(new AbortController().signal);
    expect(await row()).toMatchObject({ state: "failed", problem: "core.internal", leaseUntil: null });
    expect(await paths()).toEqual(known);
  });

  test("a connection lost on the way is replaced, and the scan is whole", async () => {
    let isCut = false;
    box.drop("b");
    fault = (verb) => {
      if (verb !== "MLSD" || isCut) return undefined;
      isCut = true;
      return "421 Going down.";
    };
    await world.scan();
    expect(await row()).toMatchObject({ state: "complete" });
    expect(await paths()).toEqual(["a/1.txt", "a/2.txt", "c.txt"]);
  });
});

describe("half of many files gone", () => {
  test("is quarantined, while a renamed folder is not a loss", async () => {
    put(...many("big", 30));
    await world.addShare(anna, box.id, "", "All");
    await world.scan();
    renameSync(`${box.ftp.root}/share/big`, `${box.ftp.root}/share/large`);
    await world.scan();
    expect(await row()).toMatchObject({ state: "complete", files: 30 });
    for (const name of many("large", 16)) box.drop(name);
    await world.scan();
    expect(await row()).toMatchObject({ state: "quarantined" });
    expect(await paths()).toHaveLength(30);
  });
});

describe("leases", () => {
  test("a scan that lost its lease applies nothing", async () => {
    put("a.txt");
    await world.addShare(anna, box.id, "", "All");
    let isStolen = false;
    const open: typeof world.scannerDeps.open = async (serverId, options) => {
      const opened = await world.servers.open(serverId, options);
      await world.db.update(scan).set({ token: sql`${scan.token} + 1` });
      isStolen = true;
      return opened;
    };
    await createScanner({ ...world.scannerDeps, open }).scanDue(new AbortController().signal);
    expect(isStolen).toBe(true);
    expect(await paths()).toEqual([]);
    expect(world.applied).toEqual([]);
  });

  test("a database without a connection for it says nothing about the server: it is read again soon", async () => {
    put("a.txt");
    await world.addShare(anna, box.id, "", "All");
    const role = `none_${process.pid}`;
    await world.db.execute(sql.raw(`create role ${role} login connection limit 0`));
    const connect = () => openDatabase({ ...world.database.address, user: role } as DatabaseAddress, 1);
    try {
      await createScanner({ ...world.scannerDeps, connect }).scanDue(new AbortController().signal);
    } finally {
      await world.db.execute(sql.raw(`drop role ${role}`));
    }
    const left = await row();
    expect(left).toMatchObject({ state: "never", problem: null, failures: 0, leaseUntil: null });
    expect(left?.dueAt.getTime()).toBeGreaterThan(world.clock.now().getTime());
    expect(left?.dueAt.getTime()).toBeLessThan(world.clock.now().getTime() + 10_000);
    world.clock.pass(10_000);
    expect(await world.scan()).toBe(1);
    expect(await paths()).toEqual(["a.txt"]);
  });

  test("a database that goes away for a moment in the middle is waited for, and so is the end of it", async () => {
    put("a.txt");
    await world.addShare(anna, box.id, "", "All");
    let refusals = 3;
    // The real one, of which the first writes after the trouble meet nobody.
    const away = () => Object.assign(new Error("gone"), { name: "PostgresError", code: "57P01", query: "" });
    const isHit = (property: string | symbol) => property === "update" && refusals > 0 && isBroken;
    let isBroken = false;
    const db = new Proxy(world.db, {
      get(target, property, receiver) {
        if (!isHit(property)) return Reflect.get(target, property, receiver);
        refusals -= 1;
        throw away();
      },
    });
    const open: typeof world.scannerDeps.open = async () => {
      isBroken = true;
      throw away();
    };
    await createScanner({ ...world.scannerDeps, db, open }).scanDue(new AbortController().signal);
    expect(refusals).toBe(0);
    expect(await row()).toMatchObject({ state: "never", failures: 0, leaseUntil: null });
  });

  test("two scanners never read the same server at once", async () => {
    put("a.txt");
    await world.addShare(anna, box.id, "", "All");
    const { signal } = new AbortController();
    await world.catalog.prepareScans(60_000);
    const counts = await Promise.all([world.scanner.scanDue(signal), createScanner(world.scannerDeps).scanDue(signal)]);
    expect(counts[0] + counts[1]).toBe(1);
  });

  test("told to stop, it gives the lease back and leaves the row as it was", async () => {
    put("a.txt");
    await world.addShare(anna, box.id, "", "All");
    const stop = new AbortController();
    fault = (verb) => {
      if (verb === "MLSD") stop.abort();
      return undefined;
    };
    await world.scanner.scanDue(stop.signal);
    expect(await row()).toMatchObject({ state: "never", leaseUntil: null });
    fault = undefined;
    expect(await world.scanner.scanDue(new AbortController().signal)).toBe(1);
    expect(await paths()).toEqual(["a.txt"]);
  });

  test("a server that is paused while it is read is left at once, with nothing applied", async () => {
    put("a.txt");
    await world.addShare(anna, box.id, "", "All");
    const open: Parameters<typeof createScanner>[0]["open"] = async (serverId, options) => {
      const opened = await world.servers.open(serverId, options);
      const list: typeof opened.session.list = async (_path, asked) => {
        await world.db.update(server).set({ state: "paused" }).where(eq(server.id, box.id));
        await new Promise((resolve) => asked?.signal?.addEventListener("abort", resolve, { once: true }));
        throw asked?.signal?.reason;
      };
      return { ...opened, session: { features: opened.session.features, closed: false, list } };
    };
    const limits = { ...world.scannerDeps.limits, leaseMs: 150 };
    await createScanner({ ...world.scannerDeps, open, limits }).scanDue(new AbortController().signal);
    expect(await paths()).toEqual([]);
    expect(await row()).toMatchObject({ state: "never" });
  });

  test("a paused server is left alone", async () => {
    await world.addShare(anna, box.id, "", "All");
    await world.db.update(server).set({ state: "paused" }).where(eq(server.id, box.id));
    expect(await world.scan()).toBe(0);
  });
});

describe("shares that come and go", () => {
  test("what is unshared is forgotten at the next look, also while it is being read", async () => {
    put("Photos/a.jpg", "Music/b.mp3");
    const photos = await world.addShare(anna, box.id, "Photos", "P");
    const music = await world.addShare(anna, box.id, "Music", "M");
    await world.scan();
    await world.db.delete(share).where(eq(share.id, photos));
    await world.catalog.prepareScans(60_000);
    expect(await paths()).toEqual(["Music/b.mp3"]);
    box.put("Music/c.mp3");
    const open: typeof world.scannerDeps.open = async (serverId, options) => {
      await world.db.delete(share).where(eq(share.id, music));
      return world.servers.open(serverId, options);
    };
    world.clock.pass(864_000_000);
    await createScanner({ ...world.scannerDeps, open }).scanDue(new AbortController().signal);
    await world.catalog.prepareScans(60_000);
    expect(await paths()).toEqual([]);
    expect(await row()).toMatchObject({ state: "never", files: 0, scope: [] });
    expect((await world.api.scans(anna, {})).scans).toEqual([]);
    expect(await world.scan()).toBe(0);
    expect(world.applied.at(-1)?.added).toEqual([]);
  });

  test("a new share is due at once, and wider ones bring the words of the folders between", async () => {
    put("Music/Jazz/b.mp3");
    await world.addShare(anna, box.id, "Music/Jazz", "J");
    await world.scan();
    const own = await wordsOf("b.mp3");
    expect(own).toContain("mp3");
    await world.addShare(anna, box.id, "Music", "M");
    expect((await world.catalog.prepareScans(60_000))?.getTime()).toBeLessThanOrEqual(world.clock.now().getTime());
    await world.scanner.scanDue(new AbortController().signal);
    expect(await wordsOf("b.mp3")).toEqual(["/jazz", ...own]);
  });
});

describe("shares that change after the servers were looked over", () => {
  const longAgoMs = 400 * 86_400_000;
  let other: TestServer;
  const share1 = () => world.db.select().from(share).where(eq(share.serverId, box.id));
  const unshare = () => world.db.delete(share).where(eq(share.serverId, box.id));
  /** Something happens while another server is being read; then `box` is due at once. */
  async function scanAfter(happens: () => Promise<unknown>): Promise<void> {
    const open: typeof world.scannerDeps.open = async (serverId, options) => {
      if (serverId === other.id) {
        await happens();
        await world.db.update(scan).set({ dueAt: world.clock.now() }).where(eq(scan.serverId, box.id));
      }
      return world.servers.open(serverId, options);
    };
    world.clock.pass(3_600_000);
    await world.db
      .update(scan)
      .set({ dueAt: new Date(8e12) })
      .where(eq(scan.serverId, box.id));
    const limits = { ...world.scannerDeps.limits, servers: 1 };
    await createScanner({ ...world.scannerDeps, open, limits }).scanDue(new AbortController().signal);
  }
  beforeEach(async () => {
    await world.db.delete(server).where(eq(server.id, box.id));
    other = await world.addServer(anna);
    other.put("x.txt");
    await world.addShare(anna, other.id, "", "Other");
    box = await world.addServer(anna, { features: { mlst: false } });
    for (const name of ["Music/live/d.txt", "Music/c.txt", "b.txt"]) box.put(name, 42, longAgoMs);
  });
  afterEach(() => world.db.delete(server).where(eq(server.id, other.id)));

  test("a wider one: the folders between and their words come in", async () => {
    await world.addShare(anna, box.id, "Music/live", "Live");
    await world.scan();
    expect(await wordsOf("d.txt")).toEqual(["d", "txt"]);
    await scanAfter(() => world.addShare(anna, box.id, "", "All"));
    expect(await paths()).toEqual(["Music/c.txt", "Music/live/d.txt", "b.txt"]);
    expect(await wordsOf("d.txt")).toEqual(["/live", "/music", "d", "txt"]);
    const folders = await world.db.select().from(directory).where(eq(directory.serverId, box.id));
    expect(folders.filter(({ parentId }) => parentId === null).map(({ path }) => path)).toEqual([""]);
  });

  test("a narrower one: the rest is forgotten, though not everything can be read", async () => {
    await world.addShare(anna, box.id, "", "All");
    await world.scan();
    box.put("Music/locked/y.txt", 42, longAgoMs);
    await scanAfter(async () => {
      await unshare();
      await world.addShare(anna, box.id, "Music/live", "Live");
      await world.addShare(anna, box.id, "Music/none", "None");
    });
    expect(await row()).toMatchObject({ state: "partial", files: 1 });
    expect(await paths()).toEqual(["Music/live/d.txt"]);
  });

  test("and in the middle of a scan that lists only what changed: nothing of it counts, and all is read anew", async () => {
    await world.addShare(anna, box.id, "", "All");
    await world.scan();
    box.put("Music/new.txt", 42, longAgoMs);
    const told = world.applied.length;
    let opened = 0;
    const open: typeof world.scannerDeps.open = async (serverId, options) => {
      if (serverId === box.id) opened += 1;
      if (serverId === box.id && opened === 1) {
        await unshare();
        await world.catalog.prepareScans(60_000);
        expect(await paths()).toEqual([]);
        await world.addShare(anna, box.id, "", "Anew");
        await world.catalog.prepareScans(60_000);
      }
      return world.servers.open(serverId, options);
    };
    world.clock.pass(3_600_000);
    await createScanner({ ...world.scannerDeps, open }).scanDue(new AbortController().signal);
    expect(await paths()).toEqual(["Music/c.txt", "Music/live/d.txt", "Music/new.txt", "b.txt"]);
    const ours = world.applied.slice(told).filter(({ serverId }) => serverId === box.id);
    expect(ours).toMatchObject([{ complete: true, first: true, added: [] }]);
    expect(await share1()).toHaveLength(1);
  });
});

describe("what a server holds is told as it is", () => {
  const totals = async () => {
    const { files, bytes } = (await row()) ?? {};
    return { files, bytes };
  };
  beforeEach(async () => {
    box.put("Music/a.mp3", 5);
    box.put("Photos/b.jpg", 7);
  });

  test("after a part of it is shared no more", async () => {
    const music = await world.addShare(anna, box.id, "Music", "M");
    await world.addShare(anna, box.id, "Photos", "P");
    await world.scan();
    expect(await totals()).toEqual({ files: 2, bytes: 12 });
    await world.db.delete(share).where(eq(share.id, music));
    await world.catalog.prepareScans(60_000);
    expect(await totals()).toEqual({ files: 1, bytes: 7 });
  });

  test("when it is shared with others instead", async () => {
    await world.addShare(anna, box.id, "", "All");
    await world.scan();
    await world.db.delete(share).where(eq(share.serverId, box.id));
    await world.addShare(anna, box.id, "", "Again");
    await world.catalog.prepareScans(60_000);
    expect(await totals()).toEqual({ files: 2, bytes: 12 });
  });
});

describe("a server that shares nothing", () => {
  test("is counted once, with nothing of it kept", async () => {
    put("Photos/a.jpg", "Music/b.mp3");
    box.put("unshared.bin", 1000);
    expect(await world.scan()).toBe(1);
    expect(world.applied).toEqual([
      expect.objectContaining({ serverId: box.id, added: [], indexed: { files: 3, bytes: 1020 } }),
    ]);
    expect(await row()).toMatchObject({ state: "complete", files: 3, bytes: 1020, scope: [] });
    expect((await world.api.scans(anna, {})).scans).toMatchObject([{ state: "complete", files: 3, nextAt: null }]);
    expect(await world.db.select().from(directory).where(eq(directory.serverId, box.id))).toEqual([]);
    expect((await world.db.select().from(word)).map((one) => one.word)).not.toContain("unshared");
    expect(await world.scan()).toBe(0);
  });

  test("is counted again until that was whole", async () => {
    put("a/1.txt", "b/2.txt");
    fault = (verb, argument) => (verb === "CWD" && argument.endsWith("/a") ? "550 Permission denied." : undefined);
    await world.scan();
    expect(await row()).toMatchObject({ state: "partial", files: 1, fullAt: null });
    expect(world.applied).toEqual([]);
    fault = undefined;
    await world.scan();
    expect(world.applied).toMatchObject([{ indexed: { files: 2 } }]);
  });

  test("and is shared later: read anew, and not counted as new once more", async () => {
    put("Photos/a.jpg", "Music/b.mp3");
    await world.scan();
    await world.addShare(anna, box.id, "Photos", "P");
    await world.scan();
    expect(await row()).toMatchObject({ state: "complete", files: 1 });
    expect(await paths()).toEqual(["Photos/a.jpg"]);
    expect(world.applied.map((one) => "indexed" in one)).toEqual([true, false]);
    expect(world.applied[1]).toMatchObject({ first: true });
  });

  test("and is shared while it is counted: not introduced before it was read as a catalog", async () => {
    put("Photos/a.jpg", "Photos/b.jpg");
    let shareId = 0;
    fault = async (verb) => {
      if (verb !== "MLSD" || shareId > 0) return undefined;
      shareId = await world.addShare(anna, box.id, "Photos", "P");
      await world.catalog.prepareScans(60_000);
      return undefined;
    };
    expect(await world.scan()).toBe(2);
    expect(await paths()).toEqual(["Photos/a.jpg", "Photos/b.jpg"]);
    expect(world.applied).toMatchObject([{ complete: true, first: true, added: [], indexed: { files: 2, bytes: 20 } }]);
    expect((await world.db.select().from(share).where(eq(share.id, shareId)))[0]?.introducedAt).not.toBeNull();
    expect(await row()).toMatchObject({ state: "complete", files: 2 });
  });

  test("one that was shared from the start is told with its first whole scan only", async () => {
    put("Photos/a.jpg");
    await world.addShare(anna, box.id, "Photos", "P");
    await world.scan();
    await world.api.reindex(anna, { server: box.label });
    await world.scan();
    expect(world.applied.map((one) => one.indexed)).toEqual([{ files: 1, bytes: 10 }, undefined]);
  });
});

test("a server that wants few sessions is read with fewer, and the next scan knows", async () => {
  put(...Array.from({ length: 200 }, (_, i) => `folder ${i}/file.txt`));
  await world.addShare(anna, box.id, "", "All");
  const refused = Promise.withResolvers<undefined>();
  let listings = 0;
  fault = (verb) => {
    // One session alone would have read everything before the others are told that they are too many.
    if (verb === "MLSD") listings += 1;
    if (verb === "MLSD" && listings > 1) return refused.promise;
    if (verb !== "CONNECT" || box.ftp.server.connections() <= 1) return undefined;
    refused.resolve(undefined);
    return "421 Too many users.";
  };
  await world.servers.close();
  await world.scan();
  expect(await row()).toMatchObject({ state: "complete", files: 200, sessions: 2 });
});

test("a link that leads back up is not followed", async () => {
  put("a/x.txt", "a/y.txt", "b/z.txt");
  symlinkSync(`${box.ftp.root}/share`, `${box.ftp.root}/share/a/up`);
  await world.addShare(anna, box.id, "", "All");
  await world.scan();
  expect(await row()).toMatchObject({ state: "complete" });
  expect(await paths()).toEqual(["a/x.txt", "a/y.txt", "b/z.txt"]);
});

describe("a server that tells no times of folders", () => {
  const longAgoMs = 400 * 86_400_000;
  const soonMs = 3_600_000;
  let connected = 0;
  const scanIn = async (ms: number) => {
    const connect: typeof world.scannerDeps.connect = (wish) => {
      connected += 1;
      return world.scannerDeps.connect(wish);
    };
    world.clock.pass(ms);
    connected = 0;
    await createScanner({ ...world.scannerDeps, connect }).scanDue(new AbortController().signal);
  };
  const hashes = async () => {
    const folders = await world.db.select().from(directory).where(eq(directory.serverId, box.id));
    return new Map(folders.map(({ path, filesHash }) => [path, filesHash]));
  };
  beforeEach(async () => {
    await world.db.delete(server).where(eq(server.id, box.id));
    const override = { override: ({ verb, argument }: { verb: string; argument: string }) => fault?.(verb, argument) };
    box = await world.addServer(anna, { features: { mlst: false }, ...override });
    for (const name of ["Été/a b.txt", "Été/sub/d.txt", "c.txt"]) box.put(name, 42, longAgoMs);
    await world.addShare(anna, box.id, "", "Plain");
    await scanIn(864_000_000);
  });

  test("is read as well, and a scan that finds the same files needs no connection of its own and writes nothing", async () => {
    expect(await paths()).toEqual(["c.txt", "Été/a b.txt", "Été/sub/d.txt"]);
    const before = await versions();
    await scanIn(soonMs);
    expect(connected).toBe(0);
    expect(await row()).toMatchObject({ state: "complete", files: 3, leaseUntil: null });
    expect(world.applied.at(-1)).toMatchObject({ complete: true, first: false, added: [] });
    // A full sweep believes none of it, and finds the same.
    await world.db.update(scan).set({ fullAt: null });
    await scanIn(soonMs);
    expect(connected).toBe(1);
    expect(await versions()).toEqual(before);
  });

  test("what has changed is written, and nothing else", async () => {
    const before = new Map((await versions()).map(({ t, id, xmin }) => [`${t}${id}`, xmin]));
    const known = await hashes();
    box.put("Été/sub/d.txt", 43, longAgoMs);
    box.put("Été/sub/new.txt", 1, longAgoMs);
    await scanIn(soonMs);
    expect(await paths()).toEqual(["c.txt", "Été/a b.txt", "Été/sub/d.txt", "Été/sub/new.txt"]);
    expect(world.applied.at(-1)?.added.map(({ name }) => name)).toEqual(["new.txt"]);
    const written = (await versions()).filter(({ t, id, xmin }) => before.get(`${t}${id}`) !== xmin);
    expect(written.map(({ t }) => t)).toEqual(["d", "f", "f"]);
    const now = await hashes();
    expect([...now].filter(([path, hash]) => hash !== known.get(path)).map(([path]) => path)).toEqual(["Été/sub"]);
    await scanIn(soonMs);
    expect(connected).toBe(0);
    box.drop("Été/sub");
    await scanIn(soonMs);
    expect(await paths()).toEqual(["c.txt", "Été/a b.txt"]);
  });

  test("what a partial scan missed is gone after a whole one", async () => {
    box.drop("c.txt");
    box.put("locked/x.txt", 1, longAgoMs);
    fault = (verb, argument) => (verb === "CWD" && argument.endsWith("/locked") ? "550 Permission denied." : undefined);
    await scanIn(soonMs);
    expect(await row()).toMatchObject({ state: "partial" });
    expect(await paths()).toContain("c.txt");
    fault = undefined;
    await scanIn(soonMs);
    expect(await row()).toMatchObject({ state: "complete" });
    expect(await paths()).toEqual(["locked/x.txt", "Été/a b.txt", "Été/sub/d.txt"]);
  });

  test("an empty shared folder is quarantined as ever", async () => {
    for (const path of ["c.txt", "Été"]) box.drop(path);
    await scanIn(soonMs);
    expect(await row()).toMatchObject({ state: "quarantined" });
    expect(await paths()).toHaveLength(3);
  });

  test("files of a folder that stands still have the words of the folders above as far as these are shared", async () => {
    expect(await wordsOf("d.txt")).toEqual(["/ete", "/sub", "d", "txt"]);
    await world.addShare(anna, box.id, "Été/sub", "Sub");
    await scanIn(soonMs);
    expect(await wordsOf("d.txt")).toEqual(["/ete", "/sub", "d", "txt"]);
    await world.db.delete(share).where(and(eq(share.serverId, box.id), eq(share.path, "")));
    await scanIn(soonMs);
    expect(await wordsOf("d.txt")).toEqual(["d", "txt"]);
    await world.addShare(anna, box.id, "Été", "Wider");
    await scanIn(soonMs);
    expect(await wordsOf("d.txt")).toEqual(["/sub", "d", "txt"]);
  });
});
