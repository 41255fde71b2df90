import { and, eq, inArray } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { privateRoom } from "../people/fixtures.ts";
import type { Caller } from "../platform/handler.ts";
import { file, member } from "../schema/index.ts";
import type { TestServer, World } from "./fixtures.ts";
import { createWorld } from "./fixtures.ts";

let world: World;
let anna: Caller;
let ben: Caller;
let zoe: Caller;
let annaBox: TestServer;
let benBox: TestServer;

beforeAll(async () => {
  world = await createWorld();
  anna = await world.joined("Anna Bélanger", "club");
  ben = await world.joined("Ben", "club");
  zoe = await world.joined("Zoe", "other");
  annaBox = await world.addServer(anna);
  benBox = await world.addServer(ben);
  const zoeBox = await world.addServer(zoe);
  const paths = [
    "Photos/Vacances Été 2019/IMG_0001.jpg",
    "Photos/Vacances Été 2019/IMG_0002.jpg",
    "Photos/Vacances Été 2019/notes.txt",
    "Photos/chat noir.png",
    "Photos/vacances.pdf",
    "Music/La Mer/01 - Prélude.flac",
    "Music/La Mer/02 - La mer.flac",
    "Music/mer la.mp3",
    "Music/DeepBlue2020.mp3",
    "Backups/Photos/old cat.jpg",
  ];
  for (const path of paths) annaBox.put(path, 100);
  annaBox.put("Music/big concert.mp4", 3_000_000);
  annaBox.put("Photos/fresh kitten.png", 100, 3_600_000);
  benBox.put("Stuff/chat noir.png", 100);
  benBox.put("Stuff/chat blanc.png", 101);
  for (let i = 0; i < 25; i++) benBox.put(`Stuff/Serie/episode ${String(i).padStart(2, "0")}.mkv`, 1000 + i);
  zoeBox.put("confidential/zebra crossing.txt");
  zoeBox.put("confidential/chat noir.png", 100);
  await world.addShare(anna, annaBox.id, "Photos", "Anna's photos");
  await world.addShare(anna, annaBox.id, "Music", "Musique");
  await world.addShare(anna, annaBox.id, "Backups/Photos", "Cats");
  await world.addShare(ben, benBox.id, "Stuff", "Stuff");
  await world.addShare(zoe, zoeBox.id, "", "Mine");
  await world.scanner.scanDue(new AbortController().signal);
});
afterAll(() => world.close());

const search = (query: string, caller = ben, cursor?: string) =>
  world.api.search(caller, cursor === undefined ? { query } : { query, cursor });
const names = async (query: string, caller = ben) => (await search(query, caller)).items.map((one) => one.name);

describe("finds", () => {
  test("whatever the accents and the case", async () => {
    expect(await names("PRELUDE")).toEqual(["01 - Prélude.flac"]);
    expect(await names("Prélude")).toEqual(["01 - Prélude.flac"]);
  });

  test("the beginning of the last word, and parts of joined words", async () => {
    expect(await names("conc")).toEqual(["big concert.mp4"]);
    expect(await names("blue")).toEqual(["DeepBlue2020.mp3"]);
    expect(await names("deepblue 2020")).toEqual(["DeepBlue2020.mp3"]);
    expect(await search("conc big")).toMatchObject({ corrected: "concert big", total: 1 });
  });

  test("a folder as one line instead of its files, and a file that has the word in its own name", async () => {
    const page = await search("vacances");
    expect(page.items.map(({ kind, name, files, bytes }) => [kind, name, files, bytes])).toEqual([
      ["file", "vacances.pdf", 1, 100],
      ["folder", "Vacances Été 2019", 3, 300],
    ]);
    expect(page.items[1]).toMatchObject({ share: "Anna's photos", path: "", owner: "Anna Bélanger", isYours: false });
    expect((await names("vacances img")).sort()).toEqual(["IMG_0001.jpg", "IMG_0002.jpg"]);
  });

  test("a folder that is as old as the newest file below it", async () => {
    const [photos] = (await search("kind:folder photos")).items.filter(({ share }) => share === "Anna's photos");
    const [kitten] = (await search("kitten")).items;
    expect(photos?.modifiedAt).toBe(kitten?.modifiedAt);
    expect(kitten?.modifiedAt).toEqual(expect.any(String));
  });

  test("files in a matching folder when the question is about files", async () => {
    expect((await names("vacances kind:photo")).sort()).toEqual(["IMG_0001.jpg", "IMG_0002.jpg"]);
    expect(await names("kind:video size:>1mb")).toEqual(["big concert.mp4"]);
    expect(await names("newer:2h")).toEqual(["fresh kitten.png"]);
    expect(await names("kind:folder mer")).toEqual(["La Mer"]);
  });

  test("phrases only side by side, and not what must be absent", async () => {
    expect((await names('"la mer"')).sort()).toEqual(["02 - La mer.flac", "La Mer"]);
    expect(await names("chat -noir")).toEqual(["chat blanc.png"]);
    expect((await names("mer -la")).length).toBe(0);
  });

  test("by owner", async () => {
    expect((await names("chat from:ben")).sort()).toEqual(["chat blanc.png", "chat noir.png"]);
    expect(await names("chat from:belanger")).toEqual(["chat noir.png"]);
    expect((await names("chat from:me")).sort()).toEqual(["chat blanc.png", "chat noir.png"]);
    expect(await names("chat from:nobody")).toEqual([]);
  });

  test("a share by its name", async () => {
    expect((await search("musique")).items[0]).toMatchObject({ kind: "folder", name: "Musique", files: 5 });
  });

  test("copies as one line that says how many, and what the person has already", async () => {
    const { items, total } = await search("chat noir");
    expect(items).toHaveLength(1);
    expect(total).toBe(1);
    expect(items[0]).toMatchObject({ copies: 2, isYours: true });
    expect((await search("chat blanc", anna)).items[0]).toMatchObject({ copies: 1, isYours: false });
  });

  test("mistyped words, and says what was searched instead", async () => {
    const page = await search("vacanses");
    expect(page.corrected).toBe("vacances");
    expect(page.items[0]?.name).toBe("vacances.pdf");
    expect((await search("prelude")).corrected).toBeNull();
    for (const [typed, meant] of Object.entries({
      prelued: "prelude",
      cocnert: "concert",
      viacances: "vacances",
      chta: "chat",
    })) {
      expect((await search(typed)).corrected).toBe(meant);
    }
    expect(await search("xqzw")).toMatchObject({ corrected: null, items: [], total: 0, next: null });
  });

  test("whole words before beginnings", async () => {
    benBox.put("Stuff/cats and dogs.txt");
    benBox.put("Stuff/cat.txt");
    await world.scan();
    expect(await names("cat")).toEqual(["cat.txt", "old cat.jpg", "Cats", "cats and dogs.txt"]);
  });
});

describe("shows only what the person may see", () => {
  test("nothing of other groups, not even as a correction", async () => {
    expect(await names("zebra")).toEqual([]);
    expect(await search("zebrra")).toMatchObject({ items: [], corrected: null });
    expect(await names("zebra", zoe)).toEqual(["zebra crossing.txt"]);
    expect((await search("chat noir", zoe)).items[0]).toMatchObject({ copies: 1 });
  });

  test("neither paths above a share nor matches by them", async () => {
    expect(await names("backups")).toEqual([]);
    expect(await names("backups cat")).toEqual([]);
    const { items } = await search("old cat");
    expect(items[0]).toMatchObject({ share: "Cats", path: "", name: "old cat.jpg" });
    expect(JSON.stringify(items)).not.toContain("Backups");
  });

  test("in a group's room only that group's, in private those of all groups", async () => {
    const { db } = world;
    const club = (await world.groups.groupOfRoom(anna.room))?.id ?? 0;
    await db.insert(member).values({ groupId: club, personId: zoe.person.id });
    expect(await names("chat", zoe)).toEqual(["chat noir.png"]);
    const everywhere = await search("chat noir", { ...zoe, room: privateRoom() });
    expect(everywhere.items[0]?.copies).toBe(3);
    await db.delete(member).where(and(eq(member.groupId, club), eq(member.personId, zoe.person.id)));
    expect((await search("chat noir", { ...zoe, room: privateRoom() })).items[0]?.copies).toBe(1);
  });

  test("words of folders between a wide share and a narrow one stay with those who see the wide one", async () => {
    const dora = await world.joined("Dora", "third");
    const narrowOwner = { ...anna, room: dora.room };
    const third = (await world.groups.groupOfRoom(dora.room))?.id ?? 0;
    await world.db.insert(member).values({ groupId: third, personId: anna.person.id });
    await world.addShare(narrowOwner, annaBox.id, "Photos/Vacances Été 2019", "Trip");
    await world.scan();
    expect((await names("img", dora)).sort()).toEqual(["IMG_0001.jpg", "IMG_0002.jpg"]);
    expect(await names("vacances img", dora)).toEqual([]);
    expect(await names("vacances", dora)).toEqual([]);
    expect((await search("notes", dora)).items[0]).toMatchObject({ share: "Trip", path: "" });
  });
});

describe("pages", () => {
  test("back is the opposite of forth, and the first page needs no cursor", async () => {
    const first = await search("episode");
    const second = await search("episode", ben, first.next ?? "");
    const third = await search("episode", ben, second.next ?? "");
    expect([first.previous, second.previous, third.next]).toEqual([null, "", null]);
    expect(await search("episode", ben, third.previous ?? "")).toEqual(second);
    expect(await search("episode", ben, second.previous ?? "none")).toEqual(first);
  });

  test("are stable while the catalog changes, and numbers go on", async () => {
    const first = await search("episode");
    expect(first).toMatchObject({ total: 25, isCapped: false });
    expect(first.items.map((one) => one.number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    // What was shown goes away, which would shift an offset.
    await world.db.delete(file).where(
      inArray(
        file.name,
        first.items.slice(0, 3).map((one) => one.name),
      ),
    );
    const second = await search("episode", ben, first.next ?? "");
    expect(second.items[0]?.number).toBe(11);
    const third = await search("episode", ben, second.next ?? "");
    expect(third.next).toBeNull();
    const seen = [...first.items, ...second.items, ...third.items].map((one) => one.name);
    expect(seen).toHaveLength(25);
    expect(new Set(seen).size).toBe(25);
    const picked = await world.catalog.resolve(ben.person, ben.room, ["12"]);
    expect(picked[0]?.title).toBe(second.items[1]?.name);
  });

  test("a forged cursor is refused with a code", async () => {
    for (const cursor of ["x", "WzFd", Buffer.from("[1,2,3,4,null]").toString("base64url"), "💥".repeat(70)]) {
      await expect(search("episode", ben, cursor)).rejects.toMatchObject({ code: "request.invalid" });
    }
  });
});

describe("bad queries", () => {
  test.each(["", "   ", "-noir", "...", '""'])("%j has nothing to search by", async (query) => {
    await expect(search(query)).rejects.toMatchObject({ code: "catalog.query-empty" });
  });

  test("a filter that makes no sense is named", async () => {
    await expect(search("size:huge")).rejects.toMatchObject({
      code: "catalog.query-invalid",
      params: { filter: "size" },
    });
  });

  test("any text gets an answer or one of these codes", async () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary", maxLength: 30 }),
      fc.constantFrom(
        "'",
        '"',
        "\\",
        ":*",
        "chat",
        "-",
        "kind:",
        "size:>1",
        "newer:1d",
        "from:ben",
        "\u0000",
        "%",
        "_",
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
        const outcome = await search(pieces.join(" ").slice(0, 300)).catch((error) => error.code);
        if (typeof outcome === "string") expect(["catalog.query-empty", "catalog.query-invalid"]).toContain(outcome);
        else expect(outcome.items.length).toBeLessThanOrEqual(10);
      }),
      { numRuns: 60 },
    );
  });
});
