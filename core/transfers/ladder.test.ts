// From one way to the next: what a server that sends as the TLS client loses at the end is brought by another way.
import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DataFault, Override } from "../../demo/ftp-server/types.ts";
import { makeCertificate } from "../ftp/fixtures.ts";
import type { Person } from "../platform/handler.ts";
import type { TestServer, World } from "./fixtures/world.ts";
import { createWorld, readInbox } from "./fixtures/world.ts";

let world: World;
let ben: Person;
let source: TestServer;
let mine: TestServer;
const content = randomBytes(3_000_000);

beforeEach(async () => {
  world = await createWorld();
  const anna = await world.addPerson("Anna");
  ben = await world.addPerson("Ben");
  const groupId = await world.addGroup(anna, ben);
  const { key, cert } = await makeCertificate();
  const tls = { key, cert, mode: "explicit" as const };
  source = await world.addServer(anna, {
    files: { "shared/a.bin": content },
    ftp: { tls, features: { without: ["CPSV"] } },
  });
  mine = await world.addServer(ben, { ftp: { tls, features: { without: ["SSCN", "CPSV"] } } });
  await world.shareFolder(source, groupId, "shared");
});
afterEach(() => world.close());

const row = async () => (await world.sql`select * from transfer`)[0];
const differences = () => world.sql`select 1 from outbox where telling->>'kind' = 'file.differs'`;

/** Breaks the first `times` transfers of the file. */
async function losing(fault: DataFault, times: number) {
  let left = times;
  const ranges: number[] = [];
  const override: Override = (command) => {
    if (command.verb === "REST") ranges.push(Number(command.argument));
    if (command.verb !== "RETR" || left === 0) return undefined;
    left -= 1;
    return { data: fault };
  };
  // Slow enough for a size to be seen on the way: a break before that is a refusal.
  await source.relisten({ override, rateBytesPerS: 2_000_000 });
  return ranges;
}

test.each(["end", "reset"] as const)(
  "an end that is lost (%s) comes by the next way, in the same attempt",
  async (how) => {
    const ranges = await losing({ afterBytes: 1_500_000, how }, 1);
    world.engine();
    const { ref } = await world.pull(ben, [source, "shared/a.bin"]);
    expect(await world.finished(ben, ref)).toMatchObject({ state: "done" });
    expect((await readInbox(mine, "a.bin")).equals(content)).toBe(true);
    expect(await row()).toMatchObject({
      token: 1,
      attempts: 0,
      tried: [],
      arrangement: "destination-pasv-sscn-source",
    });
    expect(mine.ftp.commands.filter((verb) => verb === "STOR")).toHaveLength(2);
    expect(ranges[0]).toBeGreaterThan(0);
    expect(await differences()).toHaveLength(0);
    // One file's end says nothing about the others.
    expect(await world.sql`select 1 from pair`).toHaveLength(0);
  },
);

test("where no other way is left, the next attempt goes on behind what has arrived", async () => {
  await world.sql`update share_group set policy = 'fxp-tls-only'`;
  const ranges = await losing({ afterBytes: 500_000, how: "end" }, 4);
  world.engine();
  const { ref } = await world.pull(ben, [source, "shared/a.bin"]);
  expect(await world.finished(ben, ref)).toMatchObject({ state: "done" });
  expect((await readInbox(mine, "a.bin")).equals(content)).toBe(true);
  expect(ranges.slice(0, 4)).toEqual([500_000, 1_000_000, 1_500_000, 2_000_000]);
  expect(await row()).toMatchObject({ token: 2, attempts: 1 });
  expect(await differences()).toHaveLength(0);
});
