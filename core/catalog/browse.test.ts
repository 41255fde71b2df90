import { eq, like } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { api as contract } from "#contract";
import type { Caller } from "../platform/handler.ts";
import { makeRef } from "../platform/refs.ts";
import { directory, file, scan, share } from "../schema/index.ts";
import type { TestServer, World } from "./fixtures.ts";
import { createWorld } from "./fixtures.ts";

let world: World;
let anna: Caller;
let ben: Caller;
let zoe: Caller;
let box: TestServer;

beforeAll(async () => {
  world = await createWorld();
  anna = await world.joined("Anna", "club");
  ben = await world.joined("Ben", "club");
  zoe = await world.joined("Zoe", "other");
  box = await world.addServer(anna);
  box.put("real/place/Albums/Zèbre/01.flac", 7);
  box.put("real/place/Albums/Zèbre/CD 2/02.flac", 8);
  box.put("real/place/Albums/abricot/a.mp3", 9);
  box.put("real/place/écho.txt", 5);
  box.put("real/place/Delta.txt", 5);
  for (let i = 0; i < 23; i++) box.put(`real/place/many/file ${String(i).padStart(2, "0")}.txt`, 1);
  await world.addShare(anna, box.id, "real/place", "Music / Misc");
  await world.scanner.scanDue(new AbortController().signal);
});
afterAll(() => world.close());

const browse = (where?: string, cursor?: string, caller = ben) =>
  world.api.browse(caller, { ...(where === undefined ? {} : { where }), ...(cursor === undefined ? {} : { cursor }) });

describe("browse", () => {
  test("starts with the shares", async () => {
    const page = await browse();
    expect(page).toMatchObject({ share: null, path: "", parentRef: null, total: 1 });
    expect(page.items[0]).toMatchObject({ number: 1, kind: "folder", name: "Music / Misc", files: 28, path: "" });
    expect(() => contract.catalog.browse.output.parse(page)).not.toThrow();
  });

  test("a number of the last list, folders before files, by name without accents", async () => {
    await browse();
    const page = await browse("1");
    expect(page.items.map((one) => one.name)).toEqual(["Albums", "many", "Delta.txt", "écho.txt"]);
    expect(page).toMatchObject({ share: "Music / Misc", path: "", parentRef: null, total: 4 });
    const albums = await browse(page.items[0]?.ref);
    expect(albums.items.map(({ name, files, bytes }) => [name, files, bytes])).toEqual([
      ["abricot", 1, 9],
      ["Zèbre", 2, 15],
    ]);
    const top = await world.db.select().from(directory).where(eq(directory.path, "real/place"));
    expect(albums.parentRef).toBe(makeRef("d", top[0]?.id ?? 0));
  });

  test("a typed path, whatever its case", async () => {
    expect(await browse("music / misc/ALBUMS/zèbre")).toMatchObject({ path: "Albums/Zèbre", total: 2 });
    expect(await browse("Music / Misc/Albums/Zèbre/CD 2/")).toMatchObject({ path: "Albums/Zèbre/CD 2", total: 1 });
    expect(JSON.stringify(await browse("Music / Misc/Albums"))).not.toContain("real");
  });

  test("pages of a large folder", async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await browse("Music / Misc/many", cursor);
      expect(page.items[0]?.number).toBe(seen.length + 1);
      seen.push(...page.items.map((one) => one.name));
      cursor = page.next ?? undefined;
    } while (cursor);
    expect(seen).toEqual([...seen].sort());
    expect(new Set(seen).size).toBe(23);
  });

  test("pages forwards and backwards are each other's opposite, in every list", async () => {
    for (let i = 0; i < 12; i++) await world.addShare(anna, box.id, `real/place/share ${i}`, `Share ${i}`);
    await world.catalog.prepareScans(60_000);
    const many = (cursor?: string) => browse("Music / Misc/many", cursor);
    const shares = (cursor?: string) => browse(undefined, cursor);
    const latest = (cursor?: string) => world.api.latest(ben, cursor === undefined ? {} : { cursor });
    for (const list of [many, shares, latest]) {
      const pages = [await list()];
      for (let next = pages[0]?.next; next; next = pages.at(-1)?.next) pages.push(await list(next));
      expect(pages.length).toBeGreaterThan(1);
      expect(pages[0]?.previous).toBeNull();
      for (let i = pages.length - 1; i > 0; i--) expect(await list(pages[i]?.previous ?? "none")).toEqual(pages[i - 1]);
      expect(pages[1]?.previous).toBe("");
    }
    await world.db.delete(share).where(like(share.name, "Share %"));
    await world.catalog.prepareScans(60_000);
  });

  test("the page before one whose first line is gone begins where it began", async () => {
    const second = await browse("Music / Misc/many", (await browse("Music / Misc/many")).next ?? "");
    const third = await browse("Music / Misc/many", second.next ?? "");
    await world.db.delete(file).where(eq(file.name, third.items[0]?.name ?? ""));
    const back = await browse("Music / Misc/many", third.previous ?? "");
    expect(back.items).toEqual(second.items);
    box.settle("real/place/many", 7_200_000);
    await world.db.update(scan).set({ fullAt: null });
    await world.scan();
  });

  test.each([
    "nowhere",
    "Music / Misc/nowhere",
    "Music / Misc/../..",
    "d0",
    "dzzzzzzzzzzz",
    "f1",
    "99",
    "\u0000",
    "Music / Misc/\u0000",
    "%",
  ])("%j is told as unknown", async (where) => {
    await browse();
    await expect(browse(where)).rejects.toMatchObject({ code: "catalog.unknown-ref" });
  });

  test("nothing of it for somebody of another group, by whatever road", async () => {
    expect(await browse(undefined, undefined, zoe)).toMatchObject({ items: [], total: 0 });
    const { items } = await browse("Music / Misc");
    for (const where of ["Music / Misc", "Music / Misc/Albums", items[0]?.ref ?? ""]) {
      await expect(browse(where, undefined, zoe)).rejects.toMatchObject({ code: "catalog.unknown-ref" });
    }
    await expect(world.catalog.resolve(zoe.person, zoe.room, [items[2]?.ref ?? ""])).rejects.toMatchObject({
      code: "catalog.unknown-ref",
    });
  });
});

test("a forged cursor is refused with a code, everywhere", async () => {
  const keys = [[], [0], [0.5, 1], [2 ** 52, 2 ** 52], [-1, 1], [1e17, 1], [9e15, 1], ["a", "b"]];
  for (const key of keys) {
    const cursor = Buffer.from(JSON.stringify([5, ...key])).toString("base64url");
    const asked = [
      () => browse("Music / Misc", cursor),
      () => browse(undefined, cursor),
      () => world.api.latest(ben, { cursor }),
    ];
    for (const ask of asked) {
      const outcome = await ask().then(
        () => "answered",
        (error) => error.code,
      );
      expect(["answered", "request.invalid"]).toContain(outcome);
    }
  }
});

describe("latest", () => {
  test("newest first, in pages", async () => {
    world.clock.pass(1000);
    box.put("real/place/brand new.txt", 3);
    await world.scan();
    const first = await world.api.latest(ben, {});
    expect(first.items[0]).toMatchObject({ name: "brand new.txt", number: 1 });
    expect(first).toMatchObject({ total: 29, isCapped: false });
    const second = await world.api.latest(ben, { cursor: first.next ?? "" });
    expect(second.items[0]?.number).toBe(11);
    const refs = [...first.items, ...second.items].map((one) => one.ref);
    expect(new Set(refs).size).toBe(20);
    expect(await world.api.latest(zoe, {})).toMatchObject({ items: [], total: 0, next: null });
  });
});

describe("resolve", () => {
  const resolve = (...what: string[]) => world.catalog.resolve(ben.person, ben.room, what);

  test("a folder to all its files, with the paths that a pull needs", async () => {
    const ref = (await browse("Music / Misc/Albums")).items[1]?.ref ?? "";
    const [picked] = await resolve(ref.toUpperCase());
    expect(picked).toMatchObject({ kind: "folder", title: "Zèbre", share: { name: "Music / Misc" } });
    const files = picked ? await world.catalog.files(picked) : [];
    expect(files.map(({ path, relativePath, sizeBytes }) => [path, relativePath, sizeBytes])).toEqual([
      ["real/place/Albums/Zèbre/01.flac", "Zèbre/01.flac", 7],
      ["real/place/Albums/Zèbre/CD 2/02.flac", "Zèbre/CD 2/02.flac", 8],
    ]);
    expect(files[0]).toMatchObject({ serverId: box.id, ownerId: anna.person.id, groupId: picked?.share.groupId });
  });

  test("a share's own folder goes by the share's name, in a form that a folder can have", async () => {
    const [picked] = await resolve((await browse()).items[0]?.ref ?? "");
    expect(picked?.title).toBe("Music / Misc");
    const files = picked ? await world.catalog.files(picked) : [];
    expect(files.map((one) => one.relativePath)).toContain("Music _ Misc/écho.txt");
  });

  test("a file, each thing once, and numbers of the last list", async () => {
    await browse("Music / Misc");
    const picked = await resolve("5", "#5", "4");
    expect(picked.map(({ kind, title }) => [kind, title])).toEqual([
      ["file", "écho.txt"],
      ["file", "Delta.txt"],
    ]);
    expect(picked[0] && (await world.catalog.files(picked[0]))[0]?.relativePath).toBe("écho.txt");
    await expect(resolve("6")).rejects.toMatchObject({ code: "catalog.unknown-ref", params: { ref: "6" } });
    const fresh = { ...ben, room: { ...ben.room, roomId: "nothing shown here" } };
    await expect(world.catalog.resolve(fresh.person, fresh.room, ["1"])).rejects.toMatchObject({
      code: "catalog.no-list",
    });
  });

  test("holds", async () => {
    expect(await world.catalog.holds(box.id, "écho.txt", 5)).toBe(true);
    expect(await world.catalog.holds(box.id, "écho.txt", 6)).toBe(false);
  });
});

describe("the owner's view", () => {
  test("scans of one's own servers, reindex, and a scan that runs", async () => {
    expect((await world.api.scans(ben, {})).scans).toEqual([]);
    expect((await world.api.scans(anna, {})).scans).toEqual([
      expect.objectContaining({ serverRef: makeRef("s", box.id), state: "complete", files: 29, problem: null }),
    ]);
    expect(await world.api.reindex(anna, {})).toEqual({ server: box.label });
    const due = new Date((await world.api.scans(anna, {})).scans[0]?.nextAt ?? 0);
    expect(due.getTime()).toBeLessThanOrEqual(world.clock.now().getTime());
    await expect(world.api.reindex(ben, {})).rejects.toMatchObject({ code: "server.none" });
  });

  test("unshared is gone at once", async () => {
    await world.db.delete(share);
    expect(await browse()).toMatchObject({ items: [] });
    expect(await world.api.search(ben, { query: "zebre" })).toMatchObject({ items: [] });
  });
});
