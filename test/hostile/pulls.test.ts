// Every hostile server of pull-cases.ts as an end of a pull through the real engine: a named end, nothing left in the
// inbox but a whole file, no session open at either server, nobody led astray, nothing private in rows or log.
import { createHash, randomBytes } from "node:crypto";
import type { ExpectStatic } from "vitest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Pull } from "#contract";
import type { Person } from "../../core/platform/handler.ts";
import { createLog } from "../../core/platform/log.ts";
import { signal } from "../../core/platform/signals.ts";
import { createHastyClock } from "../../core/transfers/fixtures/hasty-clock.ts";
import type { TestServer, World } from "../../core/transfers/fixtures/world.ts";
import { createWorld, filesBelow, readInbox } from "../../core/transfers/fixtures/world.ts";
import { listenRaw } from "./evil-server.ts";
import type { PullCase } from "./pull-cases.ts";
import { pullCases } from "./pull-cases.ts";
import { note, writeReport } from "./report.ts";
import { watch } from "./watch.ts";

const longestTurnMs = 100;
/** Of the core's clock: its waits are over so much sooner. */
const speed = 4;
const limits = { openingMs: 5600, stallMs: 5600, lingerMs: 4000, firstPollMs: 100, pollMs: 200 };
/** More than what is read whole to be compared. */
const content = randomBytes(300_000);

let world: World;
let trap: Awaited<ReturnType<typeof listenRaw>>;
let visitors = 0;
let log = "";
let feeling: ReturnType<typeof watch>;
let count = 0;

beforeAll(async () => {
  world = await createWorld({ timeouts: { connectMs: 800, replyMs: 1_400, dataMs: 1_400 } });
  trap = await listenRaw("127.0.0.1", 0, (socket) => {
    visitors += 1;
    socket.destroy();
  });
  const logger = createLog("trace", "test", {
    write(line) {
      log += line;
    },
  });
  world.engine({ clock: createHastyClock(speed, Date.now()), limits, log: logger });
  feeling = watch();
});
afterAll(async () => {
  const { longestBlockMs, grownBytes } = feeling.end();
  note({
    id: "pull: the event loop is never blocked",
    longestBlockMs,
    grownBytes,
    passed: longestBlockMs < longestTurnMs,
  });
  await world.close();
  await trap.close();
  writeReport("pulls");
  expect(longestBlockMs).toBeLessThan(longestTurnMs);
});

interface Scene {
  who: Person;
  source: TestServer;
  mine: TestServer;
  secrets: string[];
}

async function setUp(one: PullCase): Promise<Scene> {
  count += 1;
  const [anna, who] = [await world.addPerson(`Anna ${count}`), await world.addPerson(`Ben ${count}`)];
  const groupId = await world.addGroup(anna, who);
  const ftp = one.digests ? { features: { hash: ["XSHA256" as const] } } : {};
  const source = await world.addServer(anna, { files: { "a.bin": content }, ftp });
  const mine = await world.addServer(who, { ftp });
  await world.shareFolder(source, groupId, "");
  const evil = one.side === "source" ? source : mine;
  const login = { username: `quokka-login-${count}`, password: `wombat-secret-${count}` };
  Object.assign(evil.place, login);
  const place = { ...login, host: evil.place.host, trap: { host: "127.0.0.1", port: trap.port } };
  const override = one.evil({ ...place, contentBytes: content.length });
  const rate = one.rateBytesPerS === undefined ? {} : { rateBytesPerS: one.rateBytesPerS };
  await evil.relisten({ users: [{ ...login, root: evil.root }], override, ...rate });
  return { who, source, mine, secrets: Object.values(login) };
}

/** The first thing that a person could read about how it goes. */
async function firstWord({ who }: Scene, ref: string): Promise<Pull> {
  return await world.until(async () => {
    const seen = await world.transfers.show(who, ref);
    return (seen.state === "waiting" || seen.finishedAt !== null) && seen;
  });
}

const hash = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const inbox = ({ mine }: Scene) => filesBelow(`${mine.root}/inbox`);

describe.concurrent("a pull", () => {
  test.for(pullCases.map((one) => [one.id, one] as const))("%s", async ([id, one], { expect }) => {
    note({ id, where: one.side });
    const scene = await setUp(one);
    const { ref } = await world.pull(scene.who, [scene.source, "a.bin"]);
    if (one.ends === "done") {
      const seen = await world.finished(scene.who, ref);
      expect({ state: seen.state, code: seen.reason?.code }).toEqual({ state: "done", code: undefined });
      expect(await inbox(scene)).toEqual(["a.bin"]);
      expect(hash(await readInbox(scene.mine, "a.bin"))).toBe(hash(content));
    } else {
      const seen = await firstWord(scene, ref);
      expect(one.ends, `${seen.state}: ${seen.reason?.code}`).toContain(seen.reason?.code);
      await leavesNothing(expect, scene, one, seen);
    }
    await expect.poll(() => scene.source.ftp.connections() + scene.mine.ftp.connections()).toBe(0);
    expect(visitors).toBe(0);
    const rows = await world.sql`select t::text as text from transfer t union all select t::text from pull t
      union all select t::text from outbox t union all select t::text from leftover t`;
    const told = log + rows.map((row) => row["text"]).join("\n");
    for (const secret of scene.secrets) expect(told).not.toContain(secret);
    note({ id, passed: true });
  });
});

/** An end without the file: nobody runs it any more, and its part goes as soon as the server lets it. */
async function leavesNothing(
  expect: ExpectStatic,
  scene: Scene,
  { side }: PullCase,
  { ref, finishedAt }: Pull,
): Promise<void> {
  const { who, mine } = scene;
  if (finishedAt === null) await world.transfers.change(who, ref, "pause");
  // Until now its server may have kept the core from removing anything.
  if (side === "destination")
    await mine.relisten({ users: [{ ...mine.place, root: mine.root }], override: () => undefined });
  if (finishedAt === null) await world.transfers.change(who, ref, "cancel");
  const gone = async () => {
    await world.sql`update leftover set due_at = now() where server_id = ${mine.id}`;
    await signal(world.db, "rights");
    return await inbox(scene);
  };
  await expect.poll(gone, { interval: 500 }).toEqual([]);
  expect(await world.sql`select id from transfer where state = 'running' and destination_id = ${mine.id}`).toEqual([]);
}
