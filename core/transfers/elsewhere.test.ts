// Another server of the group takes over, or does not: trouble of the source, proof, parts, slow sources, damage.
import { createHash, randomBytes } from "node:crypto";
import { closeSync, openSync, readdirSync, writeSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Override } from "../../demo/ftp-server/ftp-server.ts";
import type { Person } from "../platform/handler.ts";
import { signal } from "../platform/signals.ts";
import type { TestServer, World } from "./fixtures/world.ts";
import { createWorld, filesBelow, readInbox } from "./fixtures/world.ts";

let world: World;
let anna: Person;
let ben: Person;
let carl: Person;
let groupId: number;
let source: TestServer;
let mine: TestServer;
const content = randomBytes(3_000_000);

beforeEach(async () => {
  world = await createWorld();
  [anna, ben, carl] = [await world.addPerson("Anna"), await world.addPerson("Ben"), await world.addPerson("Carl")];
  groupId = await world.addGroup(anna, ben, carl);
  source = await world.addServer(anna, { files: { "shared/big.bin": content, "shared/small.txt": "small" } });
  mine = await world.addServer(ben);
  await world.shareFolder(source, groupId, "shared", "of Anna");
});
afterEach(() => world.close());

const hash = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const inbox = () => filesBelow(join(mine.root, "inbox"));
const row = async () => (await world.sql`select * from transfer order by id`)[0];
const show = async (ref: string) => await world.transfers.show(ben, ref);

/** A server of Carl's with a file of the same name and size. */
async function addTwin(bytes: Buffer, isShared = true): Promise<TestServer> {
  const twin = await world.addServer(carl, { files: { "music/big.bin": bytes } });
  if (isShared) await world.shareFolder(twin, groupId, "music", "of Carl");
  return twin;
}

/** The commands that a server is given, and its first RETR of a whole file stops after a million bytes. */
function stall(stalls = 1): { override: Override; commands: string[] } {
  const commands: string[] = [];
  let left = stalls;
  // The file's sampled blocks are read before it moves: only what a PORT or PASV of FXP goes before is the file.
  const override: Override = ({ verb, argument }) => {
    commands.push(`${verb} ${argument}`);
    if (verb !== "RETR" || left === 0 || !isFxp(commands)) return undefined;
    left -= 1;
    return { data: { afterBytes: 1_000_000, how: "stall" } };
  };
  return { override, commands };
}

/** The destination has begun to store: then what the source is asked for is the file itself. */
const isFxp = (_: string[]) => mine.ftp.commands.includes("STOR");

/** A pull that stands still at a million bytes from Anna. */
async function stalledPull() {
  const from = stall();
  const seen = Promise.withResolvers<void>();
  await source.relisten({ override: from.override });
  await mine.relisten({
    override: ({ verb, argument }) =>
      verb === "SIZE" && argument.includes(".part")
        ? {
            replies: (reply) => {
              if (reply.startsWith("213") && Number(reply.slice(4)) >= 1_000_000) seen.resolve();
              return reply;
            },
          }
        : undefined,
  });
  world.engine();
  const { ref } = await world.pull(ben, [source, "shared/big.bin"]);
  await seen.promise;
  return { ref, from };
}

/** Listens to what a server is told. */
async function overhear(server: TestServer): Promise<string[]> {
  const commands: string[] = [];
  await server.relisten({
    override: ({ verb, argument }) => {
      commands.push(`${verb} ${argument}`);
      return undefined;
    },
  });
  return commands;
}

const remember = (server: TestServer, bytesPerSecond: number) => world.sql`
  insert into pair (source_id, destination_id, arrangement, bytes_per_second, source_version, destination_version)
  values (${server.id}, ${mine.id}, 'source-pasv', ${bytesPerSecond}, 1, 1)`;

async function arrives(ref: string) {
  expect(await world.finished(ben, ref)).toMatchObject({ state: "done" });
  expect((await row())?.["verified"]).toMatch(/^(hash|blocks)$/);
  expect(await inbox()).toEqual(["big.bin"]);
  expect(hash(await readInbox(mine, "big.bin"))).toBe(hash(content));
}

const waitsFor = (ref: string, code: string) =>
  world.until(async () => {
    const seen = await show(ref);
    return seen.state === "waiting" && seen.reason?.code === code && seen;
  });

/** Until the bytes that came are written down. */
const bytesKept = () => world.until(async () => Number((await row())?.["bytes_done"]) > 0);

describe("a source that goes away in the middle", () => {
  test("is followed by another server with the same file, from where it came to, and shown by its owner's name", async () => {
    const twin = await addTwin(content);
    const commands = await overhear(twin);
    const { ref } = await stalledPull();
    expect((await show(ref)).from).toEqual(["Anna"]);
    await source.close();
    await arrives(ref);
    expect((await show(ref)).from).toEqual(["Carl"]);
    const atMillion = commands.indexOf("REST 1000000");
    expect(commands[atMillion + 1]).toBe("RETR /music/big.bin");
    expect(await row()).toMatchObject({
      source_path: "music/big.bin",
      tried: [
        { sourceId: source.id, code: "fxp.cut" },
        { sourceId: source.id, code: "server.offline" },
      ],
    });
  });

  test("is waited for when the other file of that name and size is another file, which is not looked at twice", async () => {
    const twin = await addTwin(randomBytes(content.length));
    const commands = await overhear(twin);
    const { ref } = await stalledPull();
    await source.close();
    await waitsFor(ref, "server.offline");
    expect(await row()).toMatchObject({
      tried: [{ code: "fxp.cut" }, { sourceId: twin.id, code: "fxp.content-differs" }],
    });
    const looks = commands.length;
    await world.transfers.change(ben, ref, "retry");
    await waitsFor(ref, "server.offline");
    expect(commands).toHaveLength(looks);
    await source.relisten({ override: () => undefined });
    await world.transfers.change(ben, ref, "retry");
    await arrives(ref);
    expect((await show(ref)).from).toEqual(["Anna"]);
  });

  test("is followed from the start when the part was damaged meanwhile", async () => {
    const twin = await addTwin(content);
    const commands = await overhear(twin);
    const { ref } = await stalledPull();
    await world.transfers.change(ben, ref, "pause");
    await bytesKept();
    const [part] = readdirSync(join(mine.root, "inbox"));
    const file = openSync(join(mine.root, "inbox", part ?? ""), "r+");
    writeSync(file, randomBytes(900_000), 0, 900_000, 50_000);
    closeSync(file);
    await source.close();
    await world.transfers.change(ben, ref, "resume");
    await arrives(ref);
    expect(commands).not.toContain("REST 1000000");
  });

  test("is waited for when the one who pulls may not see the other server's file", async () => {
    const twin = await addTwin(content, false);
    const { ref } = await stalledPull();
    await source.close();
    await waitsFor(ref, "server.offline");
    expect(twin.ftp.commands).toEqual([]);
  });

  test.each([
    ["forbids the only way", (id: number) => world.sql`update server set allows_clear = false where id = ${id}`],
    [
      "lets nobody read at this hour",
      (id: number) => {
        const hour = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
        const hours = { from: hour(2), to: hour(3), zone: "UTC" };
        return world.sql`update server set hours = ${JSON.stringify(hours)}::text::jsonb where id = ${id}`;
      },
    ],
  ])("is waited for when the other server's owner %s", async (_, close) => {
    const twin = await addTwin(content);
    const { ref } = await stalledPull();
    await close(twin.id);
    await source.close();
    await waitsFor(ref, "server.offline");
    expect(twin.ftp.commands).toEqual([]);
  });
});

test("a file that is gone at its source comes from another server", async () => {
  await addTwin(content);
  const { ref } = await stalledPull();
  await world.transfers.change(ben, ref, "pause");
  await bytesKept();
  await rm(join(source.root, "shared/big.bin"));
  await world.transfers.change(ben, ref, "resume");
  await arrives(ref);
  expect((await show(ref)).from).toEqual(["Carl"]);
});

test("a source that its owner pauses is waited for, and left for another one at the next try", async () => {
  await addTwin(content);
  const { ref } = await stalledPull();
  await world.sql`update server set state = 'paused' where id = ${source.id}`;
  await signal(world.db, "rights");
  await waitsFor(ref, "server.paused");
  await world.transfers.change(ben, ref, "retry");
  await arrives(ref);
  expect((await show(ref)).from).toEqual(["Carl"]);
});

test("a source that stalls twice is left for another one", async () => {
  await addTwin(content);
  await source.relisten({ override: stall(9).override });
  world.engine({ limits: { stallMs: 500 } });
  await remember(source, 1_000_000);
  const { ref } = await world.pull(ben, [source, "shared/big.bin"]);
  await waitsFor(ref, "fxp.stalled");
  await world.transfers.change(ben, ref, "retry");
  await arrives(ref);
  expect((await show(ref)).from).toEqual(["Carl"]);
  // Each stall counted as speed 0.
  const [pair] = await world.sql`select bytes_per_second::int as speed from pair where source_id = ${source.id}`;
  expect(pair).toEqual({ speed: 490_000 });
});

describe("a slow source", () => {
  const slow = () => source.relisten({ rateBytesPerS: 700_000 });

  test("is left in the middle for one that was more than twice as fast, and not come back to", async () => {
    const twin = await addTwin(content);
    const commands = await overhear(twin);
    await slow();
    await remember(twin, 50_000_000);
    await remember(source, 90_000_000);
    world.engine({ slowAfterMs: 1_000 });
    const { ref } = await world.pull(ben, [source, "shared/big.bin"]);
    await arrives(ref);
    expect(await row()).toMatchObject({ tried: [{ sourceId: source.id, code: "fxp.slow" }] });
    expect(commands.some((one) => /^REST [1-9]\d{5,}/.test(one))).toBe(true);
    const [pair] = await world.sql`select bytes_per_second from pair where source_id = ${source.id}`;
    expect(Number(pair?.["bytes_per_second"])).toBeLessThan(90_000_000);
  });

  test("is kept when the faster one has another file", async () => {
    const twin = await addTwin(randomBytes(content.length));
    await slow();
    await remember(twin, 50_000_000);
    world.engine({ slowAfterMs: 1_000 });
    const { ref } = await world.pull(ben, [source, "shared/big.bin"]);
    await arrives(ref);
    expect((await show(ref)).from).toEqual(["Anna"]);
    // One login, one look.
    expect(twin.ftp.commands.filter((verb) => verb === "PASS").length).toBeLessThanOrEqual(1);
  });

  test("is kept when nobody was twice as fast", async () => {
    const twin = await addTwin(content);
    await slow();
    await remember(twin, 1_000_000);
    world.engine({ slowAfterMs: 1_000 });
    const { ref } = await world.pull(ben, [source, "shared/big.bin"]);
    await arrives(ref);
    expect(twin.ftp.commands).toEqual([]);
  });
});

describe("what arrives damaged", () => {
  /** Overwrites all of what was just stored, before the server says that it is complete. */
  function damage(times: number): Override {
    let left = times;
    return ({ verb, argument }) => {
      if (verb !== "STOR" || left === 0) return undefined;
      return {
        replies: (reply) => {
          if (!reply.startsWith("226")) return reply;
          left -= 1;
          const file = openSync(join(mine.root, argument), "r+");
          writeSync(file, randomBytes(content.length));
          closeSync(file);
          return reply;
        },
      };
    };
  }
  const told = async () =>
    (
      await world.sql`select person_id, telling from outbox where telling->>'kind' = 'file.differs' order by person_id`
    ).map((event) => [Number(event["person_id"]), event["telling"]]);

  test("is removed, told to both, and brought by another way", async () => {
    await mine.relisten({ override: damage(1) });
    world.engine();
    const { ref } = await world.pull(ben, [source, "shared/big.bin"]);
    await arrives(ref);
    expect(await row()).toMatchObject({
      arrangement: "destination-pasv",
      tried: [{ sourceId: source.id, code: "fxp.content-differs", arrangement: "source-pasv" }],
    });
    expect((await row())?.["verified"]).toMatch(/hash|blocks/);
    expect(await told()).toEqual([
      [anna.id, { kind: "file.differs", name: "big.bin", from: expect.stringMatching(/^Anna-/), isYours: true }],
      [ben.id, { kind: "file.differs", name: "big.bin", from: "Anna", isYours: false }],
    ]);
  });

  test("every time fails with that reason after every way of every source, and nothing is left", async () => {
    await addTwin(content);
    await mine.relisten({ override: damage(99) });
    world.engine();
    const { ref } = await world.pull(ben, [source, "shared/big.bin"]);
    expect(await world.finished(ben, ref)).toMatchObject({ state: "failed", reason: { code: "fxp.content-differs" } });
    expect(mine.ftp.commands.filter((verb) => verb === "STOR")).toHaveLength(8);
    await expect.poll(() => world.sql`select * from leftover`).toHaveLength(0);
    expect(await inbox()).toEqual([]);
    expect(mine.ftp.commands).not.toContain("RNTO");
    await mine.relisten({ override: () => undefined });
    await world.transfers.change(ben, ref, "retry");
    await arrives(ref);
  });
});

describe("space", () => {
  test("that is missing before the start is waited for, and nothing is stored", async () => {
    let free = 1_000;
    const override: Override = ({ verb }) => {
      if (verb === "FEAT") return "211-Features:\r\n SIZE\r\n MDTM\r\n REST STREAM\r\n EPSV\r\n AVBL\r\n211 End";
      return verb === "AVBL" ? `213 ${free}` : undefined;
    };
    await mine.relisten({ override });
    world.engine();
    const { ref } = await world.pull(ben, [source, "shared/big.bin"]);
    await waitsFor(ref, "inbox.no-space");
    expect(mine.ftp.commands).not.toContain("STOR");
    const small = await world.pull(ben, [source, "shared/small.txt"]);
    expect(await world.finished(ben, small.ref)).toMatchObject({ state: "done" });
    await rm(join(mine.root, "inbox/small.txt"));
    free = 1e12;
    await world.transfers.change(ben, ref, "retry");
    await arrives(ref);
  });

  test("that ends in the middle is waited for; the part stays and is gone on with", async () => {
    let fulls = 1;
    const commands: string[] = [];
    const override: Override = ({ verb, argument }) => {
      commands.push(`${verb} ${argument}`);
      if (verb !== "STOR" || fulls === 0) return undefined;
      fulls -= 1;
      const replies = (reply: string) => (reply.startsWith("226") ? "452 Insufficient storage space." : reply);
      return { data: { afterBytes: 1_000_000, how: "end" }, replies };
    };
    await mine.relisten({ override });
    world.engine();
    const { ref } = await world.pull(ben, [source, "shared/big.bin"]);
    await waitsFor(ref, "inbox.no-space");
    expect(await inbox()).toEqual([expect.stringMatching(/\.part$/)]);
    await world.transfers.change(ben, ref, "retry");
    await arrives(ref);
    expect(commands.filter((one) => /^REST [1-9]\d{4,}/.test(one)).length).toBeGreaterThan(0);
  });
});

test("a file of that name and size that is there already counts as brought only when its contents are the same", async () => {
  const other = randomBytes(content.length);
  const { ref } = await world.pull(ben, [source, "shared/big.bin"]);
  const place = join(mine.root, "inbox", "big.bin");
  const put = (bytes: Buffer) => {
    const file = openSync(place, "w");
    writeSync(file, bytes);
    closeSync(file);
  };
  put(other);
  world.engine();
  expect(await world.finished(ben, ref)).toMatchObject({ state: "failed", reason: { code: "inbox.exists" } });
  expect(hash(await readInbox(mine, "big.bin"))).toBe(hash(other));
  put(content);
  await world.transfers.change(ben, ref, "retry");
  expect(await world.finished(ben, ref)).toMatchObject({ state: "done" });
  expect(mine.ftp.commands).not.toContain("STOR");
  await signal(world.db, "rights");
});
