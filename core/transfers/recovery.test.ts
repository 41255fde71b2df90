// An engine that is killed in the middle: what it held is taken over, once, and arrives whole.
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Clock } from "../platform/clock.ts";
import { systemClock } from "../platform/clock.ts";
import type { Person } from "../platform/handler.ts";
import type { TestServer, World } from "./fixtures/world.ts";
import { createWorld, filesBelow, readInbox } from "./fixtures/world.ts";

let world: World;
let ben: Person;
let source: TestServer;
let mine: TestServer;
const children: ChildProcess[] = [];
const names = Array.from({ length: 40 }, (_, i) => `Album/${i % 3}/track ${i}.flac`);
const big = randomBytes(4_000_000);

beforeEach(async () => {
  world = await createWorld();
  const anna = await world.addPerson("Anna");
  ben = await world.addPerson("Ben");
  const files = { ...Object.fromEntries(names.map((name) => [name, name])), "Album/big.bin": big };
  source = await world.addServer(anna, { files });
  mine = await world.addServer(ben);
  await world.shareFolder(source, await world.addGroup(anna, ben), "");
});
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
  await world.close();
});

async function startEngine(owner: string): Promise<ChildProcess> {
  const script = join(import.meta.dirname, "fixtures/engine-process.ts");
  const options = JSON.stringify({ address: world.database.address, places: [...world.places], owner });
  const child = spawn(process.execPath, [script, options], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  children.push(child);
  if (child.stdout) await once(child.stdout, "data");
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

/** Kills the engine when the source was asked for the n-th file, or the destination for a last step. */
async function killAt(child: ChildProcess, at: "RETR" | "RNTO", nth: number): Promise<void> {
  const reached = Promise.withResolvers<void>();
  let seen = 0;
  const server = at === "RETR" ? source : mine;
  await server.relisten({
    ...(at === "RETR" ? { rateBytesPerS: 20_000_000 } : {}),
    override: ({ verb }) => {
      seen += verb === at ? 1 : 0;
      if (seen !== nth || verb !== at) return undefined;
      // The reply of a killed engine's command goes nowhere.
      return { before: () => kill(child).then(reached.resolve) };
    },
  });
  await world.pull(ben, [source, "Album"]);
  await reached.promise;
}

async function allArrived(): Promise<void> {
  const [pull] = await world.transfers.list(ben, 1);
  expect(await world.finished(ben, pull?.ref ?? "")).toMatchObject({ state: "done", filesDone: 41, filesFailed: 0 });
  const arrived = await filesBelow(join(mine.root, "inbox"));
  expect(arrived).toEqual([...names, "Album/big.bin"].sort());
  for (const name of names) expect(String(await readInbox(mine, name))).toBe(name);
  const sha = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
  expect(sha(await readInbox(mine, "Album/big.bin"))).toBe(sha(big));
  expect(await world.sql`select * from outbox where telling->>'kind' = 'pull.finished'`).toHaveLength(1);
}

test.each([
  ["RETR", 1],
  ["RETR", 17],
  ["RETR", 41],
  ["RNTO", 5],
] as const)("killed at %s number %i, the restarted engine brings the rest at once", async (verb, nth) => {
  await killAt(await startEngine("core"), verb, nth);
  world.engine({ owner: "core" });
  await allArrived();
});

test("another engine takes over when the leases have run out, and not before", async () => {
  await killAt(await startEngine("one"), "RETR", 10);
  // Longer than all the others take on a busy machine.
  const held = await world.sql`
    update transfer set lease_until = lease_until + interval '5 minutes' where state = 'running' returning id`;
  expect(held.length).toBeGreaterThan(0);
  // These keep their places: the others need some of their own.
  await world.sql`update server set slots_out = 16, slots_in = 16`;
  const early = world.engine({ owner: "two" });
  // Everything that nobody holds arrives; the held ones stay held.
  await world.until(async () => {
    const open = await world.sql`select id from transfer where state <> 'done'`;
    return open.length === held.length;
  });
  await early.stop();
  expect(await world.sql`select distinct owner from transfer where state <> 'done'`).toEqual([{ owner: "one" }]);
  const later: Clock = { ...systemClock, now: () => new Date(Date.now() + 400_000) };
  world.engine({ owner: "three", clock: later });
  await allArrived();
});
