// Every hostile server of scan-cases.ts against the real scanner, session and database: a named end, the catalog as it
// was, nothing private in rows or log, no socket left, no turn of the event loop over 100 ms, memory in bounds.
import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { miscounted } from "../../core/catalog/scan/fixtures.ts";
import { makeCertificate } from "../../core/ftp/fixtures.ts";
import { directory, file, group, member, person, scan, server, share } from "../../core/schema/index.ts";
import { createTestDatabase } from "../database.ts";
import type { ScanAnswer, ScanJob } from "./core-process.ts";
import type { EvilServer } from "./evil-server.ts";
import { listenRaw, startServer } from "./evil-server.ts";
import { note, writeReport } from "./report.ts";
import type { Place, ScanCase } from "./scan-cases.ts";
import { ordinary, scanCases } from "./scan-cases.ts";

const longestTurnMs = 100;
/** For a scan, where its case names no other time. */
const usualMs = 5_000;
/** Of one scan over what the process held before, whatever a server sends. */
const mostMemoryBytes = 400 * 1024 * 1024;

const folder = mkdtempSync(join(tmpdir(), "fonshare-hostile-"));
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let core: ChildProcess;
let certificates: Awaited<ReturnType<typeof makeCertificate>>[];
let ownerId = 0;
let groupId = 0;
let count = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  certificates = await Promise.all([makeCertificate(), makeCertificate()]);
  const { db } = database;
  [{ id: ownerId } = { id: 0 }] = await db.insert(person).values({ displayName: "Anna", language: "en" }).returning();
  [{ id: groupId } = { id: 0 }] = await db.insert(group).values({ name: "club" }).returning();
  await db.insert(member).values({ groupId, personId: ownerId });
  core = fork(join(import.meta.dirname, "core-process.ts"), [JSON.stringify(database.address)], {
    execArgv: ["--expose-gc"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  await heard();
});
afterAll(async () => {
  if (core.connected) core.disconnect();
  if (core.exitCode === null) await once(core, "exit");
  await database.close();
  rmSync(folder, { recursive: true, force: true });
  writeReport("scans");
});

interface Stage {
  place: Place;
  evil: EvilServer;
  job: ScanJob;
  wasLedAstray: () => boolean;
  end(): Promise<void>;
}

async function setUp(one: ScanCase): Promise<Stage> {
  count += 1;
  const host = `127.77.${Math.floor(count / 200)}.${10 + (count % 200)}`;
  const names = {
    username: `quokka-login-${count}`,
    password: `wombat-secret-${count}`,
    root: `/numbat-path-${count}`,
  };
  const home = join(folder, `${count}`);
  await mkdir(join(home, names.root, "sub"), { recursive: true });
  for (const path of ordinary) await writeFile(join(home, names.root, path), path);
  let visitors = 0;
  const trap = await listenRaw("127.0.0.1", 0, (socket) => {
    visitors += 1;
    socket.destroy();
  });
  const tls = one.tls && certificates[0] ? { tls: { ...certificates[0], mode: "explicit" as const } } : {};
  const users = [{ username: names.username, password: names.password, root: home }];
  const evil = await startServer({ address: host, users, ...tls });
  const place = { host, trap: { host: "127.0.0.1", port: trap.port }, certificates, ...names };
  const security = one.tls ? ("tls" as const) : ("plain" as const);
  const [row] = await database.db
    .insert(server)
    .values({ ownerId, label: `box ${count}`, security, state: "online" })
    .returning();
  const serverId = row?.id ?? 0;
  await database.db.insert(share).values({ groupId, serverId, name: `share ${count}`, path: "" });
  const limits = { durationMs: one.durationMs ?? usualMs, entries: one.entries ?? 1_000_000 };
  const pin = one.tls ? { fingerprint: certificates[0]?.fingerprint ?? "" } : {};
  const job = { serverId, host, port: evil.port, security, ...names, ...pin, ...limits };
  const end = async () => {
    await evil.close();
    await trap.close();
    await database.db.delete(server).where(eq(server.id, serverId));
  };
  return { place, evil, job, wasLedAstray: () => visitors > 0, end };
}

/** What the core says next. @throws when it ends instead: that is a crash */
async function heard(): Promise<unknown> {
  const ended = new AbortController();
  const crashed = once(core, "exit", { signal: ended.signal }).then(() => Promise.reject(new Error("the core ended")));
  try {
    const [message] = await Promise.race([once(core, "message"), crashed]);
    return message;
  } finally {
    ended.abort();
    crashed.catch(() => undefined);
  }
}

async function scanned(job: ScanJob): Promise<ScanAnswer> {
  await database.db
    .update(scan)
    .set({ dueAt: new Date(0), fullAt: null })
    .where(eq(scan.serverId, job.serverId));
  core.send(job);
  const answer = (await heard()) as ScanAnswer | { crash: string };
  if ("crash" in answer) throw new Error(answer.crash);
  return answer;
}

async function found(serverId: number): Promise<string[]> {
  const rows = await database.db
    .select({ path: directory.path, name: file.name })
    .from(file)
    .innerJoin(directory, eq(directory.id, file.directoryId))
    .where(eq(file.serverId, serverId));
  return rows.map(({ path, name }) => (path === "" ? name : `${path}/${name}`)).sort();
}

/** Every row of every table, as text. */
async function everyRow(): Promise<string> {
  const { sql } = database;
  const tables = await sql`select table_name as name from information_schema.tables where table_schema = 'public'`;
  const rows: string[] = [];
  for (const { name } of tables)
    for (const row of await sql`select t::text as text from ${sql(name)} t`) rows.push(row["text"]);
  return rows.join("\n");
}

/** Besides what the scan may take by its own bound: it is set up, and all rows are read for secrets afterwards. */
const aroundMs = 60_000;
const longestMs = Math.max(...scanCases.map((one) => one.durationMs ?? usualMs)) + aroundMs;

test.each(scanCases.map((one) => [one.id, one] as const))("%s", { timeout: longestMs }, async (id, one) => {
  const stage = await setUp(one);
  const { job, place, evil } = stage;
  try {
    expect((await scanned({ ...job, isFriendly: true })).scans).toBe(1);
    expect(await found(job.serverId)).toEqual(ordinary);
    await evil.turn(one.evil(place));
    const answer = await scanned(job);
    note({ id, where: one.where, longestBlockMs: answer.longestBlockMs, grownBytes: answer.grownBytes });
    const [row] = await database.db.select().from(scan).where(eq(scan.serverId, job.serverId));
    expect({ state: row?.state, problem: row?.problem, leaseUntil: row?.leaseUntil }).toEqual({
      state: one.state,
      problem: one.problem ?? null,
      leaseUntil: null,
    });
    const files = await found(job.serverId);
    if (one.finds) expect(files).toEqual([...one.finds].sort());
    else expect(files).toEqual(expect.arrayContaining(ordinary));
    expect(await miscounted(database.db)).toEqual([]);
    expect(answer.sockets).toBe(0);
    await expect.poll(() => evil.connections()).toBe(0);
    expect(stage.wasLedAstray()).toBe(false);
    if (one.asks) expect(evil.commands()).toContain(one.asks);
    const told = `${answer.log}\n${await everyRow()}`;
    for (const secret of [place.password, place.username, place.root, place.host]) expect(told).not.toContain(secret);
    expect(answer.longestBlockMs).toBeLessThan(longestTurnMs);
    expect(answer.grownBytes).toBeLessThan(mostMemoryBytes);
    note({ id, passed: true });
  } finally {
    await stage.end();
  }
});
