// Trains between real FTP daemons: what is sent to them before its turn is understood as what it is, with long names too.
import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Daemon, DaemonKind, DaemonOptions } from "../../test/daemons/index.ts";
import { installDaemons, startDaemon } from "../../test/daemons/index.ts";
import type { Log } from "../platform/log.ts";
import type { World } from "./fixtures/world.ts";
import { createWorld, filesBelow } from "./fixtures/world.ts";

const { available } = await installDaemons();
let world: World;
const daemons: Daemon[] = [];

beforeEach(async () => {
  world = await createWorld();
});
afterEach(async () => {
  await world.close();
  for (const daemon of daemons.splice(0)) await daemon.stop();
});

async function addParty(name: string, kind: DaemonKind, options: DaemonOptions, files: Record<string, Buffer>) {
  const owner = await world.addPerson(name);
  const daemon = await startDaemon(kind, options);
  daemons.push(daemon);
  await mkdir(join(daemon.root, "inbox"), { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(daemon.root, path, ".."), { recursive: true });
    await writeFile(join(daemon.root, path), content);
  }
  await daemon.own();
  const { host, port, username, password, root, fingerprint } = daemon;
  const secured = fingerprint === undefined ? {} : { security: "tls" as const, fingerprint };
  const place = { host, port, username, password, root: "/", inbox: "/inbox", version: 1, ...secured };
  const party = { owner, id: await world.enrol(owner, place, { slots: 1 }), root };
  await world.index(party);
  return party;
}

const cases: [DaemonKind, DaemonKind, string, DaemonOptions][] = [
  ["vsftpd", "proftpd", "plain", {}],
  ["proftpd", "pure-ftpd", "plain", {}],
  ["pure-ftpd", "vsftpd", "plain", {}],
  ["vsftpd", "pyftpdlib", "plain", {}],
  ["pure-ftpd", "proftpd", "with TLS", { tls: true }],
  ["pure-ftpd", "vsftpd", "with TLS", { tls: true }],
  ["vsftpd", "pure-ftpd", "with TLS", { tls: true }],
  ["proftpd", "proftpd", "with hashes", { hashes: true }],
];

const known = cases.filter(([from, to]) => available.includes(from) && available.includes(to));

/** One pulls all of it from the other, and has it; nothing is out of the ordinary. @returns how often something was leased */
async function expectPulled([from, to, , options]: (typeof cases)[number], files: Record<string, Buffer>) {
  const source = await addParty("Anna", from, options, files);
  const mine = await addParty("Ben", to, options, {});
  const groupId = await world.addGroup(source.owner, mine.owner);
  await world.shareFolder(source, groupId, "shared");
  const said: string[] = [];
  const say = (_: unknown, text: string) => void said.push(text);
  world.engine({ isFast: true, log: { debug: say, info: say, warn: say, error: say } as unknown as Log });
  const { ref } = await world.pull(mine.owner, [source, "shared"]);
  const filesDone = Object.keys(files).length;
  expect(await world.finished(mine.owner, ref)).toMatchObject({ state: "done", filesDone, reason: null });
  expect((await filesBelow(join(mine.root, "inbox"))).sort()).toEqual(Object.keys(files).sort());
  for (const [name, content] of Object.entries(files))
    expect((await readFile(join(mine.root, "inbox", name))).equals(content), name).toBe(true);
  expect(said).toEqual([]);
  const [row] = await world.sql`select count(distinct started_at)::int as n from transfer`;
  return Number(row?.["n"]);
}

test.each(known)("%s to %s, %s", async (...pair) => {
  // A ProFTPD that is the TLS client of a transfer needs half a second for its handshake with another server.
  const count = pair[3].tls ? 16 : 50;
  // Names of every length: what the servers read at a time ends anywhere in a line.
  const path = (i: number) => `shared/${"folder ".repeat(1 + 4 * (i % 3))}x/${"x".repeat(3 * i)} ${i}.bin`;
  const files = Array.from({ length: count }, (_, i) => [path(i), randomBytes(i % 7 === 0 ? 0 : 100 * i)]);
  expect(await expectPulled(pair, Object.fromEntries(files))).toBeLessThan(count / 3);
});

test.each(known)("files of some MiB, %s to %s, %s", async (...pair) => {
  const files = Array.from({ length: 16 }, (_, i) => [`shared/${i}.bin`, randomBytes(1_000_000 + (i % 5) * 400_000)]);
  expect(await expectPulled(pair, Object.fromEntries(files))).toBeLessThan(5);
});
