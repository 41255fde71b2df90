// Tries to make a pull write, rename or remove anything outside the destination's inbox, or anything at all at the source.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Override } from "../../demo/ftp-server/ftp-server.ts";
import type { Person } from "../platform/handler.ts";
import type { TestServer, World } from "./fixtures/world.ts";
import { createWorld, filesBelow, readInbox } from "./fixtures/world.ts";

let world: World;
let anna: Person;
let ben: Person;
let groupId: number;

beforeEach(async () => {
  world = await createWorld();
  anna = await world.addPerson("Anna");
  ben = await world.addPerson("Ben");
  groupId = await world.addGroup(anna, ben);
});
afterEach(() => world.close());

const changing = /^(STOR|STOU|APPE|DELE|RNFR|RNTO|MKD|RMD|MFMT|MFCT|SITE|ALLO)$/;

/** Notes the commands that change something; `more` may answer them. */
function recording(more?: Override): { commands: { verb: string; argument: string }[]; override: Override } {
  const commands: { verb: string; argument: string }[] = [];
  return {
    commands,
    override: (command) => {
      const { verb, argument } = command;
      if (changing.test(verb)) commands.push({ verb, argument });
      return more?.(command);
    },
  };
}

async function twoServers(files: Record<string, string>, atDestination?: Override) {
  const [from, to] = [recording(), recording(atDestination)];
  const source = await world.addServer(anna, { files, ftp: { override: from.override } });
  const mine = await world.addServer(ben, { files: { "outside.txt": "mine" }, ftp: { override: to.override } });
  await world.shareFolder(source, groupId, "");
  return { source, mine, from, to };
}

async function pullAndEnd(source: TestServer, path: string) {
  const { ref } = await world.pull(ben, [source, path]);
  return await world.finished(ben, ref);
}

test("names made to climb stay below the inbox, and the source is only read", async () => {
  const hostile = [
    "..\\..\\outside.txt",
    "\\absolute.txt",
    "C:\\drive.txt",
    ".. /space.txt",
    "... /.. . /dots.txt",
    "~/home.txt",
    "-rf",
    "a%2f..%2fb",
    "quo\"te'.txt",
    ".fonshare-1-00000000.part/x",
  ];
  const files = Object.fromEntries(hostile.map((name) => [`bag/${name}`, name]));
  const { source, mine, from, to } = await twoServers(files);
  world.engine();
  expect(await pullAndEnd(source, "bag")).toMatchObject({ state: "done", filesDone: hostile.length });
  expect(from.commands).toEqual([]);
  expect(to.commands.length).toBeGreaterThan(hostile.length * 2);
  for (const { verb, argument } of to.commands) {
    const path = verb === "MFMT" ? argument.slice(argument.indexOf(" ") + 1) : argument;
    expect(path).toMatch(/^\/inbox\/bag(\/|$)/);
    for (const name of path.slice("/inbox/".length).split(/[/\\]/)) expect(name).not.toMatch(/^[. ]*$/);
    if (verb === "STOR" || verb === "RNFR") expect(path).toMatch(/\/\.fonshare-\d+-[0-9a-f]{8}\.part$/);
  }
  const everywhere = await filesBelow(mine.root);
  expect(everywhere.filter((path) => !path.startsWith("inbox/bag/"))).toEqual(["outside.txt"]);
  expect(everywhere).toHaveLength(hostile.length + 1);
});

test("an inbox that its owner takes away between the question and the login is not replaced by the login's home", async () => {
  const { source, mine, to } = await twoServers({ "a.txt": "a" });
  world.places.set(mine.id, { ...mine.place, inbox: "" });
  world.engine();
  const { ref } = await world.pull(ben, [source, "a.txt"]);
  const waiting = await world.until(async () => {
    const seen = await world.transfers.show(ben, ref);
    return seen.state === "waiting" && seen;
  });
  expect(waiting.reason).toMatchObject({ code: "server.no-inbox" });
  expect(to.commands).toEqual([]);
});

test("a destination that does not say whether the final name is free gets nothing renamed to it", async () => {
  let isStored = false;
  const { source, mine, to } = await twoServers({ "a.txt": "new" }, ({ verb, argument }) => {
    if (verb === "STOR") {
      isStored = true;
      return { after: () => writeFile(join(mine.root, "inbox/a.txt"), "mine") };
    }
    return verb === "SIZE" && isStored && argument.endsWith("/a.txt") ? "451 Try again later." : undefined;
  });
  world.engine();
  const { ref } = await world.pull(ben, [source, "a.txt"]);
  await world.until(async () => (await world.transfers.show(ben, ref)).state === "waiting");
  expect(to.commands.map(({ verb }) => verb)).not.toContain("RNTO");
  expect(String(await readInbox(mine, "a.txt"))).toBe("mine");
});

test("of two pulls of one name, asked at once, one comes and none is overwritten", async () => {
  const carl = await world.addPerson("Carl");
  await world.sql`insert into member (group_id, person_id) values (${groupId}, ${carl.id})`;
  const { source, mine } = await twoServers({ "a.txt": "from Anna" });
  const other = await world.addServer(carl, { files: { "a.txt": "Carl's own one" } });
  await world.shareFolder(other, groupId, "", "other");
  const asked = await Promise.all([world.pull(ben, [source, "a.txt"]), world.pull(ben, [other, "a.txt"])]);
  world.engine();
  const ended = await Promise.all(asked.map(({ ref }) => world.finished(ben, ref)));
  expect(ended.map((pull) => pull.state).sort()).toEqual(["done", "failed"]);
  expect(ended.find((pull) => pull.state === "failed")?.reason).toMatchObject({ code: "inbox.exists" });
  const winner = ended.findIndex((pull) => pull.state === "done");
  expect(String(await readInbox(mine, "a.txt"))).toBe(["from Anna", "Carl's own one"][winner]);
  expect(mine.ftp.commands.filter((verb) => verb === "RNTO")).toHaveLength(1);
});

test("parts of others in the inbox, a folder in the place of a file, and files beside are left as they are", async () => {
  const { source, mine, to } = await twoServers({ "a.txt": "new", "b.txt": "b" });
  const theirs = [".fonshare-1-ffffffff.part", ".fonshare-1.part", "b (2).txt"];
  for (const name of theirs) await writeFile(join(mine.root, "inbox", name), "theirs");
  await mkdir(join(mine.root, "inbox/a.txt"));
  world.engine();
  expect(await pullAndEnd(source, "a.txt")).toMatchObject({ state: "failed" });
  expect(await pullAndEnd(source, "b.txt")).toMatchObject({ state: "done" });
  for (const name of theirs) expect(String(await readInbox(mine, name))).toBe("theirs");
  for (const { verb, argument } of to.commands) {
    if (verb === "DELE") expect(theirs.some((name) => argument.endsWith(name))).toBe(false);
  }
});
