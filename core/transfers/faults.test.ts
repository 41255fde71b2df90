// What goes wrong while a file moves: pause, cancel, servers that die, refuse or change, rights that end.
import { createHash, randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
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
let groupId: number;
let source: TestServer;
let mine: TestServer;
const content = randomBytes(3_000_000);

beforeEach(async () => {
  world = await createWorld();
  anna = await world.addPerson("Anna");
  ben = await world.addPerson("Ben");
  groupId = await world.addGroup(anna, ben);
  source = await world.addServer(anna, { files: { "shared/big.bin": content, "shared/small.txt": "small" } });
  mine = await world.addServer(ben);
  await world.shareFolder(source, groupId, "shared");
});
afterEach(() => world.close());

const hash = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const inbox = () => filesBelow(join(mine.root, "inbox"));

/** The first RETR stops after a million bytes and says nothing more; `stalled` resolves when the core saw them. */
function stallOnce(): { override: Override; commands: string[] } {
  const commands: string[] = [];
  let stalls = 1;
  return {
    commands,
    override: ({ verb, argument }) => {
      commands.push(`${verb} ${argument}`);
      if (verb !== "RETR" || stalls === 0) return undefined;
      stalls -= 1;
      return { data: { afterBytes: 1_000_000, how: "stall" } };
    },
  };
}

/** Resolves once the destination was asked for the size of a part that has grown to a million bytes. */
function partSeen(): { override: Override; seen: Promise<void>; commands: string[] } {
  const seen = Promise.withResolvers<void>();
  const commands: string[] = [];
  const override: Override = ({ verb, argument }) => {
    commands.push(`${verb} ${argument}`);
    if (verb !== "SIZE" || !argument.includes(".part")) return undefined;
    return {
      replies: (reply) => {
        if (reply.startsWith("213") && Number(reply.slice(4)) >= 1_000_000) seen.resolve();
        return reply;
      },
    };
  };
  return { override, seen: seen.promise, commands };
}

/** A pull of the big file that stands still at a million bytes. */
async function stalledPull() {
  const [from, to] = [stallOnce(), partSeen()];
  await source.relisten({ override: from.override });
  await mine.relisten({ override: to.override });
  world.engine();
  const { ref } = await world.pull(ben, [source, "shared/big.bin"]);
  await to.seen;
  return { ref, from, to };
}

/** Restart points of `verb`; blocks for comparing are read with REST and RETR as well. */
const restartsOf = (commands: string[], verb: string) =>
  commands.filter((one, at) => one.startsWith("REST") && commands[at + 1]?.startsWith(verb));

const row = async () => (await world.sql`select * from transfer order by id`)[0];
const bytesKept = () => world.until(async () => Number((await row())?.["bytes_done"]) > 0);

async function arrives(ref: string) {
  expect(await world.finished(ben, ref)).toMatchObject({ state: "done" });
  expect(await inbox()).toEqual(["big.bin"]);
  expect(hash(await readInbox(mine, "big.bin"))).toBe(hash(content));
}

describe("pause and cancel", () => {
  test("a paused transfer keeps its part and goes on where it was, with REST on both sides", async () => {
    const { ref, from, to } = await stalledPull();
    expect(await world.transfers.change(ben, ref, "pause")).toMatchObject({ state: "paused" });
    await bytesKept();
    expect(await inbox()).toEqual([expect.stringMatching(/^\.fonshare-\d+-[0-9a-f]{8}\.part$/)]);
    await world.transfers.change(ben, ref, "resume");
    await arrives(ref);
    expect(restartsOf(from.commands, "RETR")[0]).toBe("REST 1000000");
    expect(restartsOf(to.commands, "STOR")).toEqual(["REST 1000000"]);
  });

  test("a cancelled transfer leaves nothing behind and tells nobody", async () => {
    const { ref } = await stalledPull();
    expect(await world.transfers.change(ben, ref, "cancel")).toMatchObject({ state: "cancelled" });
    await partsGone();
    expect(await inbox()).toEqual([]);
    expect(await world.sql`select * from outbox`).toHaveLength(0);
  });

  test("a cancelled one can be tried again", async () => {
    const { ref } = await stalledPull();
    await world.transfers.change(ben, ref, "cancel");
    // The engine may have begun by the time it is shown.
    const state = expect.stringMatching(/^(?:queued|running)$/);
    expect(await world.transfers.change(ben, ref, "retry")).toMatchObject({ state, finishedAt: null });
    await arrives(ref);
  });

  test("a part at a server that is away is removed when it is back", async () => {
    const { ref } = await stalledPull();
    await mine.close();
    await world.transfers.change(ben, ref, "cancel");
    await world.until(async () => (await row())?.["state"] === "cancelled");
    expect(await inbox()).toHaveLength(1);
    await mine.relisten();
    await world.sql`update leftover set due_at = now() - interval '1 hour'`;
    await signal(world.db, "rights");
    await partsGone();
    expect(await inbox()).toEqual([]);
  });
});

/** Resolves when no part is remembered any more; the janitor sends no signal, so the destination's DELE is waited for. */
async function partsGone(): Promise<void> {
  while ((await world.sql`select * from leftover`).length > 0) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("servers", () => {
  test("a source that dies in the middle is waited for, by name of its owner, and gone on with", async () => {
    const { ref } = await stalledPull();
    await source.close();
    const waiting = await world.until(async () => {
      const seen = await world.transfers.show(ben, ref);
      return seen.state === "waiting" && seen.reason?.code === "server.offline" && seen;
    });
    expect(waiting.reason).toEqual({ code: "server.offline", params: { server: "Anna", owner: "Anna" } });
    expect(waiting.nextTryAt).not.toBeNull();
    await source.relisten({ override: () => undefined });
    await world.transfers.change(ben, ref, "retry");
    await arrives(ref);
  });

  test("a destination that dies in the middle is waited for and gone on with", async () => {
    const { ref } = await stalledPull();
    await mine.close();
    await world.until(async () => (await world.transfers.show(ben, ref)).state === "waiting");
    await mine.relisten({ override: () => undefined });
    await world.transfers.change(ben, ref, "retry");
    await arrives(ref);
  });

  test("one transfer finds out that a server is away, all others of it wait with it", async () => {
    await source.close();
    world.engine({ places: 1 });
    const { ref } = await world.pull(ben, [source, "shared"]);
    const waiting = await world.until(async () => {
      const seen = await world.transfers.show(ben, ref);
      return seen.state === "waiting" && seen;
    });
    expect(waiting.reason?.code).toBe("server.offline");
    const rows = await world.sql`select state, attempts, token from transfer`;
    expect(rows.map((one) => [one["state"], one["attempts"]])).toEqual([
      ["waiting", 1],
      ["waiting", 1],
    ]);
    expect(rows.reduce((sum, one) => sum + Number(one["token"]), 0)).toBe(1);
  });

  test("a server that lets everybody in and has no time for anybody wakes nobody who waits for it", async () => {
    await source.relisten({ override: ({ verb }) => (verb === "SIZE" ? "421 No time." : undefined) });
    await world.pull(ben, [source, "shared/big.bin"]);
    const [held] = await world.sql`
      update transfer set state = 'waiting', reason = '{"code":"server.offline","params":{}}', waits_for_id = ${source.id},
        due_at = now() + interval '1 hour' returning due_at`;
    world.engine();
    await world.pull(ben, [source, "shared/small.txt"]);
    const small = async () => (await world.sql`select state from transfer where source_path = 'shared/small.txt'`)[0];
    await world.until(async () => (await small())?.["state"] === "waiting");
    const [big] = await world.sql`select due_at from transfer where source_path = 'shared/big.bin'`;
    expect(big).toEqual(held);
  });

  test("a half file that both servers call complete is not taken for whole", async () => {
    let ends = 1;
    await source.relisten({
      override: ({ verb }) => {
        if (verb !== "RETR" || ends === 0) return undefined;
        ends -= 1;
        return { data: { afterBytes: 700_000, how: "end" } };
      },
    });
    world.engine();
    const { ref } = await world.pull(ben, [source, "shared/big.bin"]);
    const waiting = await world.until(async () => (await row())?.["state"] === "waiting" && row());
    expect(waiting?.["reason"]).toMatchObject({ code: "fxp.size-differs" });
    await world.transfers.change(ben, ref, "retry");
    await arrives(ref);
  });

  test("a destination that refuses foreign addresses is passive instead, and that is remembered", async () => {
    await mine.relisten({ override: ({ verb }) => (verb === "PORT" ? "500 Illegal PORT command." : undefined) });
    world.engine();
    const { ref } = await world.pull(ben, [source, "shared/big.bin"]);
    await arrives(ref);
    const pairs = await world.sql`select arrangement, bytes_per_second from pair`;
    expect(pairs).toMatchObject([{ arrangement: "destination-pasv" }]);
    expect(Number(pairs[0]?.["bytes_per_second"])).toBeGreaterThan(0);
    const refusals = mine.ftp.commands.filter((verb) => verb === "PORT").length;
    const again = await world.pull(ben, [source, "shared/small.txt"]);
    await world.finished(ben, again.ref);
    expect(mine.ftp.commands.filter((verb) => verb === "PORT")).toHaveLength(refusals);
  });

  test("servers that both refuse end it with the reason", async () => {
    const override: Override = ({ verb }) => (/^(PORT|EPRT)$/.test(verb) ? "500 Illegal PORT command." : undefined);
    await mine.relisten({ override });
    await source.relisten({ override });
    world.engine();
    const { ref } = await world.pull(ben, [source, "shared/big.bin"]);
    expect(await world.finished(ben, ref)).toMatchObject({
      state: "failed",
      reason: { code: "fxp.refused-by-destination" },
    });
    await partsGone();
    expect(await inbox()).toEqual([]);
  });

  test("a part that still grows is not touched", async () => {
    const { ref } = await stalledPull();
    await world.transfers.change(ben, ref, "pause");
    await bytesKept();
    const [part] = await inbox();
    let size = 1_000_000;
    await mine.relisten({
      override: ({ verb, argument }) => {
        if (verb !== "SIZE" || !argument.includes(".part") || size > 1_000_002) return undefined;
        size += 1;
        return `213 ${size}`;
      },
    });
    await world.transfers.change(ben, ref, "resume");
    await arrives(ref);
    expect(size).toBe(1_000_003);
    expect(part).toBeDefined();
  });
});

describe("the source's file", () => {
  test("that is gone ends it without an empty file at the destination", async () => {
    const { ref } = await world.pull(ben, [source, "shared/small.txt"]);
    await rm(join(source.root, "shared/small.txt"));
    world.engine();
    expect(await world.finished(ben, ref)).toMatchObject({ state: "failed", reason: { code: "file.gone" } });
    expect(await inbox()).toEqual([]);
    expect(mine.ftp.commands).not.toContain("STOR");
  });

  test("that changed is waited for until it stands still, then taken as it is", async () => {
    const { ref } = await world.pull(ben, [source, "shared/small.txt"]);
    await writeFile(join(source.root, "shared/small.txt"), "longer than before");
    world.engine();
    const waiting = await world.until(async () => {
      const seen = await world.transfers.show(ben, ref);
      return seen.state === "waiting" && seen;
    });
    expect(waiting).toMatchObject({ reason: { code: "file.changed" }, bytes: 18 });
    await world.transfers.change(ben, ref, "retry");
    await world.finished(ben, ref);
    expect(String(await readInbox(mine, "small.txt"))).toBe("longer than before");
  });

  test("that changed between two attempts is not continued with the part of the old one", async () => {
    const { ref, to } = await stalledPull();
    await world.transfers.change(ben, ref, "pause");
    await bytesKept();
    const other = randomBytes(content.length + 5);
    await writeFile(join(source.root, "shared/big.bin"), other);
    await world.transfers.change(ben, ref, "resume");
    await world.until(async () => (await world.transfers.show(ben, ref)).reason?.code === "file.changed");
    await world.transfers.change(ben, ref, "retry");
    await world.finished(ben, ref);
    expect(hash(await readInbox(mine, "big.bin"))).toBe(hash(other));
    expect(restartsOf(to.commands, "STOR")).toEqual([]);
  });
});

describe("rights that end", () => {
  const ended = async (ref: string) => {
    const seen = await world.finished(ben, ref);
    expect(seen).toMatchObject({ state: "cancelled", reason: { code: "pull.no-longer-allowed" } });
    await partsGone();
    expect(await inbox()).toEqual([]);
  };

  test("unsharing stops a running transfer and removes its part", async () => {
    const { ref } = await stalledPull();
    await world.sql`delete from share`;
    await signal(world.db, "rights");
    await ended(ref);
  });

  test("leaving the group stops a running transfer and ends one that waits", async () => {
    const { ref } = await stalledPull();
    const paused = await world.pull(ben, [source, "shared/small.txt"]);
    await world.transfers.change(ben, paused.ref, "pause");
    await world.sql`delete from member where person_id = ${ben.id}`;
    await signal(world.db, "rights");
    await ended(ref);
    expect(await world.finished(ben, paused.ref)).toMatchObject({ state: "cancelled" });
  });

  test("removing the source's server stops it, ends the pull, and the part goes", async () => {
    const { ref } = await stalledPull();
    await world.sql`delete from server where id = ${source.id}`;
    await signal(world.db, "rights");
    expect(await world.finished(ben, ref)).toMatchObject({ state: "cancelled", files: 0 });
    await partsGone();
    expect(await inbox()).toEqual([]);
  });

  test.each([
    ["removes the destination", () => world.sql`delete from server where id = ${mine.id}`],
    ["erases themself", () => world.sql`delete from person where id = ${ben.id}`],
  ])("a person who %s stops it, and the part goes over the connection that is still open", async (_, remove) => {
    await stalledPull();
    await remove();
    world.places.delete(mine.id);
    await signal(world.db, "rights");
    await expect.poll(inbox).toHaveLength(0);
    expect(await world.sql`select * from transfer`).toHaveLength(0);
    expect(mine.ftp.commands).not.toContain("RNTO");
  });

  test("the source's owner erases themself: it stops, the pull ends, and the part goes", async () => {
    const { ref } = await stalledPull();
    await world.sql`delete from person where id = ${anna.id}`;
    world.places.delete(source.id);
    await signal(world.db, "rights");
    expect(await world.finished(ben, ref)).toMatchObject({ state: "cancelled", files: 0, from: [] });
    await partsGone();
    expect(await inbox()).toEqual([]);
  });

  test("a paused server stops it, and it waits for the owner until the server is back", async () => {
    const { ref } = await stalledPull();
    await world.sql`update server set state = 'paused' where id = ${source.id}`;
    await signal(world.db, "rights");
    await world.until(async () => (await world.transfers.show(ben, ref)).reason?.code === "server.paused");
    await world.sql`update server set state = 'online' where id = ${source.id}`;
    await signal(world.db, "rights");
    await arrives(ref);
  });

  test("a group that wants protected contents gets nothing in the clear", async () => {
    const { ref } = await world.pull(ben, [source, "shared/small.txt"]);
    await world.sql`update share_group set policy = 'fxp-tls-only'`;
    world.engine();
    expect(await world.finished(ben, ref)).toMatchObject({ state: "failed", reason: { code: "pull.policy-forbids" } });
    await expect(world.pull(ben, [source, "shared/small.txt"])).rejects.toMatchObject({ code: "pull.policy-forbids" });
    expect(mine.ftp.commands).not.toContain("STOR");
  });
});
