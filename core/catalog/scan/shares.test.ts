// Scans of a server whose shares come and go, also while it is being read.
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { directory, scan, server, share, word } from "../../schema/index.ts";
import type { TestServer } from "../fixtures.ts";
import { createScanner } from "../index.ts";
import { eachWithServer } from "./fixtures.ts";

const { here, row, paths, wordsOf, put } = eachWithServer();

describe("shares that come and go", () => {
  test("what is unshared is forgotten at the next look, also while it is being read", async () => {
    put("Photos/a.jpg", "Music/b.mp3");
    const photos = await here.world.addShare(here.anna, here.box.id, "Photos", "P");
    const music = await here.world.addShare(here.anna, here.box.id, "Music", "M");
    await here.world.scan();
    await here.world.db.delete(share).where(eq(share.id, photos));
    await here.world.catalog.prepareScans(60_000);
    expect(await paths()).toEqual(["Music/b.mp3"]);
    here.box.put("Music/c.mp3");
    const open: typeof here.world.scannerDeps.open = async (serverId, options) => {
      await here.world.db.delete(share).where(eq(share.id, music));
      return here.world.servers.open(serverId, options);
    };
    here.world.clock.pass(864_000_000);
    await createScanner({ ...here.world.scannerDeps, open }).scanDue(new AbortController().signal);
    await here.world.catalog.prepareScans(60_000);
    expect(await paths()).toEqual([]);
    expect(await row()).toMatchObject({ state: "never", files: 0, scope: [] });
    expect((await here.world.api.scans(here.anna, {})).scans).toEqual([]);
    expect(await here.world.scan()).toBe(0);
    expect(here.world.applied.at(-1)?.added).toEqual([]);
  });

  test("a new share is due at once, and wider ones bring the words of the folders between", async () => {
    put("Music/Jazz/b.mp3");
    await here.world.addShare(here.anna, here.box.id, "Music/Jazz", "J");
    await here.world.scan();
    const own = await wordsOf("b.mp3");
    expect(own).toContain("mp3");
    await here.world.addShare(here.anna, here.box.id, "Music", "M");
    expect((await here.world.catalog.prepareScans(60_000))?.getTime()).toBeLessThanOrEqual(
      here.world.clock.now().getTime(),
    );
    await here.world.scanner.scanDue(new AbortController().signal);
    expect(await wordsOf("b.mp3")).toEqual(["/jazz", ...own]);
  });
});

describe("shares that change after the servers were looked over", () => {
  const longAgoMs = 400 * 86_400_000;
  let other: TestServer;
  const sharesOfBox = () => here.world.db.select().from(share).where(eq(share.serverId, here.box.id));
  const unshare = () => here.world.db.delete(share).where(eq(share.serverId, here.box.id));
  /** Something happens while another server is being read; then `box` is due at once. */
  async function scanAfter(happens: () => Promise<unknown>): Promise<void> {
    const open: typeof here.world.scannerDeps.open = async (serverId, options) => {
      if (serverId === other.id) {
        await happens();
        await here.world.db.update(scan).set({ dueAt: here.world.clock.now() }).where(eq(scan.serverId, here.box.id));
      }
      return here.world.servers.open(serverId, options);
    };
    here.world.clock.pass(3_600_000);
    await here.world.db
      .update(scan)
      .set({ dueAt: new Date(8e12) })
      .where(eq(scan.serverId, here.box.id));
    const limits = { ...here.world.scannerDeps.limits, servers: 1 };
    await createScanner({ ...here.world.scannerDeps, open, limits }).scanDue(new AbortController().signal);
  }
  beforeEach(async () => {
    await here.world.db.delete(server).where(eq(server.id, here.box.id));
    other = await here.world.addServer(here.anna);
    other.put("x.txt");
    await here.world.addShare(here.anna, other.id, "", "Other");
    here.box = await here.world.addServer(here.anna, { features: { mlst: false } });
    for (const name of ["Music/live/d.txt", "Music/c.txt", "b.txt"]) here.box.put(name, 42, longAgoMs);
  });
  afterEach(() => here.world.db.delete(server).where(eq(server.id, other.id)));

  test("a wider one: the folders between and their words come in", async () => {
    await here.world.addShare(here.anna, here.box.id, "Music/live", "Live");
    await here.world.scan();
    expect(await wordsOf("d.txt")).toEqual(["d", "txt"]);
    await scanAfter(() => here.world.addShare(here.anna, here.box.id, "", "All"));
    expect(await paths()).toEqual(["Music/c.txt", "Music/live/d.txt", "b.txt"]);
    expect(await wordsOf("d.txt")).toEqual(["/live", "/music", "d", "txt"]);
    const folders = await here.world.db.select().from(directory).where(eq(directory.serverId, here.box.id));
    expect(folders.filter(({ parentId }) => parentId === null).map(({ path }) => path)).toEqual([""]);
  });

  test("a narrower one: the rest is forgotten, though not everything can be read", async () => {
    await here.world.addShare(here.anna, here.box.id, "", "All");
    await here.world.scan();
    here.box.put("Music/locked/y.txt", 42, longAgoMs);
    await scanAfter(async () => {
      await unshare();
      await here.world.addShare(here.anna, here.box.id, "Music/live", "Live");
      await here.world.addShare(here.anna, here.box.id, "Music/none", "None");
    });
    expect(await row()).toMatchObject({ state: "partial", files: 1 });
    expect(await paths()).toEqual(["Music/live/d.txt"]);
  });

  test("and in the middle of a scan that lists only what changed: nothing of it counts, and all is read anew", async () => {
    await here.world.addShare(here.anna, here.box.id, "", "All");
    await here.world.scan();
    here.box.put("Music/new.txt", 42, longAgoMs);
    const told = here.world.applied.length;
    let opened = 0;
    const open: typeof here.world.scannerDeps.open = async (serverId, options) => {
      if (serverId === here.box.id) opened += 1;
      if (serverId === here.box.id && opened === 1) {
        await unshare();
        await here.world.catalog.prepareScans(60_000);
        expect(await paths()).toEqual([]);
        await here.world.addShare(here.anna, here.box.id, "", "Anew");
        await here.world.catalog.prepareScans(60_000);
      }
      return here.world.servers.open(serverId, options);
    };
    here.world.clock.pass(3_600_000);
    await createScanner({ ...here.world.scannerDeps, open }).scanDue(new AbortController().signal);
    expect(await paths()).toEqual(["Music/c.txt", "Music/live/d.txt", "Music/new.txt", "b.txt"]);
    const ours = here.world.applied.slice(told).filter(({ serverId }) => serverId === here.box.id);
    expect(ours).toMatchObject([{ complete: true, first: true, added: [] }]);
    expect(await sharesOfBox()).toHaveLength(1);
  });
});

describe("what a server holds is told as it is", () => {
  const totals = async () => {
    const { files, bytes } = (await row()) ?? {};
    return { files, bytes };
  };
  beforeEach(async () => {
    here.box.put("Music/a.mp3", 5);
    here.box.put("Photos/b.jpg", 7);
  });

  test("after a part of it is shared no more", async () => {
    const music = await here.world.addShare(here.anna, here.box.id, "Music", "M");
    await here.world.addShare(here.anna, here.box.id, "Photos", "P");
    await here.world.scan();
    expect(await totals()).toEqual({ files: 2, bytes: 12 });
    await here.world.db.delete(share).where(eq(share.id, music));
    await here.world.catalog.prepareScans(60_000);
    expect(await totals()).toEqual({ files: 1, bytes: 7 });
  });

  test("when it is shared with others instead", async () => {
    await here.world.addShare(here.anna, here.box.id, "", "All");
    await here.world.scan();
    await here.world.db.delete(share).where(eq(share.serverId, here.box.id));
    await here.world.addShare(here.anna, here.box.id, "", "Again");
    await here.world.catalog.prepareScans(60_000);
    expect(await totals()).toEqual({ files: 2, bytes: 12 });
  });
});

describe("a server that shares nothing", () => {
  test("is counted once, with nothing of it kept", async () => {
    put("Photos/a.jpg", "Music/b.mp3");
    here.box.put("unshared.bin", 1000);
    expect(await here.world.scan()).toBe(1);
    expect(here.world.applied).toEqual([
      expect.objectContaining({ serverId: here.box.id, added: [], indexed: { files: 3, bytes: 1020 } }),
    ]);
    expect(await row()).toMatchObject({ state: "complete", files: 3, bytes: 1020, scope: [] });
    expect((await here.world.api.scans(here.anna, {})).scans).toMatchObject([
      { state: "complete", files: 3, nextAt: null },
    ]);
    expect(await here.world.db.select().from(directory).where(eq(directory.serverId, here.box.id))).toEqual([]);
    expect((await here.world.db.select().from(word)).map((one) => one.word)).not.toContain("unshared");
    expect(await here.world.scan()).toBe(0);
  });

  test("is counted again until that was whole", async () => {
    put("a/1.txt", "b/2.txt");
    here.fault = (verb, argument) => (verb === "CWD" && argument.endsWith("/a") ? "550 Permission denied." : undefined);
    await here.world.scan();
    expect(await row()).toMatchObject({ state: "partial", files: 1, fullAt: null });
    expect(here.world.applied).toEqual([]);
    here.fault = undefined;
    await here.world.scan();
    expect(here.world.applied).toMatchObject([{ indexed: { files: 2 } }]);
  });

  test("and is shared later: read anew, and not counted as new once more", async () => {
    put("Photos/a.jpg", "Music/b.mp3");
    await here.world.scan();
    await here.world.addShare(here.anna, here.box.id, "Photos", "P");
    await here.world.scan();
    expect(await row()).toMatchObject({ state: "complete", files: 1 });
    expect(await paths()).toEqual(["Photos/a.jpg"]);
    expect(here.world.applied.map((one) => "indexed" in one)).toEqual([true, false]);
    expect(here.world.applied[1]).toMatchObject({ first: true });
  });

  test("and is shared while it is counted: not introduced before it was read as a catalog", async () => {
    put("Photos/a.jpg", "Photos/b.jpg");
    let shareId = 0;
    here.fault = async (verb) => {
      if (verb !== "MLSD" || shareId > 0) return undefined;
      shareId = await here.world.addShare(here.anna, here.box.id, "Photos", "P");
      await here.world.catalog.prepareScans(60_000);
      return undefined;
    };
    expect(await here.world.scan()).toBe(2);
    expect(await paths()).toEqual(["Photos/a.jpg", "Photos/b.jpg"]);
    expect(here.world.applied).toMatchObject([
      { complete: true, first: true, added: [], indexed: { files: 2, bytes: 20 } },
    ]);
    expect((await here.world.db.select().from(share).where(eq(share.id, shareId)))[0]?.introducedAt).not.toBeNull();
    expect(await row()).toMatchObject({ state: "complete", files: 2 });
  });

  test("one that was shared from the start is told with its first whole scan only", async () => {
    put("Photos/a.jpg");
    await here.world.addShare(here.anna, here.box.id, "Photos", "P");
    await here.world.scan();
    await here.world.api.reindex(here.anna, { server: here.box.label });
    await here.world.scan();
    expect(here.world.applied.map((one) => one.indexed)).toEqual([{ files: 1, bytes: 10 }, undefined]);
  });
});
