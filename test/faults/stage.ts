// One person's server, another's, a core between them, and one pull after the other in which one thing goes wrong.
// Afterwards every promise about a pull is looked at; what does not hold comes out as words. No test framework here.
import { createHash, randomBytes } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Pull } from "#contract";
import { errorCodes } from "#contract";
import { makeCertificate } from "../../core/ftp/fixtures.ts";
import { waysBetween } from "../../core/ftp/index.ts";
import type { Person } from "../../core/platform/handler.ts";
import { signal } from "../../core/platform/signals.ts";
import type { TestServer, World } from "../../core/transfers/fixtures/world.ts";
import { createWorld, filesBelow } from "../../core/transfers/fixtures/world.ts";
import type { FtpServerOptions } from "../../demo/ftp-server/ftp-server.ts";
import type { Core } from "./core.ts";
import { startCoreApart, startCoreInside, timeouts } from "./core.ts";
import type { Course } from "./courses.ts";
import type { Fault, Saboteur } from "./faults.ts";
import { createSaboteur } from "./faults.ts";

export type Side = "source" | "destination";

export interface Trial {
  arrangement: string;
  side: Side;
  fault: Fault;
  /** The Nth command of that side goes wrong, 1 and up. */
  nth: number;
}

export interface Result {
  /** The verb that went wrong; undefined when the pull had fewer commands. */
  struck: string | undefined;
  /** `done`, or the code that it stopped with. */
  end: string;
  /** The promises that did not hold. */
  broken: string[];
}

export interface Stage {
  /** Ids of the arrangements that the ladder has for this course. */
  arrangements(): Promise<string[]>;
  /** One pull in which nothing goes wrong: what each side was asked, and the way that it took. */
  rehearse(
    arrangement: string,
  ): Promise<{ verbs: Record<Side, readonly string[]>; took: string | null; result: Result }>;
  play(trial: Trial): Promise<Result>;
  close(): Promise<void>;
}

const fileName = "song.bin";
const endsWithinMs = 20_000;
const tidyWithinMs = 15_000;
const content = randomBytes(240_000);
/** Of another size: one of the same size under the wanted name counts as the file itself. */
const rival = "the owner's own file";
let certificate: ReturnType<typeof makeCertificate> | undefined;

/** @param apart the core is a process of its own, which can be killed */
export async function createStage(course: Course, apart: boolean): Promise<Stage> {
  const world = await createWorld({ timeouts });
  const [anna, ben] = [await world.addPerson("Anna"), await world.addPerson("Ben")];
  const saboteurs = { source: createSaboteur(), destination: createSaboteur() };
  const files = { [`shared/${fileName}`]: content, "private.txt": "private" };
  const source = await world.addServer(anna, { slots: 1, files, ftp: await optionsOf(course, saboteurs.source) });
  const ftp = await optionsOf(course, saboteurs.destination);
  const mine = await world.addServer(ben, { slots: 1, files: { "diary.txt": "diary", "inbox/kept.txt": "kept" }, ftp });
  const group = await world.addGroup(anna, ben);
  await world.shareFolder(source, group, "shared");
  await world.sql`update share_group set policy = ${course.policy}`;
  // The label of this world's servers has their address in it.
  await world.sql`update server set allows_relay = true, label = 'home ' || id`;
  const core = apart ? await startCoreApart(world) : startCoreInside(world);
  const scene: Scene = { world, course, ben, source, mine, saboteurs, core };
  return {
    arrangements: () => arrangementsOf(scene),
    rehearse: (arrangement) => rehearse(scene, arrangement),
    play: (trial) => play(scene, trial),
    async close() {
      await core.stop();
      await world.close();
    },
  };
}

interface Scene {
  world: World;
  course: Course;
  ben: Person;
  source: TestServer;
  mine: TestServer;
  saboteurs: Record<Side, Saboteur>;
  core: Core;
}

async function optionsOf(course: Course, saboteur: Saboteur): Promise<Partial<FtpServerOptions>> {
  certificate ??= makeCertificate();
  const { key, cert } = await certificate;
  return {
    override: saboteur.override,
    rateBytesPerS: 6_000_000,
    dataTimeoutMs: 2_000,
    features: { without: course.without ?? [], hash: course.hash ?? [] },
    ...(course.isSecure ? { tls: { key, cert, mode: "explicit" as const } } : {}),
  };
}

async function arrangementsOf({ world, course, source, mine }: Scene): Promise<string[]> {
  const { open } = world.serversOfPeople;
  const [from, to] = [await open(source.id, { use: "fxp" }), await open(mine.id, { use: "fxp", write: true })];
  const { ways } = waysBetween(from.session, to.session, course.allowed);
  for (const end of [from, to]) end.release("close");
  return ways.map(({ id }) => id);
}

async function rehearse(scene: Scene, arrangement: string) {
  const result = await play(scene, {
    arrangement,
    side: "source",
    nth: 0,
    fault: { id: "none", strike: () => undefined },
  });
  const [row] = await scene.world.sql`select arrangement from pair`;
  const { source, destination } = scene.saboteurs;
  const verbs = { source: source.verbs(), destination: destination.verbs() };
  return { verbs, took: (row?.["arrangement"] as string | undefined) ?? null, result };
}

async function play(scene: Scene, { arrangement, side, fault, nth }: Trial): Promise<Result> {
  const { world, ben, source, mine, saboteurs, core } = scene;
  await rm(join(mine.root, "inbox", fileName), { force: true });
  await remember(scene, arrangement);
  const state = { hasRival: false };
  for (const other of ["source", "destination"] as const) saboteurs[other].arm();
  saboteurs[side].arm(fault, nth, {
    killCore: core.kill,
    async placeRival() {
      await writeFile(join(mine.root, "inbox", fileName), rival);
      state.hasRival = true;
    },
  });
  const { ref } = await world.pull(ben, [source, `shared/${fileName}`]);
  const pull = await ended(scene, ref);
  const struck = saboteurs[side].struck();
  if (!pull) return { struck, end: "nothing", broken: [`it did not end: ${await rowsInWords(world)}`] };
  const end = pull.state === "done" ? "done" : `${pull.state}: ${pull.reason?.code ?? "no reason"}`;
  return { struck, end, broken: await brokenPromises(scene, pull, state.hasRival) };
}

async function rowsInWords({ sql }: World): Promise<string> {
  const rows = await sql`
    select state, reason->>'code' as code, attempts, token, bytes_done from transfer
    where state not in ('done', 'failed', 'cancelled')`;
  return JSON.stringify(rows);
}

/** The way that is tried first. */
async function remember({ world, source, mine }: Scene, arrangement: string): Promise<void> {
  await world.sql`delete from pair`;
  if (arrangement === "relay") return;
  await world.sql`
    insert into pair (source_id, destination_id, arrangement, source_version, destination_version)
    values (${source.id}, ${mine.id}, ${arrangement}, 1, 1)`;
}

/** Nobody waits for the next try of a person's pull: what waits is due at once. */
async function ended({ world, ben, core }: Scene, ref: string): Promise<Pull | undefined> {
  const tooLate = new AbortController();
  const late = delay(endsWithinMs, undefined, { signal: tooLate.signal }).catch(() => undefined);
  const end = world.until(async () => {
    const seen = await world.transfers.show(ben, ref);
    if (seen.finishedAt !== null) return seen;
    const now = core.clock.now().toISOString();
    const woken = await world.sql`
      update transfer set due_at = ${now} where state = 'waiting' and due_at > ${now} returning id`;
    if (woken.length > 0) await signal(world.db, "queue");
    return undefined;
  });
  const pull = await Promise.race([end, late]);
  tooLate.abort();
  return pull ?? undefined;
}

async function brokenPromises(scene: Scene, pull: Pull, hasRival: boolean): Promise<string[]> {
  const broken = await leftBehind(scene);
  const say = (isKept: boolean, what: string) => {
    if (!isKept) broken.push(what);
  };
  const code = pull.reason?.code;
  const there = await readFile(join(scene.mine.root, "inbox", fileName)).catch(() => undefined);
  const isWhole = there !== undefined && hashOf(there) === hashOf(content);
  say(pull.state === "done" || pull.state === "failed", `it ended as ${pull.state}`);
  if (pull.state === "done") say(isWhole, "it is called done and the bytes are not right");
  if (pull.state === "failed") {
    say(code !== undefined && code in errorCodes, `it stopped without a known reason (${code})`);
    say(code !== "core.internal", "it stopped by a fault of the core");
    say(there === undefined || hasRival, "it is called failed and a file has the final name");
  }
  if (hasRival) say(String(there) === rival, "the owner's file of that name is gone");
  say(await areUntouched(scene), "something outside of the inbox has changed");
  say(
    !/127\.\d|secret|inbox|shared/.test(JSON.stringify(pull.reason?.params ?? {})),
    "it tells an address, a password or a path",
  );
  const { sql } = scene.world;
  const told =
    await sql`select from outbox where telling->>'kind' = 'pull.finished' and telling->'pull'->>'ref' = ${pull.ref}`;
  say(told.length === 1, `its end was told ${told.length} times`);
  return broken;
}

const hashOf = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

/** Once the janitor had its turn: no part, no slot in use, no connection open. */
async function leftBehind({ world, source, mine, core }: Scene): Promise<string[]> {
  const broken: string[] = [];
  const soon = async (what: string, isSo: () => Promise<boolean>) => {
    if (!(await within(tidyWithinMs, isSo))) broken.push(what);
  };
  await soon("the janitor does not come to an end", async () => {
    const now = core.clock.now().toISOString();
    const afterItsTurn = new Date(core.clock.now().getTime() + 125_000).toISOString();
    const late =
      await world.sql`update leftover set due_at = ${now} where due_at > ${afterItsTurn} returning server_id`;
    if (late.length > 0) await signal(world.db, "rights");
    return (await world.sql`select from leftover`).length === 0;
  });
  await soon("a transfer holds its slots", async () => {
    return (await world.sql`select from transfer where state not in ('done', 'failed', 'cancelled')`).length === 0;
  });
  await soon("a connection is open", async () => source.ftp.connections() + mine.ftp.connections() === 0);
  const parts = (await filesBelow(mine.root)).filter((path) => path.includes(".part"));
  if (parts.length > 0) broken.push("a part is left");
  return broken;
}

async function areUntouched({ source, mine }: Scene): Promise<boolean> {
  const read = async (one: TestServer) => {
    const paths = (await filesBelow(one.root)).filter(
      (path) => path !== `inbox/${fileName}` && !path.includes(".part"),
    );
    return await Promise.all(paths.map(async (path) => `${path} ${hashOf(await readFile(join(one.root, path)))}`));
  };
  const expected = (files: Record<string, Buffer | string>) =>
    Object.entries(files).map(([path, bytes]) => `${path} ${hashOf(Buffer.from(bytes))}`);
  const theirs = expected({ "private.txt": "private", [`shared/${fileName}`]: content });
  const own = expected({ "diary.txt": "diary", "inbox/kept.txt": "kept" });
  return String(await read(source)) === String(theirs) && String(await read(mine)) === String(own);
}

/** The janitor and a server's connections tell nobody that they are done. */
async function within(ms: number, isSo: () => Promise<boolean>): Promise<boolean> {
  const untilMs = performance.now() + ms;
  for (;;) {
    if (await isSo()) return true;
    if (performance.now() > untilMs) return false;
    await delay(10);
  }
}
