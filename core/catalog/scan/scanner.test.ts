// First scans, what goes wrong in a scan, and who may scan when.
import { renameSync, symlinkSync } from "node:fs";
import { eq, sql } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import type { Entry } from "../../ftp/index.ts";
import type { DatabaseAddress } from "../../platform/db.ts";
import { openDatabase } from "../../platform/db.ts";
import { file, outbox, scan, server, word } from "../../schema/index.ts";
import { createScanner } from "../index.ts";
import { eachWithServer, many } from "./fixtures.ts";

const { here, row, paths, wordsOf, put } = eachWithServer();

/** The real server, with its listings told otherwise. */
function listedAs(change: (entry: Entry) => Entry[]): Parameters<typeof createScanner>[0]["open"] {
  return async (serverId, options) => {
    const opened = await here.world.servers.open(serverId, options);
    const list = async (...asked: Parameters<typeof opened.session.list>) => {
      const listing = await opened.session.list(...asked);
      return { ...listing, entries: listing.entries.flatMap(change) };
    };
    return { ...opened, session: { features: opened.session.features, closed: false, list } };
  };
}

describe("a first scan", () => {
  test("reads all folders with their files, sizes, times and words, and makes no list of what was never told before", async () => {
    here.box.put("Photos/Été 2019/IMG_0001.jpg", 1234);
    put("Photos/readme.txt", "Music/a.mp3", "hidden/secret.txt");
    const id = await here.world.addShare(here.anna, here.box.id, "Photos", "Pictures");
    await here.world.addShare(here.anna, here.box.id, "Music", "Songs");
    expect(await here.world.scan()).toBe(1);
    expect(await paths()).toEqual(["Music/a.mp3", "Photos/readme.txt", "Photos/Été 2019/IMG_0001.jpg"].sort());
    expect(await row()).toMatchObject({ state: "complete", files: 3, bytes: 1254, problem: null, leaseUntil: null });
    expect((await row())?.scope).toContain(id);
    const [picture] = await here.world.db.select().from(file).where(eq(file.name, "IMG_0001.jpg"));
    expect(picture?.sizeBytes).toBe(1234);
    expect(picture?.modifiedAt?.getTime()).toBeLessThan(here.world.clock.now().getTime());
    expect(await wordsOf("IMG_0001.jpg")).toEqual(["/2019", "/ete", "0001", "img", "jpg"]);
    expect(here.world.applied).toHaveLength(1);
    expect(here.world.applied[0]).toMatchObject({ serverId: here.box.id, complete: true, first: true });
    expect(here.world.applied[0]?.added).toEqual([]);
    const words = (await here.world.db.select().from(word)).map((one) => one.word);
    expect(words).toEqual(expect.arrayContaining(["ete", "readme", "2019"]));
    expect(words).not.toContain("secret");
  });

  test("leaves out parts of ours, and files that changed a moment ago until they have settled", async () => {
    put("a.txt", ".fonshare-12.part");
    await here.world.addShare(here.anna, here.box.id, "", "All");
    here.world.clock.pass(864_000_000);
    here.box.put("warm.txt", 5, 2000);
    await here.world.scanner.scanDue(new AbortController().signal);
    expect(await paths()).toEqual(["a.txt"]);
    const soon = (await row())?.dueAt.getTime() ?? 0;
    expect(soon - here.world.clock.now().getTime()).toBeLessThan(30_000);
    here.world.clock.pass(30_000);
    await here.world.scanner.scanDue(new AbortController().signal);
    expect(await paths()).toEqual(["a.txt", "warm.txt"]);
  });

  test("a known file that changes at this moment is kept as it was", async () => {
    put("a.txt", "b.txt");
    await here.world.addShare(here.anna, here.box.id, "", "All");
    await here.world.scan();
    here.world.clock.pass(864_000_000);
    here.box.put("a.txt", 99, 2000);
    await here.world.scanner.scanDue(new AbortController().signal);
    expect(await paths()).toEqual(["a.txt", "b.txt"]);
    expect((await here.world.db.select().from(file).where(eq(file.name, "a.txt")))[0]?.sizeBytes).not.toBe(99);
  });

  test("names with tabs, backslashes, quotes and bytes that are no UTF-8 come through", async () => {
    const names = ["tab\there.txt", "back\\slash\\N.txt", "quote'\".txt", " -lead.txt", "日本 語.txt"];
    put(...names);
    await here.world.addShare(here.anna, here.box.id, "", "All");
    await here.world.scan();
    expect(await paths()).toEqual([...names].sort());
  });
});

test("what no database can hold, or is told twice, fails nothing else", async () => {
  put("good.txt", "sub/x.txt");
  await here.world.addShare(here.anna, here.box.id, "", "All");
  const odd = (entry: Entry): Entry[] => [
    entry,
    { ...entry },
    { ...entry, name: "\u{F7FF}".repeat(1000) },
    { ...entry, name: `${entry.name} of year 10000`, modifiedAt: new Date(8.64e15) },
    { ...entry, name: `${entry.name} of no time`, modifiedAt: new Date(Number.NaN) },
    { ...entry, name: `${entry.name} huge`, sizeBytes: Number.MAX_SAFE_INTEGER },
  ];
  const open = listedAs((entry) => (entry.kind === "file" ? odd(entry) : [entry, { ...entry }]));
  await createScanner({ ...here.world.scannerDeps, open }).scanDue(new AbortController().signal);
  expect(await row()).toMatchObject({ state: "complete" });
  const names = ["", " huge", " of no time", " of year 10000"];
  expect(await paths()).toEqual(
    [...names.map((end) => `good.txt${end}`), ...names.map((end) => `sub/x.txt${end}`)].sort(),
  );
});

describe("a scan that went wrong removes nothing", () => {
  const known = ["a/1.txt", "a/2.txt", "b/3.txt", "c.txt"];
  beforeEach(async () => {
    put(...known);
    await here.world.addShare(here.anna, here.box.id, "", "All");
    await here.world.scan();
  });

  test("a folder that cannot be listed: partial; what is new comes in", async () => {
    here.box.drop("b");
    put("a/new.txt", "b2/x.txt");
    here.fault = (verb, argument) => (verb === "CWD" && argument.endsWith("/a") ? "550 Permission denied." : undefined);
    await here.world.scan();
    expect(await row()).toMatchObject({ state: "partial", problem: expect.any(String) });
    expect(await paths()).toEqual([...known, "b2/x.txt"].sort());
  });

  test("a listing that the server cut", async () => {
    here.box.drop("a");
    here.fault = undefined;
    const cut = createScanner({ ...here.world.scannerDeps, limits: { ...here.world.scannerDeps.limits, entries: 1 } });
    here.world.clock.pass(864_000_000);
    await cut.scanDue(new AbortController().signal);
    expect(await row()).toMatchObject({ state: "partial", problem: "scan.limit" });
    expect(await paths()).toEqual(known);
  });

  test("too deep", async () => {
    put("a/deep/er/x.txt");
    here.box.drop("b");
    const flat = createScanner({ ...here.world.scannerDeps, limits: { ...here.world.scannerDeps.limits, depth: 1 } });
    here.world.clock.pass(864_000_000);
    await flat.scanDue(new AbortController().signal);
    expect(await row()).toMatchObject({ state: "partial", problem: "scan.limit" });
    expect(await paths()).toEqual(known);
  });

  test("a server that is away: failed, tried again later and later", async () => {
    await here.world.servers.close();
    await here.box.ftp.server.close();
    await here.world.scan();
    expect(await row()).toMatchObject({ state: "failed", problem: "server.offline", failures: 1, leaseUntil: null });
    await here.world.scan();
    const after = await row();
    expect(after?.failures).toBe(2);
    expect((after?.dueAt.getTime() ?? 0) - here.world.clock.now().getTime()).toBeGreaterThan(100_000);
    expect(await paths()).toEqual(known);
  });

  test("the shared folder is not there", async () => {
    here.fault = (verb, argument) =>
      verb === "CWD" && argument.endsWith("/share") ? "550 No such directory." : undefined;
    await here.world.scan();
    expect(await row()).toMatchObject({ state: "failed", problem: "share.path-missing" });
    expect(await paths()).toEqual(known);
  });

  test("an empty folder where files were is quarantined, told once, and applied when the owner says so", async () => {
    for (const name of ["a", "b", "c.txt"]) here.box.drop(name);
    await here.world.scan();
    await here.world.scan();
    expect(await row()).toMatchObject({ state: "quarantined" });
    expect(await paths()).toEqual(known);
    const told = await here.world.db.select().from(outbox).where(eq(outbox.serverId, here.box.id));
    const quarantined = told.filter((one) => one.telling["kind"] === "scan.quarantined");
    expect(quarantined).toHaveLength(1);
    expect(quarantined[0]).toMatchObject({
      personId: here.anna.person.id,
      telling: { lost: 4, had: 4, label: here.box.label },
    });
    await here.world.api.acceptLoss(here.anna, { server: here.box.label });
    await here.world.scanner.scanDue(new AbortController().signal);
    expect(await row()).toMatchObject({ state: "complete", lossAcceptedAt: null, files: 0 });
    expect(await paths()).toEqual([]);
  });

  test("rows that the database refuses: failed at once, and not stuck", async () => {
    const open = listedAs((entry) => (entry.kind === "file" ? [{ ...entry, name: "no\0text" }] : [entry]));
    here.world.clock.pass(864_000_000);
    await createScanner({ ...here.world.scannerDeps, open }).scanDue(new AbortController().signal);
    expect(await row()).toMatchObject({ state: "failed", problem: "core.internal", leaseUntil: null });
    expect(await paths()).toEqual(known);
  });

  test("a connection lost on the way is replaced, and the scan is whole", async () => {
    let isCut = false;
    here.box.drop("b");
    here.fault = (verb) => {
      if (verb !== "MLSD" || isCut) return undefined;
      isCut = true;
      return "421 Going down.";
    };
    await here.world.scan();
    expect(await row()).toMatchObject({ state: "complete" });
    expect(await paths()).toEqual(["a/1.txt", "a/2.txt", "c.txt"]);
  });
});

describe("half of many files gone", () => {
  test("is quarantined, while a renamed folder is not a loss", async () => {
    put(...many("big", 30));
    await here.world.addShare(here.anna, here.box.id, "", "All");
    await here.world.scan();
    renameSync(`${here.box.ftp.root}/share/big`, `${here.box.ftp.root}/share/large`);
    await here.world.scan();
    expect(await row()).toMatchObject({ state: "complete", files: 30 });
    for (const name of many("large", 16)) here.box.drop(name);
    await here.world.scan();
    expect(await row()).toMatchObject({ state: "quarantined" });
    expect(await paths()).toHaveLength(30);
  });
});

describe("leases", () => {
  test("a scan that lost its lease applies nothing", async () => {
    put("a.txt");
    await here.world.addShare(here.anna, here.box.id, "", "All");
    let isStolen = false;
    const open: typeof here.world.scannerDeps.open = async (serverId, options) => {
      const opened = await here.world.servers.open(serverId, options);
      await here.world.db.update(scan).set({ token: sql`${scan.token} + 1` });
      isStolen = true;
      return opened;
    };
    await createScanner({ ...here.world.scannerDeps, open }).scanDue(new AbortController().signal);
    expect(isStolen).toBe(true);
    expect(await paths()).toEqual([]);
    expect(here.world.applied).toEqual([]);
  });

  test("a database without a connection for it says nothing about the server: it is read again soon", async () => {
    put("a.txt");
    await here.world.addShare(here.anna, here.box.id, "", "All");
    const role = `none_${process.pid}`;
    await here.world.db.execute(sql.raw(`create role ${role} login connection limit 0`));
    const connect = () => openDatabase({ ...here.world.database.address, user: role } as DatabaseAddress, 1);
    try {
      await createScanner({ ...here.world.scannerDeps, connect }).scanDue(new AbortController().signal);
    } finally {
      await here.world.db.execute(sql.raw(`drop role ${role}`));
    }
    const left = await row();
    expect(left).toMatchObject({ state: "never", problem: null, failures: 0, leaseUntil: null });
    expect(left?.dueAt.getTime()).toBeGreaterThan(here.world.clock.now().getTime());
    expect(left?.dueAt.getTime()).toBeLessThan(here.world.clock.now().getTime() + 10_000);
    here.world.clock.pass(10_000);
    expect(await here.world.scan()).toBe(1);
    expect(await paths()).toEqual(["a.txt"]);
  });

  test("a database that goes away for a moment in the middle is waited for, and so is the end of it", async () => {
    put("a.txt");
    await here.world.addShare(here.anna, here.box.id, "", "All");
    let refusals = 3;
    // The real one, of which the first writes after the trouble meet nobody.
    const away = () => Object.assign(new Error("gone"), { name: "PostgresError", code: "57P01", query: "" });
    const isHit = (property: string | symbol) => property === "update" && refusals > 0 && isBroken;
    let isBroken = false;
    const db = new Proxy(here.world.db, {
      get(target, property, receiver) {
        if (!isHit(property)) return Reflect.get(target, property, receiver);
        refusals -= 1;
        throw away();
      },
    });
    const open: typeof here.world.scannerDeps.open = async () => {
      isBroken = true;
      throw away();
    };
    await createScanner({ ...here.world.scannerDeps, db, open }).scanDue(new AbortController().signal);
    expect(refusals).toBe(0);
    expect(await row()).toMatchObject({ state: "never", failures: 0, leaseUntil: null });
  });

  test("two scanners never read the same server at once", async () => {
    put("a.txt");
    await here.world.addShare(here.anna, here.box.id, "", "All");
    const { signal } = new AbortController();
    await here.world.catalog.prepareScans(60_000);
    const counts = await Promise.all([
      here.world.scanner.scanDue(signal),
      createScanner(here.world.scannerDeps).scanDue(signal),
    ]);
    expect(counts[0] + counts[1]).toBe(1);
  });

  test("told to stop, it gives the lease back and leaves the row as it was", async () => {
    put("a.txt");
    await here.world.addShare(here.anna, here.box.id, "", "All");
    const stop = new AbortController();
    here.fault = (verb) => {
      if (verb === "MLSD") stop.abort();
      return undefined;
    };
    await here.world.scanner.scanDue(stop.signal);
    expect(await row()).toMatchObject({ state: "never", leaseUntil: null });
    here.fault = undefined;
    expect(await here.world.scanner.scanDue(new AbortController().signal)).toBe(1);
    expect(await paths()).toEqual(["a.txt"]);
  });

  test("a server that is paused while it is read is left at once, with nothing applied", async () => {
    put("a.txt");
    await here.world.addShare(here.anna, here.box.id, "", "All");
    const open: Parameters<typeof createScanner>[0]["open"] = async (serverId, options) => {
      const opened = await here.world.servers.open(serverId, options);
      const list: typeof opened.session.list = async (_path, asked) => {
        await here.world.db.update(server).set({ state: "paused" }).where(eq(server.id, here.box.id));
        await new Promise((resolve) => asked?.signal?.addEventListener("abort", resolve, { once: true }));
        throw asked?.signal?.reason;
      };
      return { ...opened, session: { features: opened.session.features, closed: false, list } };
    };
    const limits = { ...here.world.scannerDeps.limits, leaseMs: 150 };
    await createScanner({ ...here.world.scannerDeps, open, limits }).scanDue(new AbortController().signal);
    expect(await paths()).toEqual([]);
    expect(await row()).toMatchObject({ state: "never" });
  });

  test("a paused server is left alone", async () => {
    await here.world.addShare(here.anna, here.box.id, "", "All");
    await here.world.db.update(server).set({ state: "paused" }).where(eq(server.id, here.box.id));
    expect(await here.world.scan()).toBe(0);
  });
});

test("a server that wants few sessions is read with fewer, and the next scan knows", async () => {
  put(...Array.from({ length: 200 }, (_, i) => `folder ${i}/file.txt`));
  await here.world.addShare(here.anna, here.box.id, "", "All");
  const refused = Promise.withResolvers<undefined>();
  let listings = 0;
  here.fault = (verb) => {
    // One session alone would have read everything before the others are told that they are too many.
    if (verb === "MLSD") listings += 1;
    if (verb === "MLSD" && listings > 1) return refused.promise;
    if (verb !== "CONNECT" || here.box.ftp.server.connections() <= 1) return undefined;
    refused.resolve(undefined);
    return "421 Too many users.";
  };
  await here.world.servers.close();
  await here.world.scan();
  expect(await row()).toMatchObject({ state: "complete", files: 200, sessions: 2 });
});

test("a link that leads back up is not followed", async () => {
  put("a/x.txt", "a/y.txt", "b/z.txt");
  symlinkSync(`${here.box.ftp.root}/share`, `${here.box.ftp.root}/share/a/up`);
  await here.world.addShare(here.anna, here.box.id, "", "All");
  await here.world.scan();
  expect(await row()).toMatchObject({ state: "complete" });
  expect(await paths()).toEqual(["a/x.txt", "a/y.txt", "b/z.txt"]);
});
