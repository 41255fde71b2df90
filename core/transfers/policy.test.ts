// Which ways a group's policy and two owners leave, what is known of it before anything is tried, and what is said.
import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Override } from "../../demo/ftp-server/ftp-server.ts";
import { makeCertificate } from "../ftp/fixtures.ts";
import type { Person } from "../platform/handler.ts";
import { signal } from "../platform/signals.ts";
import type { TestServer, World } from "./fixtures/world.ts";
import { createWorld, readInbox } from "./fixtures/world.ts";
import type { Terms } from "./ways.ts";
import { allowedBy, knownRefusal, mayGo } from "./ways.ts";

const open: Terms = { allowsRelay: true, allowsClear: true, security: "tls", features: {}, bytesPerSecond: null };

test.each([
  ["fxp", {}, {}, { direct: true, clear: true, relay: false }],
  ["fxp", {}, { allowsClear: false }, { direct: true, clear: false, relay: false }],
  ["fxp-tls-only", {}, {}, { direct: true, clear: false, relay: false }],
  ["relay-allowed", {}, {}, { direct: true, clear: true, relay: true }],
  ["relay-allowed", { allowsRelay: false }, {}, { direct: true, clear: true, relay: false }],
  ["relay-allowed", { allowsClear: false }, {}, { direct: true, clear: false, relay: true }],
  ["relay-only", {}, {}, { direct: false, clear: false, relay: true }],
  ["relay-only", {}, { allowsRelay: false }, { direct: false, clear: false, relay: false }],
  ["relay-only", { allowsClear: false }, {}, { direct: false, clear: false, relay: true }],
  ["relay-only", { allowsClear: false, security: "plain" }, {}, { direct: false, clear: false, relay: false }],
] as const)("%s with %j and %j allows %j", (policy, source, destination, allowed) => {
  expect(allowedBy({ policy, source: { ...open, ...source }, destination: { ...open, ...destination } })).toEqual(
    allowed,
  );
  expect(allowedBy({ policy, source: { ...open, ...destination }, destination: { ...open, ...source } })).toEqual(
    allowed,
  );
});

const plain = { security: "plain" } as const;
const noClient = { features: { sscn: false, cpsv: false } };
const client = { features: { sscn: true, cpsv: false } };

test.each([
  ["fxp", plain, plain, undefined],
  ["fxp", { ...plain, allowsClear: false }, {}, "pull.owner-forbids"],
  ["fxp", { allowsClear: false }, {}, undefined],
  ["fxp", { ...noClient, allowsClear: false }, noClient, "pull.owner-forbids"],
  ["fxp-tls-only", {}, plain, "pull.policy-forbids"],
  ["fxp-tls-only", noClient, noClient, "pull.policy-forbids"],
  ["fxp-tls-only", noClient, client, undefined],
  ["fxp-tls-only", client, noClient, undefined],
  ["fxp-tls-only", {}, noClient, undefined],
  ["relay-allowed", { ...plain, allowsClear: false }, {}, "pull.owner-forbids"],
  ["relay-allowed", { ...plain, allowsClear: false, allowsRelay: false }, {}, "pull.owner-forbids"],
  ["relay-only", plain, plain, undefined],
  ["relay-only", { allowsRelay: false }, {}, "pull.no-consent"],
  ["relay-only", { ...plain, allowsClear: false }, {}, "pull.owner-forbids"],
] as const)("%s between %j and %j: %s", (policy, source, destination, code) => {
  expect(knownRefusal({ policy, source: { ...open, ...source }, destination: { ...open, ...destination } })).toBe(code);
});

test("what runs may go on only by a way that is still allowed", () => {
  const direct = { direct: true, clear: false, relay: false };
  expect(mayGo({ id: "relay", data: "relayed" }, direct)).toBe(false);
  expect(mayGo({ id: "x", passive: "source", address: "pasv", data: "protected" }, direct)).toBe(true);
  expect(mayGo({ id: "x", passive: "source", address: "pasv", data: "clear" }, direct)).toBe(false);
  expect(mayGo({ id: "x", passive: "source", address: "pasv", data: "protected" }, { ...direct, direct: false })).toBe(
    false,
  );
});

describe("between two servers", () => {
  let world: World;
  let anna: Person;
  let ben: Person;
  let source: TestServer;
  let mine: TestServer;
  const content = randomBytes(3_000_000);

  beforeEach(async () => {
    world = await createWorld();
    [anna, ben] = [await world.addPerson("Anna"), await world.addPerson("Ben")];
    const groupId = await world.addGroup(anna, ben);
    const { key, cert } = await makeCertificate();
    const tls = { key, cert, mode: "explicit" as const };
    source = await world.addServer(anna, { files: { "shared/a.bin": content }, ftp: { tls } });
    mine = await world.addServer(ben, { ftp: { tls } });
    await world.shareFolder(source, groupId, "shared");
  });
  afterEach(() => world.close());

  const policy = (name: string) => world.sql`update share_group set policy = ${name}`;
  const row = async () => (await world.sql`select * from transfer order by id`)[0];
  const withoutClients: Override = ({ verb }) => {
    if (verb === "FEAT") return "211-Features:\r\n SIZE\r\n MDTM\r\n REST STREAM\r\n EPSV\r\n PROT\r\n211 End";
    return /^(SSCN|CPSV)$/.test(verb) ? "500 Unknown command." : undefined;
  };
  const noClients = async () => {
    for (const server of [source, mine]) await server.relisten({ override: withoutClients });
  };

  test("that can protect data, data is protected without anybody asking for it", async () => {
    world.engine();
    const { ref } = await world.pull(ben, [source, "shared/a.bin"]);
    expect(await world.finished(ben, ref)).toMatchObject({ state: "done" });
    expect((await row())?.["arrangement"]).toMatch(/sscn|cpsv/);
    expect((await readInbox(mine, "a.bin")).equals(content)).toBe(true);
  });

  test("with TLS, the relay's two halves are protected as well", async () => {
    await policy("relay-only");
    await world.sql`update server set allows_relay = true`;
    const tls = { ...(source.options.tls as NonNullable<typeof source.options.tls>), requiredForData: true };
    for (const server of [source, mine]) await server.relisten({ tls });
    world.engine();
    const { ref } = await world.pull(ben, [source, "shared/a.bin"]);
    expect(await world.finished(ben, ref)).toMatchObject({ state: "done" });
    expect(await row()).toMatchObject({ arrangement: "relay" });
    expect((await readInbox(mine, "a.bin")).equals(content)).toBe(true);
  });

  test("of which nobody can play the TLS client, fxp-tls-only is refused at the start of the run and fxp goes in the clear", async () => {
    await noClients();
    await policy("fxp-tls-only");
    world.engine();
    const { ref } = await world.pull(ben, [source, "shared/a.bin"]);
    expect(await world.finished(ben, ref)).toMatchObject({ state: "failed", reason: { code: "pull.policy-forbids" } });
    expect([...source.ftp.commands, ...mine.ftp.commands]).not.toContain("STOR");
    await policy("fxp");
    await world.transfers.change(ben, ref, "retry");
    expect(await world.finished(ben, ref)).toMatchObject({ state: "done" });
    expect(await row()).toMatchObject({ arrangement: "source-pasv" });
  });

  test("it is known before anything is queued once somebody has looked at them", async () => {
    await world.sql`update server set features = '{"sscn": false, "cpsv": false, "epsv": true}'`;
    await policy("fxp-tls-only");
    await expect(world.pull(ben, [source, "shared/a.bin"])).rejects.toMatchObject({ code: "pull.policy-forbids" });
    await policy("fxp");
    await world.sql`update server set allows_clear = false where id = ${mine.id}`;
    await expect(world.pull(ben, [source, "shared/a.bin"])).rejects.toMatchObject({ code: "pull.owner-forbids" });
  });

  test("an owner who forbids clear data while it runs stops what goes in the clear", async () => {
    await noClients();
    await source.relisten({ override: withoutClients, rateBytesPerS: 1_000_000 });
    world.engine();
    const { ref } = await world.pull(ben, [source, "shared/a.bin"]);
    // Progress is written once a second and gives no signal.
    await expect.poll(async () => Number((await row())?.["bytes_done"])).toBeGreaterThan(0);
    await world.sql`update server set allows_clear = false where id = ${source.id}`;
    await signal(world.db, "rights");
    // Nobody has looked yet whether the two can protect data, so it is tried, and then said.
    expect(await world.finished(ben, ref)).toMatchObject({ state: "failed", reason: { code: "pull.owner-forbids" } });
    expect(mine.ftp.commands).not.toContain("RNTO");
  });

  test("tls-only that comes while the source is looked at lets nothing go in the clear", async () => {
    await mine.relisten({ override: withoutClients });
    await source.relisten({
      async override(command) {
        if (command.verb === "SIZE") await policy("fxp-tls-only");
        return withoutClients(command);
      },
    });
    world.engine();
    const { ref } = await world.pull(ben, [source, "shared/a.bin"]);
    expect(await world.finished(ben, ref)).toMatchObject({ state: "failed", reason: { code: "pull.policy-forbids" } });
    expect(mine.ftp.commands).not.toContain("STOR");
  });

  test("one of IPv4 and one of IPv6 is said before a byte moves", async () => {
    await mine.relisten({ address: "::1" });
    world.places.set(mine.id, { ...mine.place, host: "::1" });
    world.engine();
    const { ref } = await world.pull(ben, [source, "shared/a.bin"]);
    expect(await world.finished(ben, ref)).toMatchObject({ state: "failed", reason: { code: "fxp.no-family" } });
    expect([...source.ftp.commands, ...mine.ftp.commands]).not.toContain("STOR");
  });
});
