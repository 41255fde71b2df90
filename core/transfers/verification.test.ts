// Nothing gets its final name before its contents were compared with the source's: copies that are damaged on the way, or
// at the destination after both servers have said that all is well.
import { randomBytes } from "node:crypto";
import { readFileSync, utimesSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FtpFeatures, FtpServerOptions, Override } from "../../demo/ftp-server/types.ts";
import { makeCertificate } from "../ftp/fixtures.ts";
import type { Person } from "../platform/handler.ts";
import type { TestServer, World } from "./fixtures/world.ts";
import { createWorld, filesBelow, readInbox } from "./fixtures/world.ts";

let world: World;
let anna: Person;
let ben: Person;

beforeEach(async () => {
  world = await createWorld();
  anna = await world.addPerson("Anna");
  ben = await world.addPerson("Ben");
});
afterEach(() => world.close());

const MiB = 1024 * 1024;

interface Two {
  source: TestServer;
  mine: TestServer;
}

async function twoServers(
  files: Record<string, Buffer>,
  options: { ftp?: Partial<FtpServerOptions>; mine?: Partial<FtpServerOptions> } = {},
): Promise<Two> {
  const source = await world.addServer(anna, { files, ...(options.ftp && { ftp: options.ftp }) });
  const mine = await world.addServer(ben, options.mine ? { ftp: options.mine } : {});
  await world.shareFolder(source, await world.addGroup(anna, ben), "");
  return { source, mine };
}

async function pulled({ source }: Two, name: string) {
  const asked = await world.pull(ben, [source, name]);
  return await world.finished(ben, asked.ref);
}

const inbox = (two: Two) => filesBelow(join(two.mine.root, "inbox"));
const verified = async () => (await world.sql`select verified from transfer`).map((row) => row["verified"]);
const count = (one: TestServer, verb: string) => one.ftp.commands.filter((command) => command === verb).length;

/** Changes what was stored, before the server says that it is: the first `times` times. */
function spoiling(root: () => string, spoil: (copy: Buffer) => Buffer, times = Number.POSITIVE_INFINITY): Override {
  let left = times;
  return ({ verb, argument }) => {
    if (verb !== "STOR" || left <= 0) return undefined;
    left -= 1;
    return {
      replies(reply) {
        const path = join(root(), argument);
        if (reply.startsWith("226")) writeFileSync(path, spoil(readFileSync(path)));
        return reply;
      },
    };
  };
}

const flip = (at: number) => (copy: Buffer) => {
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};
const padTruncated = (copy: Buffer) => copy.fill(0, Math.floor(copy.length * 0.6));

async function spoiled(content: Buffer, spoil: (copy: Buffer) => Buffer, times?: number, features: FtpFeatures = {}) {
  let root = "";
  const override = spoiling(() => root, spoil, times);
  const two = await twoServers({ "a.bin": content }, { ftp: { features }, mine: { override, features } });
  root = two.mine.root;
  world.engine();
  return two;
}

describe("a copy that is damaged at the destination", () => {
  test.each<[string, number, (copy: Buffer) => Buffer, FtpFeatures]>([
    ["one bit of a small file", 100_000, flip(77_777), {}],
    ["a byte too many", 100_000, (copy) => Buffer.concat([copy, copy.subarray(0, 1)]), {}],
    ["a large file that was cut and padded to its size", 3 * MiB, padTruncated, {}],
    ["one bit anywhere in a large file, with hashes", 5 * MiB, flip(3_456_789), { hash: ["XSHA256"] }],
    ["one bit of a small file, with hashes", 1000, flip(1), { hash: ["HASH"] }],
  ])("is brought again: %s", async (_, size, spoil, features) => {
    const content = randomBytes(size);
    const two = await spoiled(content, spoil, 1, features);
    expect(await pulled(two, "a.bin")).toMatchObject({ state: "done" });
    expect((await readInbox(two.mine, "a.bin")).equals(content)).toBe(true);
    expect(await inbox(two)).toEqual(["a.bin"]);
    expect(await verified()).toEqual([features.hash ? "hash" : "blocks"]);
    expect([count(two.mine, "STOR"), count(two.mine, "RNTO")]).toEqual([2, 1]);
  });

  test("never gets the final name, and nothing of it stays, however often it is tried", async () => {
    const two = await spoiled(randomBytes(3 * MiB), padTruncated);
    const done = await pulled(two, "a.bin");
    expect(done).toMatchObject({ state: "failed", filesFailed: 1, reason: { code: "fxp.content-differs" } });
    expect(count(two.mine, "STOR")).toBeGreaterThan(1);
    expect(two.mine.ftp.commands).not.toContain("RNTO");
    await world.until(async () => (await inbox(two)).length === 0);
    expect(await verified()).toEqual([null]);
  });

  test("or that somebody took away meanwhile is brought again", async () => {
    const content = randomBytes(1000);
    const two = await twoServers({ "a.bin": content });
    let isFirst = true;
    const override: Override = ({ verb, argument }) => {
      if (verb !== "RETR" || !isFirst) return undefined;
      isFirst = false;
      return { before: () => rm(join(two.mine.root, argument)) };
    };
    await two.mine.relisten({ override });
    world.engine();
    expect(await pulled(two, "a.bin")).toMatchObject({ state: "done" });
    expect((await readInbox(two.mine, "a.bin")).equals(content)).toBe(true);
  });
});

describe("how copies are compared", () => {
  test("by hashes where both have the same one: no byte is read for it", async () => {
    const files = { "a.bin": randomBytes(2 * MiB) };
    const two = await twoServers(files, {
      ftp: { features: { hash: ["XMD5", "XCRC"] } },
      mine: { features: { hash: ["XCRC", "XMD5", "XSHA256"] } },
    });
    world.engine();
    expect(await pulled(two, "a.bin")).toMatchObject({ state: "done" });
    expect(await verified()).toEqual(["hash"]);
    expect([count(two.source, "XMD5"), count(two.mine, "XMD5")]).toEqual([1, 1]);
    expect([count(two.source, "RETR"), count(two.mine, "RETR")]).toEqual([1, 0]);
  });

  test("in blocks else, at places that are others each time", async () => {
    const offsets: string[] = [];
    const override: Override = ({ verb, argument }) => {
      if (verb === "REST") offsets.push(argument);
      return undefined;
    };
    const files = { "a.bin": randomBytes(MiB), "b.bin": randomBytes(MiB) };
    const two = await twoServers(files, { mine: { override } });
    world.engine();
    for (const name of ["a.bin", "b.bin"]) expect(await pulled(two, name)).toMatchObject({ state: "done" });
    expect(await verified()).toEqual(["blocks", "blocks"]);
    expect(offsets).toHaveLength(14);
    // The last block of each is where it is.
    expect(new Set(offsets).size).toBe(13);
  });

  test.each([
    ["another content", 100_000, (): Buffer => randomBytes(100_000)],
    ["one byte, where perhaps nobody looks", 3 * MiB, flip(1_234_567)],
  ])("a source that was written to meanwhile is no damage: %s", async (_, size, edit) => {
    const two = await twoServers({ "a.bin": randomBytes(size) });
    const path = join(two.source.root, "a.bin");
    const replies = (reply: string) => {
      if (reply.startsWith("226")) {
        writeFileSync(path, edit(readFileSync(path)));
        utimesSync(path, new Date(), new Date(Date.now() + 60_000));
      }
      return reply;
    };
    await two.mine.relisten({ override: ({ verb }) => (verb === "STOR" ? { replies } : undefined) });
    world.engine();
    const asked = await world.pull(ben, [two.source, "a.bin"]);
    const { reason } = await world.until(async () => {
      const pull = await world.transfers.show(ben, asked.ref);
      return pull.reason !== null && pull;
    });
    expect(reason).toMatchObject({ code: "file.changed" });
    expect(two.mine.ftp.commands).not.toContain("RNTO");
    expect(await world.sql`select 1 from outbox where telling->>'kind' = 'file.differs'`).toHaveLength(0);
  });

  test.each(["550 Permission denied.", "550 Failed to open file."])(
    "an inbox that takes files and gives none, with %s: it cannot be told, and that is said",
    async (answer) => {
      const override: Override = ({ verb }) => (verb === "RETR" ? answer : undefined);
      const two = await twoServers({ "a.bin": randomBytes(1000) }, { mine: { override } });
      world.engine();
      expect(await pulled(two, "a.bin")).toMatchObject({ state: "failed", reason: { code: "fxp.not-comparable" } });
      expect(two.mine.ftp.commands).not.toContain("RNTO");
      await expect.poll(() => inbox(two)).toEqual([]);
    },
  );

  test.each([
    ["RETR", "450 Busy."],
    ["RETR", "421 Too many."],
    ["REST", "450 Busy."],
    ["EPSV", "425 Not now."],
    ["RNFR", "450 Busy."],
  ])("what passes at the destination is waited for: %s answered %s", async (verb, answer) => {
    const content = randomBytes(MiB);
    const two = await twoServers({ "a.bin": content });
    let hasStored = false;
    let left = 1;
    const override: Override = (command) => {
      hasStored ||= command.verb === "STOR";
      if (command.verb !== verb || !hasStored || left === 0) return undefined;
      left -= 1;
      return answer;
    };
    await two.mine.relisten({ override });
    world.engine();
    expect(await pulled(two, "a.bin")).toMatchObject({ state: "done" });
    expect(left).toBe(0);
    expect((await readInbox(two.mine, "a.bin")).equals(content)).toBe(true);
    expect(count(two.mine, "STOR")).toBe(1);
    expect(await world.sql`select tried from transfer`).toEqual([{ tried: [] }]);
  });

  test("a part of ours that cannot be renamed is the inbox's fault, not the file's", async () => {
    const override: Override = ({ verb }) => (verb === "RNFR" ? "550 No such file." : undefined);
    const two = await twoServers({ "a.bin": randomBytes(1000) }, { mine: { override } });
    world.engine();
    expect(await pulled(two, "a.bin")).toMatchObject({ state: "failed", reason: { code: "inbox.refused" } });
  });

  test("never in the clear where the control connections have TLS", async () => {
    const { key, cert } = await makeCertificate();
    const tls = { key, cert, mode: "explicit" as const };
    const seen: Record<string, string[]> = { source: [], mine: [] };
    const watch =
      (name: string): Override =>
      ({ verb, argument }) => {
        if (verb === "PROT" || verb === "RETR") seen[name]?.push(verb === "PROT" ? argument : verb);
        return undefined;
      };
    const two = await twoServers(
      { "a.bin": randomBytes(MiB) },
      {
        ftp: { tls, override: watch("source"), features: { without: ["SSCN", "CPSV"] } },
        mine: { tls, override: watch("mine"), features: { without: ["SSCN", "CPSV"] } },
      },
    );
    world.engine();
    expect(await pulled(two, "a.bin")).toMatchObject({ state: "done" });
    expect(await verified()).toEqual(["blocks"]);
    const blocks = Array.from({ length: 8 }, () => "RETR");
    // The file itself goes in the clear, as this group allows; what is read for comparing never does.
    expect(seen["source"]?.slice(-10)).toEqual(["RETR", "P", ...blocks]);
    expect(seen["mine"]?.slice(-9)).toEqual(["P", ...blocks]);
  });
});

test.each<[string, FtpFeatures, Record<string, [source: number, mine: number]>]>([
  ["read whole", {}, { SIZE: [1, 1], EPSV: [1, 1], RETR: [2, 1], HASH: [0, 0] }],
  ["with hashes", { hash: ["HASH"] }, { SIZE: [2, 2], EPSV: [0, 0], RETR: [1, 0], HASH: [1, 1] }],
])("what it costs for each of many small files, %s", async (_, features, expected) => {
  const files = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`many/${i}`, randomBytes(2000)]));
  const two = await twoServers(files, { ftp: { features }, mine: { features } });
  world.engine();
  expect(await pulled(two, "many")).toMatchObject({ state: "done", filesDone: 60 });
  const each = (one: TestServer, verb: string) => count(one, verb) / 60;
  // The second look at the final name is the destination's; looks at progress of a slow machine may come on top.
  for (const [verb, [source, mine]] of Object.entries(expected)) {
    expect([verb, each(two.source, verb)]).toEqual([verb, source]);
    expect([verb, Math.floor(each(two.mine, verb))]).toEqual([verb, mine + (verb === "SIZE" ? 1 : 0)]);
  }
});
