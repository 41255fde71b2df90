// Scans of a server that was read before: what is listed, compared and written again, by what the server tells of its folders.
import { mkdirSync, renameSync } from "node:fs";
import { and, eq } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { directory, file, scan, server, share } from "../../schema/index.ts";
import { createScanner } from "../index.ts";
import { eachWithServer, many } from "./fixtures.ts";

const { here, row, paths, versions, wordsOf, put } = eachWithServer();

describe("a scan again", () => {
  test("without changes writes nothing to the catalog, with every folder listed", async () => {
    put(...many("one", 20), "two/three/x.txt");
    await here.world.addShare(here.anna, here.box.id, "", "All");
    await here.world.scan();
    // The second one may still learn times of folders that were too fresh to be trusted.
    await here.world.scan();
    const before = await versions();
    expect(before.length).toBeGreaterThan(20);
    await here.world.db.update(scan).set({ fullAt: null });
    await here.world.scan();
    expect(await versions()).toEqual(before);
    expect(here.world.applied.at(-1)).toMatchObject({ complete: true, first: false, added: [] });
  });

  test("adds, updates, moves and removes; a moved file keeps its id and is not new", async () => {
    put("keep.txt", "old/moved.txt", "gone.txt", "old/gone too.txt", "change.txt");
    await here.world.addShare(here.anna, here.box.id, "", "All");
    await here.world.scan();
    const idOf = async (name: string) => (await here.world.db.select().from(file).where(eq(file.name, name)))[0]?.id;
    const moved = await idOf("moved.txt");
    mkdirSync(`${here.box.ftp.root}/share/new place`);
    renameSync(`${here.box.ftp.root}/share/old/moved.txt`, `${here.box.ftp.root}/share/new place/moved.txt`);
    here.box.drop("old");
    here.box.drop("gone.txt");
    here.box.put("change.txt", 77);
    here.box.put("fresh.txt");
    await here.world.scan();
    expect(await paths()).toEqual(["change.txt", "fresh.txt", "keep.txt", "new place/moved.txt"]);
    expect(await idOf("moved.txt")).toBe(moved);
    expect(await wordsOf("moved.txt")).toContain("/place");
    expect(here.world.applied.at(-1)?.added.map((one) => one.name)).toEqual(["fresh.txt"]);
    expect(await row()).toMatchObject({ files: 4, state: "complete" });
    const folders = await here.world.db.select().from(directory).where(eq(directory.serverId, here.box.id));
    expect(folders.map((one) => one.path).sort()).toEqual(["", "new place"]);
  });

  test("does not list folders whose time stands still, but does in a full sweep", async () => {
    put(...many("quiet", 3), ...many("busy", 3));
    for (const path of ["quiet", "busy"]) here.box.settle(path);
    await here.world.addShare(here.anna, here.box.id, "", "All");
    const listings = () => here.box.ftp.server.commands.filter((verb) => verb === "MLSD").length;
    const enrolled = listings();
    await here.world.scanner.scanDue(new AbortController().signal);
    const first = listings();
    expect(first - enrolled).toBe(3);
    here.box.put("busy/file 9.txt");
    here.box.settle("busy", 3_600_000);
    here.world.clock.pass(3_600_000);
    await here.world.scanner.scanDue(new AbortController().signal);
    expect(listings() - first).toBe(2);
    expect(await paths()).toHaveLength(7);
    expect(await row()).toMatchObject({ state: "complete", files: 7 });
    await here.world.scan();
    expect(listings() - first).toBe(5);
  });
});

describe("a scan again where times of folders can be asked for", () => {
  const listings = () => here.box.ftp.server.commands.filter((verb) => verb === "MLSD").length;
  let connected = 0;
  /** Soon enough that it is no full sweep. @returns how many folders it listed */
  async function scanSoon(): Promise<number> {
    const before = listings();
    connected = 0;
    const connect = () => {
      connected += 1;
      return here.world.scannerDeps.connect();
    };
    here.world.clock.pass(3_600_000);
    await createScanner({ ...here.world.scannerDeps, connect }).scanDue(new AbortController().signal);
    return listings() - before;
  }
  beforeEach(async () => {
    // Among those that are known to keep commands in order.
    here.fault = (verb) => (verb === "CONNECT" ? "220 pyftpdlib ready." : undefined);
    await here.world.servers.close();
    put(...many("quiet", 3), ...many("busy/inner", 3), "top.txt");
    for (const path of ["quiet", "busy/inner", "busy", ""]) here.box.settle(path);
    await here.world.addShare(here.anna, here.box.id, "", "All");
    await here.world.scanner.scanDue(new AbortController().signal);
  });

  test("lists nothing, writes nothing and needs no connection of its own when nothing has changed", async () => {
    const before = await versions();
    const told = here.world.applied.length;
    expect(await scanSoon()).toBe(0);
    expect(connected).toBe(0);
    expect(await versions()).toEqual(before);
    expect(await row()).toMatchObject({ state: "complete", files: 7, leaseUntil: null, held: 0 });
    expect(here.world.applied.slice(told)).toMatchObject([
      { serverId: here.box.id, complete: true, first: false, added: [] },
    ]);
  });

  test("lists the folders that have changed, and finds what came and went in them", async () => {
    put("busy/inner/new.txt", "quiet/sub/deep.txt");
    here.box.drop("quiet/file 0.txt");
    for (const path of ["busy/inner", "quiet/sub"]) here.box.settle(path, 7_200_000);
    here.box.settle("quiet", 7_200_000);
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
    here.box.drop("busy/inner");
    here.box.settle("busy", 7_200_000);
    expect(await scanSoon()).toBe(1);
    expect(await row()).toMatchObject({ state: "complete", files: 4 });
    expect(await scanSoon()).toBe(0);
  });

  test("an empty shared folder is quarantined as ever", async () => {
    for (const path of ["quiet", "busy", "top.txt"]) here.box.drop(path);
    await scanSoon();
    expect(await row()).toMatchObject({ state: "quarantined" });
    expect(await paths()).toHaveLength(7);
  });

  test("what a partial one missed is looked at again, and gone after a whole one", async () => {
    here.box.drop("quiet/file 0.txt");
    here.box.drop("busy/inner");
    put("locked/x.txt");
    for (const path of ["quiet", "busy", "locked", ""]) here.box.settle(path, 7_200_000);
    const asPyftpdlib = here.fault;
    here.fault = (verb, argument) =>
      verb === "CWD" && argument.endsWith("/locked") ? "550 Permission denied." : asPyftpdlib?.(verb, argument);
    await scanSoon();
    expect(await row()).toMatchObject({ state: "partial" });
    expect(await paths()).toHaveLength(7);
    here.fault = asPyftpdlib;
    await scanSoon();
    expect(await row()).toMatchObject({ state: "complete" });
    expect(await paths()).toEqual(["locked/x.txt", "quiet/file 1.txt", "quiet/file 2.txt", "top.txt"]);
  });

  test("what is not heard in time is listed as before", async () => {
    here.fault = (verb) => (verb === "MLST" ? "421 Going down." : undefined);
    await scanSoon();
    expect(await row()).toMatchObject({ state: "complete", files: 7 });
    expect(await paths()).toHaveLength(7);
  });
});

describe("a server that tells no times of folders", () => {
  const longAgoMs = 400 * 86_400_000;
  const soonMs = 3_600_000;
  let connected = 0;
  const scanIn = async (ms: number) => {
    const connect: typeof here.world.scannerDeps.connect = (wish) => {
      connected += 1;
      return here.world.scannerDeps.connect(wish);
    };
    here.world.clock.pass(ms);
    connected = 0;
    await createScanner({ ...here.world.scannerDeps, connect }).scanDue(new AbortController().signal);
  };
  const hashes = async () => {
    const folders = await here.world.db.select().from(directory).where(eq(directory.serverId, here.box.id));
    return new Map(folders.map(({ path, filesHash }) => [path, filesHash]));
  };
  beforeEach(async () => {
    await here.world.db.delete(server).where(eq(server.id, here.box.id));
    const override = {
      override: ({ verb, argument }: { verb: string; argument: string }) => here.fault?.(verb, argument),
    };
    here.box = await here.world.addServer(here.anna, { features: { mlst: false }, ...override });
    for (const name of ["Été/a b.txt", "Été/sub/d.txt", "c.txt"]) here.box.put(name, 42, longAgoMs);
    await here.world.addShare(here.anna, here.box.id, "", "Plain");
    await scanIn(864_000_000);
  });

  test("is read as well, and a scan that finds the same files needs no connection of its own and writes nothing", async () => {
    expect(await paths()).toEqual(["c.txt", "Été/a b.txt", "Été/sub/d.txt"]);
    const before = await versions();
    await scanIn(soonMs);
    expect(connected).toBe(0);
    expect(await row()).toMatchObject({ state: "complete", files: 3, leaseUntil: null });
    expect(here.world.applied.at(-1)).toMatchObject({ complete: true, first: false, added: [] });
    // A full sweep believes none of it, and finds the same.
    await here.world.db.update(scan).set({ fullAt: null });
    await scanIn(soonMs);
    expect(connected).toBe(1);
    expect(await versions()).toEqual(before);
  });

  test("what has changed is written, and nothing else", async () => {
    const before = new Map((await versions()).map(({ t, id, xmin }) => [`${t}${id}`, xmin]));
    const known = await hashes();
    here.box.put("Été/sub/d.txt", 43, longAgoMs);
    here.box.put("Été/sub/new.txt", 1, longAgoMs);
    await scanIn(soonMs);
    expect(await paths()).toEqual(["c.txt", "Été/a b.txt", "Été/sub/d.txt", "Été/sub/new.txt"]);
    expect(here.world.applied.at(-1)?.added.map(({ name }) => name)).toEqual(["new.txt"]);
    const written = (await versions()).filter(({ t, id, xmin }) => before.get(`${t}${id}`) !== xmin);
    expect(written.map(({ t }) => t)).toEqual(["d", "f", "f"]);
    const now = await hashes();
    expect([...now].filter(([path, hash]) => hash !== known.get(path)).map(([path]) => path)).toEqual(["Été/sub"]);
    await scanIn(soonMs);
    expect(connected).toBe(0);
    here.box.drop("Été/sub");
    await scanIn(soonMs);
    expect(await paths()).toEqual(["c.txt", "Été/a b.txt"]);
  });

  test("what a partial scan missed is gone after a whole one", async () => {
    here.box.drop("c.txt");
    here.box.put("locked/x.txt", 1, longAgoMs);
    here.fault = (verb, argument) =>
      verb === "CWD" && argument.endsWith("/locked") ? "550 Permission denied." : undefined;
    await scanIn(soonMs);
    expect(await row()).toMatchObject({ state: "partial" });
    expect(await paths()).toContain("c.txt");
    here.fault = undefined;
    await scanIn(soonMs);
    expect(await row()).toMatchObject({ state: "complete" });
    expect(await paths()).toEqual(["locked/x.txt", "Été/a b.txt", "Été/sub/d.txt"]);
  });

  test("an empty shared folder is quarantined as ever", async () => {
    for (const path of ["c.txt", "Été"]) here.box.drop(path);
    await scanIn(soonMs);
    expect(await row()).toMatchObject({ state: "quarantined" });
    expect(await paths()).toHaveLength(3);
  });

  test("files of a folder that stands still have the words of the folders above as far as these are shared", async () => {
    expect(await wordsOf("d.txt")).toEqual(["/ete", "/sub", "d", "txt"]);
    await here.world.addShare(here.anna, here.box.id, "Été/sub", "Sub");
    await scanIn(soonMs);
    expect(await wordsOf("d.txt")).toEqual(["/ete", "/sub", "d", "txt"]);
    await here.world.db.delete(share).where(and(eq(share.serverId, here.box.id), eq(share.path, "")));
    await scanIn(soonMs);
    expect(await wordsOf("d.txt")).toEqual(["d", "txt"]);
    await here.world.addShare(here.anna, here.box.id, "Été", "Wider");
    await scanIn(soonMs);
    expect(await wordsOf("d.txt")).toEqual(["/sub", "d", "txt"]);
  });
});
