// Real FTP daemons take over in the middle, into an inbox on the same kind of daemon.
import { createHash, randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Daemon, DaemonKind } from "../../test/daemons/index.ts";
import { installDaemons, startDaemon } from "../../test/daemons/index.ts";
import type { World } from "./fixtures/world.ts";
import { createWorld, filesBelow } from "./fixtures/world.ts";

const { available, missing } = await installDaemons();
const left = missing.length > 0 ? ` (left out: ${missing.map(({ kind, how }) => `${kind}: ${how}`).join(" ")})` : "";

let world: World;
const daemons: Daemon[] = [];
const content = randomBytes(6_000_000);
const sha = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

beforeEach(async () => {
  world = await createWorld();
});
afterEach(async () => {
  await world.close();
  for (const daemon of daemons.splice(0)) await daemon.stop();
});

async function addDaemon(name: string, kind: DaemonKind, files: Record<string, Buffer>) {
  const owner = await world.addPerson(name);
  const daemon = await startDaemon(kind);
  daemons.push(daemon);
  for (const folder of ["inbox", "shared"]) await mkdir(join(daemon.root, folder), { recursive: true });
  for (const [path, bytes] of Object.entries(files)) await writeFile(join(daemon.root, path), bytes);
  await daemon.own();
  const { host, port, username, password, root } = daemon;
  const id = await world.enrol(owner, { host, port, username, password, root: "/", inbox: "/inbox", version: 1 });
  await world.index({ id, root });
  return { owner, id, root };
}

test.each(available)(
  `a source that dies in the middle is followed by %s with the same file, from where it came to${left}`,
  async (kind) => {
    const anna = await world.addPerson("Anna");
    const slow = { rateBytesPerS: 1_500_000 };
    const source = await world.addServer(anna, { files: { "shared/big.bin": content }, ftp: slow });
    const twin = await addDaemon("Carl", kind, { "shared/big.bin": content });
    const mine = await addDaemon("Ben", kind, {});
    const groupId = await world.addGroup(anna, twin.owner, mine.owner);
    await world.shareFolder(source, groupId, "shared", "of Anna");
    await world.shareFolder(twin, groupId, "shared", "of Carl");
    world.engine();
    const { ref } = await world.pull(mine.owner, [source, "shared/big.bin"]);
    const show = () => world.transfers.show(mine.owner, ref);
    // Progress is written once a second and gives no signal.
    await expect.poll(async () => (await show()).bytesDone).toBeGreaterThan(0);
    await source.close();
    // Twice in vain before another one is asked for.
    await world.until(async () => (await show()).state === "waiting");
    await world.transfers.change(mine.owner, ref, "retry");
    expect(await world.finished(mine.owner, ref)).toMatchObject({ state: "done", from: ["Carl"] });
    expect(sha(await readFile(join(mine.root, "inbox/big.bin")))).toBe(sha(content));
    expect(await filesBelow(join(mine.root, "inbox"))).toEqual(["big.bin"]);
    // What came from both together is not more than the file: the part was gone on with.
    const [taken] = await world.sql`select sum(bytes)::int as bytes from volume`;
    expect(taken?.["bytes"]).toBeLessThanOrEqual(content.length);
    const [row] = await world.sql`select tried, verified from transfer`;
    expect(row?.["tried"]).toContainEqual({ sourceId: source.id, code: "server.offline" });
    expect(row?.["verified"]).toMatch(/hash|blocks/);
  },
);
