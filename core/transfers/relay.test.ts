// Through the core: only with the group's policy and both owners' consent, within the quota, and never otherwise.
import { createHash, randomBytes } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
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
let source: TestServer;
let mine: TestServer;
const content = randomBytes(10_000_000);

beforeEach(async () => {
  world = await createWorld();
  [anna, ben] = [await world.addPerson("Anna"), await world.addPerson("Ben")];
  const groupId = await world.addGroup(anna, ben);
  source = await world.addServer(anna, {
    files: { "shared/big.bin": content, "shared/2.bin": randomBytes(7_000_000) },
  });
  mine = await world.addServer(ben);
  await world.shareFolder(source, groupId, "shared");
});
afterEach(() => world.close());

const hash = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const inbox = () => filesBelow(join(mine.root, "inbox"));
const row = async () => (await world.sql`select * from transfer order by id`)[0];
const policy = (name: string) => world.sql`update share_group set policy = ${name}`;
const consent = () => world.sql`update server set allows_relay = true`;
const relayed = async () =>
  (await world.sql`select bytes::float8 as bytes from relayed`).reduce((sum, one) => sum + Number(one["bytes"]), 0);
const waitsFor = (ref: string, code: string) =>
  world.until(async () => {
    const seen = await world.transfers.show(ben, ref);
    return seen.state === "waiting" && seen.reason?.code === code && seen;
  });

async function arrives(ref: string) {
  expect(await world.finished(ben, ref)).toMatchObject({ state: "done" });
  expect(await inbox()).toEqual(["big.bin"]);
  expect(hash(await readInbox(mine, "big.bin"))).toBe(hash(content));
}

const refuseForeign: Override = ({ verb }) => (/^(PORT|EPRT)$/.test(verb) ? "500 Illegal PORT command." : undefined);

async function refuseEachOther() {
  await source.relisten({ override: refuseForeign, allowForeign: false });
  await mine.relisten({ override: refuseForeign, allowForeign: false });
}

/** Bytes that go in and out of this process, but for those of the two servers that are in it too. */
function watchCore() {
  const sockets = new Set<Socket>();
  const watch = (message: unknown) => sockets.add((message as { socket: Socket }).socket);
  subscribe("net.client.socket", watch);
  return () => {
    unsubscribe("net.client.socket", watch);
    const servers = new Set([source.place.host, mine.place.host]);
    return [...sockets]
      .filter((socket) => socket.remoteAddress !== undefined && !servers.has(socket.localAddress ?? ""))
      .reduce((sum, socket) => sum + socket.bytesRead + socket.bytesWritten, 0);
  };
}

describe("with consent", () => {
  test("relay-only brings a file without a word of one server to the other", async () => {
    await policy("relay-only");
    await consent();
    world.engine();
    const { ref } = await world.pull(ben, [source, "shared/big.bin"]);
    await arrives(ref);
    expect(await row()).toMatchObject({ arrangement: "relay" });
    expect([...source.ftp.commands, ...mine.ftp.commands]).not.toContain("PORT");
    expect([...source.ftp.commands, ...mine.ftp.commands]).not.toContain("EPRT");
    expect(await relayed()).toBe(content.length);
    const [pair] = await world.sql`select arrangement from pair`;
    expect(pair).toMatchObject({ arrangement: "relay" });
  });

  test("what passed is compared with the digest of a destination whose source computes none: no byte is read for it", async () => {
    await policy("relay-only");
    await consent();
    await mine.relisten({ features: { hash: ["XSHA256"] } });
    world.engine();
    const { ref } = await world.pull(ben, [source, "shared/big.bin"]);
    await arrives(ref);
    expect(await row()).toMatchObject({ arrangement: "relay", verified: "hash" });
    expect(mine.ftp.commands).toContain("XSHA256");
    expect(mine.ftp.commands).not.toContain("RETR");
  });

  test("relay-allowed takes the direct way where there is one", async () => {
    await policy("relay-allowed");
    await consent();
    world.engine();
    const { ref } = await world.pull(ben, [source, "shared/big.bin"]);
    await arrives(ref);
    expect(await row()).toMatchObject({ arrangement: "source-pasv" });
    expect(await relayed()).toBe(0);
  });

  test("relay-allowed goes through the core when the two refuse each other", async () => {
    await policy("relay-allowed");
    await consent();
    await refuseEachOther();
    world.engine();
    const { ref } = await world.pull(ben, [source, "shared/big.bin"]);
    await arrives(ref);
    expect(await row()).toMatchObject({ arrangement: "relay" });
    // Both allow it now: the next pair of connections finds out by itself.
    await source.relisten({ override: () => undefined, allowForeign: true });
    await mine.relisten({ override: () => undefined, allowForeign: true });
    await signal(world.db, "rights");
    const next = await world.pull(ben, [source, "shared/2.bin"]);
    await world.finished(ben, next.ref);
    expect((await world.sql`select arrangement from transfer order by id desc`)[0]).toMatchObject({
      arrangement: "source-pasv",
    });
  });

  test("that ends, ends what runs, and nothing is left", async () => {
    await policy("relay-only");
    await consent();
    await source.relisten({ rateBytesPerS: 2_000_000 });
    world.engine();
    const { ref } = await world.pull(ben, [source, "shared/big.bin"]);
    while ((await inbox()).length === 0) await new Promise(setImmediate);
    await world.sql`update server set allows_relay = false where id = ${source.id}`;
    await signal(world.db, "rights");
    expect(await world.finished(ben, ref)).toMatchObject({ state: "failed", reason: { code: "pull.no-consent" } });
    await expect.poll(() => world.sql`select * from leftover`).toHaveLength(0);
    expect(await inbox()).toEqual([]);
  });

  test("that ends while direct ways are tried, ends the relay before it begins", async () => {
    await policy("relay-allowed");
    await consent();
    const refuse: Override = async (command) => {
      if (command.verb === "PORT") await world.sql`update server set allows_relay = false where id = ${source.id}`;
      return refuseForeign(command);
    };
    await source.relisten({ override: refuse, allowForeign: false });
    await mine.relisten({ override: refuse, allowForeign: false });
    world.engine();
    const { ref } = await world.pull(ben, [source, "shared/big.bin"]);
    expect(await world.finished(ben, ref)).toMatchObject({ state: "failed" });
    expect(await relayed()).toBe(0);
  });

  test("a cancel in the middle leaves nothing, and what was counted and not used is given back", async () => {
    await policy("relay-only");
    await consent();
    await source.relisten({ rateBytesPerS: 2_000_000 });
    world.engine();
    const { ref } = await world.pull(ben, [source, "shared/big.bin"]);
    while ((await inbox()).length === 0) await new Promise(setImmediate);
    await world.transfers.change(ben, ref, "cancel");
    await expect.poll(() => world.sql`select * from leftover`).toHaveLength(0);
    expect(await inbox()).toEqual([]);
    while ((await relayed()) % (4 * 1024 * 1024) === 0) await new Promise(setImmediate);
    expect(await relayed()).toBeLessThan(content.length);
  });
});

describe("without consent no byte goes through the core", () => {
  test.each([
    ["fxp", "both agree", () => consent()],
    [
      "relay-allowed",
      "only the source's owner agrees",
      () => world.sql`update server set allows_relay = (id = ${source.id})`,
    ],
    [
      "relay-allowed",
      "only the destination's owner agrees",
      () => world.sql`update server set allows_relay = (id = ${mine.id})`,
    ],
  ])("%s, %s, and the two servers refuse each other", async (name, _, agree) => {
    await policy(name);
    await agree();
    await refuseEachOther();
    const bytesOfCore = watchCore();
    world.engine();
    const { ref } = await world.pull(ben, [source, "shared/big.bin"]);
    expect(await world.finished(ben, ref)).toMatchObject({ state: "failed" });
    expect(bytesOfCore()).toBeLessThan(50_000);
    expect(await relayed()).toBe(0);
  });

  test.each([
    ["only the source's owner agrees", () => world.sql`update server set allows_relay = (id = ${source.id})`],
    ["nobody agrees", () => Promise.resolve()],
  ])("relay-only is refused before anything is queued when %s", async (_, agree) => {
    await policy("relay-only");
    await agree();
    await expect(world.pull(ben, [source, "shared/big.bin"])).rejects.toMatchObject({ code: "pull.no-consent" });
  });
});

describe("the quota", () => {
  const quota = { relayQuotaBytes: 6_000_000 };

  test("ends a transfer in the middle, which goes on there on the next day", async () => {
    await policy("relay-only");
    await consent();
    // Less than the file, and more than it lacks when what was under way is lost: the system's buffers hold megabytes.
    const most = 9_000_000;
    world.engine({ relayQuotaBytes: most });
    const { ref } = await world.pull(ben, [source, "shared/big.bin"]);
    const waiting = await waitsFor(ref, "pull.relay-quota");
    expect(waiting.nextTryAt).toMatch(/T00:00:00/);
    expect(waiting.bytesDone).toBeGreaterThan(0);
    expect(await relayed()).toBeLessThanOrEqual(most);
    const logins = source.ftp.commands.filter((verb) => verb === "PASS").length;
    const leases = async () => Number((await world.sql`select token from transfer`)[0]?.["token"]);
    const before = await leases();
    await world.transfers.change(ben, ref, "retry");
    // Leased and looked at again, and not still waiting from the time before.
    await world.until(async () => (await leases()) > before);
    await waitsFor(ref, "pull.relay-quota");
    expect(source.ftp.commands.filter((verb) => verb === "PASS")).toHaveLength(logins);
    await world.sql`update relayed set day = day - 1`;
    await world.transfers.change(ben, ref, "retry");
    await arrives(ref);
    expect(mine.ftp.commands).toContain("REST");
    // From the beginning it would have been more than a day may have.
    expect((await relayed()) - most).toBeLessThan(content.length);
    expect(most).toBeLessThan(content.length);
  });

  test("is one for all cores", async () => {
    await policy("relay-only");
    await consent();
    world.engine({ ...quota, owner: "one", places: 1 });
    world.engine({ ...quota, owner: "two", places: 1 });
    const pulls = await Promise.all([
      world.pull(ben, [source, "shared/big.bin"]),
      world.pull(ben, [source, "shared/2.bin"]),
    ]);
    for (const { ref } of pulls) await waitsFor(ref, "pull.relay-quota");
    expect(await relayed()).toBe(6_000_000);
    const [sum] = await world.sql`select sum(bytes_done)::float8 as bytes from transfer`;
    expect(Number(sum?.["bytes"])).toBeLessThanOrEqual(6_000_000);
  });
});
