import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Caller } from "../../platform/handler.ts";
import { directory, scan, server, share, word } from "../../schema/index.ts";
import type { TestServer, World } from "../fixtures.ts";
import { createWorld } from "../fixtures.ts";
import { createScanner } from "../index.ts";
import { catalogOf, miscounted } from "./fixtures.ts";

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
  expect(await miscounted(world.db)).toEqual([]);
  await world.db.delete(server).where(eq(server.id, box.id));
  world.applied.length = 0;
});

const { row, paths, wordsOf } = catalogOf(
  () => world.db,
  () => box.id,
);
const put = (...names: string[]) => names.map((name) => box.put(name));

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
  const sharesOfBox = () => world.db.select().from(share).where(eq(share.serverId, box.id));
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
    expect(await sharesOfBox()).toHaveLength(1);
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
