import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { api as contract } from "#contract";
import { privateRoom } from "../people/fixtures.ts";
import type { Caller } from "../platform/handler.ts";
import { member, share } from "../schema/index.ts";
import type { TestServer, World } from "./fixtures.ts";
import { createWorld } from "./fixtures.ts";

let world: World;
let anna: Caller;
let ben: Caller;
let zoe: Caller;
let annaBox: TestServer;

beforeAll(async () => {
  world = await createWorld();
  anna = await world.joined("Anna Bélanger", "club");
  ben = await world.joined("Ben", "club");
  zoe = await world.joined("Zoe", "other");
  annaBox = await world.addServer(anna);
  const benBox = await world.addServer(ben);
  const zoeBox = await world.addServer(zoe);
  for (const name of ["Vacances à Nîmes.jpg", "vacances Paris.jpg", "Vacation.pdf", "nord.txt"])
    annaBox.put(`In/Photos/${name}`);
  annaBox.put("In/Photos/Vallée/notes.txt");
  annaBox.put("In/hidden valuables/x.txt");
  benBox.put("Stuff/vacances Nantes.mp4");
  zoeBox.put("zebra vacuum.txt");
  await world.addShare(anna, annaBox.id, "In/Photos", "Holiday prints");
  await world.addShare(ben, benBox.id, "Stuff", "Stuff");
  await world.addShare(zoe, zoeBox.id, "", "Mine");
  await world.scanner.scanDue(new AbortController().signal);
});
afterAll(() => world.close());

const suggest = async (query: string, caller = ben) => {
  const answer = await world.api.suggest(caller, { query });
  return contract.catalog.suggest.output.parse(answer).queries;
};

describe("suggest", () => {
  test("completes the last word, that of the most files first, whatever the accents and the case", async () => {
    expect(await suggest("vac")).toEqual(["vacances", "vacation"]);
    expect(await suggest("VAC")).toEqual(["vacances", "vacation"]);
    expect(await suggest("vallé")).toEqual(["vallee"]);
  });

  test("keeps what stands before it as it was typed, and goes on with what fits to it", async () => {
    expect(await suggest("Vacances  n")).toEqual(["Vacances  nantes", "Vacances  nimes"]);
    expect((await suggest("vacances ")).sort()).toEqual(["vacances nantes", "vacances nimes", "vacances paris"]);
    expect(await suggest('"vacances p')).toEqual(['"vacances paris']);
    expect(await suggest("-va kind:video vacances n")).toEqual(["-va kind:video vacances nantes"]);
    // Nothing has both: the word alone counts.
    expect(await suggest("mistyppped nor")).toEqual(["mistyppped nord"]);
  });

  test("knows words of folders and of shares, but not what a share's folder is really called", async () => {
    expect(await suggest("hol")).toEqual(["holiday"]);
    expect(await suggest("phot")).toEqual([]);
    expect(await suggest("hidd")).toEqual([]);
  });

  test("never says a word that only others see", async () => {
    expect(await suggest("zeb")).toEqual([]);
    expect(await suggest("vacu")).toEqual([]);
    expect(await suggest("vac", zoe)).toEqual(["vacuum"]);
    expect(await suggest("vac", { ...zoe, room: ben.room })).toEqual([]);
    expect(await suggest("", { ...zoe, room: privateRoom("z") })).toEqual(expect.arrayContaining(["zebra"]));
    expect(await suggest("", zoe)).not.toContain("vacances");
  });

  test("offers usual words when nothing was typed, and no numbers or extensions", async () => {
    const words = await suggest("");
    expect(words[0]).toBe("vacances");
    expect(words).not.toContain("jpg");
  });

  test("completes the values of filters, and with them what they narrow", async () => {
    expect(await suggest("kind:")).toContain("kind:photo");
    expect(await suggest("vacances kind:vi")).toEqual(["vacances kind:video"]);
    expect(await suggest("type:photo,mus")).toEqual(["type:photo,music"]);
    expect(await suggest("kind:pict")).toEqual(["kind:picture", "kind:pictures"]);
    expect(await suggest("kind:mus", { ...ben, person: { ...ben.person, language: "fr" } })).toEqual(["kind:musique"]);
    expect(await suggest("from:")).toEqual(['from:"Anna Bélanger"', "from:Ben"]);
    expect(await suggest('from:"anna be')).toEqual(['from:"Anna Bélanger"']);
    expect(await suggest("from:zo")).toEqual([]);
    expect(await suggest("from:ben vac")).toEqual(["from:ben vacances"]);
    expect(await suggest("kind:document v")).toEqual(["kind:document vacation"]);
    expect(await suggest("size:")).toContain("size:>10mb");
  });

  test("nor does it when somebody else may see it, because more of the server is shared with them", async () => {
    const wide = await world.joined("Carla", "third");
    const third = (await world.groups.groupOfRoom(wide.room))?.id ?? 0;
    await world.db.insert(member).values({ groupId: third, personId: anna.person.id });
    await world.addShare({ ...anna, room: wide.room }, annaBox.id, "", "All");
    await world.scan();
    expect(await suggest("phot", wide)).toEqual(["photos"]);
    expect(await suggest("hidd", wide)).toEqual(["hidden"]);
    expect(await suggest("phot")).toEqual([]);
    expect(await suggest("hidd")).toEqual([]);
    expect(await suggest("phot", anna)).toEqual([]);
  });

  test("everything it says is a query of at most a hundred characters", async () => {
    const long = `${"x".repeat(96)} va`;
    expect(await suggest(long)).toEqual([]);
    const piece = fc.oneof(
      fc.string({ unit: "binary", maxLength: 20 }),
      fc.constantFrom("'", '"', ":*", "vac", "-", "kind:", "from:", "size:>", "\u0000", "%", " ", ",", "½"),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
        await suggest(pieces.join("").slice(0, 300));
      }),
      { numRuns: 150 },
    );
  });

  test("what was unshared is not said any more", async () => {
    await world.db.delete(share);
    expect(await suggest("vac")).toEqual([]);
    expect(await suggest("")).toEqual([]);
  });
});
