// Pulls between real FTP daemons: every ordered pair brings a folder, and a killed destination is gone on with.
import { createHash, randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Daemon, DaemonKind } from "../../test/daemons/index.ts";
import { installDaemons, startDaemon } from "../../test/daemons/index.ts";
import type { Person } from "../platform/handler.ts";
import type { World } from "./fixtures/world.ts";
import { createWorld, filesBelow } from "./fixtures/world.ts";

const { available, missing } = await installDaemons();
const left = missing.length > 0 ? ` (left out: ${missing.map(({ kind, how }) => `${kind}: ${how}`).join(" ")})` : "";

interface Party {
  owner: Person;
  daemon: Daemon;
  id: number;
  root: string;
}

let world: World;
const daemons: Daemon[] = [];

beforeEach(async () => {
  world = await createWorld();
});
afterEach(async () => {
  await world.close();
  for (const daemon of daemons.splice(0)) await daemon.stop();
});

async function addParty(name: string, kind: DaemonKind, files: Record<string, Buffer>) {
  const owner = await world.addPerson(name);
  const daemon = await startDaemon(kind);
  daemons.push(daemon);
  await mkdir(join(daemon.root, "inbox"), { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(daemon.root, path, ".."), { recursive: true });
    await writeFile(join(daemon.root, path), content);
  }
  await daemon.own();
  const { host, port, username, password, root } = daemon;
  const id = await world.enrol(owner, { host, port, username, password, root: "/", inbox: "/inbox", version: 1 });
  const party: Party = { owner, daemon, id, root };
  await world.index(party);
  return party;
}

const sha = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

test.skipIf(available.length === 0)(`every pair of daemons brings a folder${left}`, async () => {
  const files = (kind: string) => ({
    [`shared/${kind}/großes Stück.bin`]: randomBytes(700_001),
    [`shared/${kind}/CD 1/01 – été.flac`]: randomBytes(5_000),
    [`shared/${kind}/CD 1/empty`]: Buffer.alloc(0),
  });
  const sources: Party[] = [];
  const destinations: Party[] = [];
  for (const kind of available) sources.push(await addParty(`from ${kind}`, kind, files(kind)));
  for (const kind of available) destinations.push(await addParty(`to ${kind}`, kind, {}));
  const groupId = await world.addGroup(...[...sources, ...destinations].map((party) => party.owner));
  for (const source of sources) await world.shareFolder(source, groupId, "shared", `of ${source.daemon.kind}`);
  world.engine();
  for (const source of sources) {
    for (const { owner, daemon, root } of destinations) {
      const pair = `${source.daemon.kind} to ${daemon.kind}`;
      const { ref } = await world.pull(owner, [source, `shared/${source.daemon.kind}`]);
      expect(await world.finished(owner, ref), pair).toMatchObject({ state: "done", filesDone: 3, reason: null });
      for (const path of await filesBelow(join(source.root, "shared"))) {
        const arrived = await readFile(join(root, "inbox", path));
        expect(sha(arrived), `${pair}: ${path}`).toBe(sha(await readFile(join(source.root, "shared", path))));
      }
    }
  }
  for (const { root } of destinations) {
    expect((await filesBelow(join(root, "inbox"))).filter((path) => path.includes(".part"))).toEqual([]);
  }
});

test.each(available)(
  "a destination %s that is killed in the middle is gone on with after its restart",
  async (kind) => {
    const content = randomBytes(6_000_000);
    const anna = await world.addPerson("Anna");
    const slow = { rateBytesPerS: 1_500_000 };
    const source = await world.addServer(anna, { files: { "shared/big.bin": content }, ftp: slow });
    const mine = await addParty("Ben", kind, {});
    const groupId = await world.addGroup(anna, mine.owner);
    await world.shareFolder(source, groupId, "shared");
    world.engine();
    const { ref } = await world.pull(mine.owner, [source, "shared/big.bin"]);
    // Progress is written once a second and gives no signal.
    await expect.poll(async () => (await world.transfers.show(mine.owner, ref)).bytesDone).toBeGreaterThan(0);
    await mine.daemon.kill9();
    await world.until(async () => (await world.transfers.show(mine.owner, ref)).state === "waiting");
    await mine.daemon.restart();
    await world.transfers.change(mine.owner, ref, "retry");
    expect(await world.finished(mine.owner, ref)).toMatchObject({ state: "done" });
    expect(sha(await readFile(join(mine.root, "inbox/big.bin")))).toBe(sha(content));
    expect(await filesBelow(join(mine.root, "inbox"))).toEqual(["big.bin"]);
  },
);
