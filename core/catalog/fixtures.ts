// Tests only: a group of people with real FTP servers, real scans and a real database.
import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { eq } from "drizzle-orm";
import { createTestDatabase } from "../../test/database.ts";
import { createGroups } from "../groups/index.ts";
import { callerNamed, createMovableClock, groupRoom, privateRoom } from "../people/fixtures.ts";
import { createPeople } from "../people/index.ts";
import type { DatabaseOptions, Tx } from "../platform/db.ts";
import { openDatabase } from "../platform/db.ts";
import type { Caller } from "../platform/handler.ts";
import { group, member, room as roomTable, share } from "../schema/index.ts";
import type { StartedFtp } from "../servers/fixtures.ts";
import { createServersFixture, enrolServer, settingsFor, startFtp } from "../servers/fixtures.ts";
import { createShares } from "../shares/index.ts";
import type { ScanLimits } from "./index.ts";
import { createCatalog, createCatalogApi, createScanner, defaultScanLimits } from "./index.ts";
import type { Applied } from "./types.ts";

export type World = Awaited<ReturnType<typeof createWorld>>;
export type TestServer = Awaited<ReturnType<World["addServer"]>>;

const dayMs = 86_400_000;
let serverCount = 0;

/** @param connections of the pool, beside those of scans */
export async function createWorld(limits: Partial<ScanLimits> = {}, connections?: number) {
  const database = await createTestDatabase(connections);
  const { db } = database;
  const clock = createMovableClock();
  const people = createPeople({ db, clock });
  const groups = createGroups({ db });
  const fixture = createServersFixture(db, clock);
  const { servers } = fixture;
  const shares = createShares({ db, groups });
  const catalog = createCatalog({ db, clock, shares });
  const api = createCatalogApi({ catalog, db, clock, servers });
  const applied: Applied[] = [];
  const started: StartedFtp[] = [];
  const scannerDeps = {
    db,
    connect: (wish?: DatabaseOptions) => openDatabase(database.address, 1, wish),
    clock,
    open: servers.open,
    /** Introduces the server's shares, as announcements do: from then on new files are told. */
    onApplied: async (tx: Tx, one: Applied) => {
      applied.push(one);
      if (one.complete) await tx.update(share).set({ introducedAt: one.at }).where(eq(share.serverId, one.serverId));
    },
    log: fixture.log,
    limits: { ...defaultScanLimits, ...limits },
    random: () => 0.5,
  };
  const scanner = createScanner(scannerDeps);

  /** A person in the group `name` with its room; both are made when they are new. */
  async function joined(personName: string, groupName: string): Promise<Caller> {
    const room = groupRoom(groupName);
    const caller = await callerNamed(people, personName, room);
    const known = await groups.groupOfRoom(room);
    const id = known?.id ?? (await db.insert(group).values({ name: groupName }).returning())[0]?.id ?? 0;
    if (!known) await db.insert(roomTable).values({ ...room, groupId: id });
    await db.insert(member).values({ groupId: id, personId: caller.person.id }).onConflictDoNothing();
    return caller;
  }

  async function addServer(owner: Caller, over: Parameters<typeof startFtp>[0] = {}) {
    const ftp = await startFtp(over);
    started.push(ftp);
    const settings = settingsFor(ftp, { label: `Box ${++serverCount}` });
    const { id } = await enrolServer(fixture, { ...owner, room: privateRoom() }, settings);
    const put = (path: string, size = 10, ageMs = dayMs) => {
      const at = join(ftp.root, "share", path);
      mkdirSync(dirname(at), { recursive: true });
      writeFileSync(at, Buffer.alloc(size, 1));
      const time = new Date(clock.now().getTime() - ageMs);
      utimesSync(at, time, time);
    };
    /** Sets the time of a folder, which writing into it has moved. */
    const settle = (path: string, ageMs = dayMs) => {
      const time = new Date(clock.now().getTime() - ageMs);
      utimesSync(join(ftp.root, "share", path), time, time);
    };
    const drop = (path: string) => rmSync(join(ftp.root, "share", path), { recursive: true });
    return { id, ftp, put, settle, drop, label: settings.label };
  }

  async function addShare(owner: Caller, serverId: number, path: string, name: string) {
    const groupId = (await groups.groupOfRoom(owner.room))?.id ?? 0;
    return (await db.insert(share).values({ groupId, serverId, path, name }).returning())[0]?.id ?? 0;
  }

  return {
    ...{ database, db, clock, people, groups, servers, shares, catalog, api, applied, scanner, scannerDeps, limits },
    ...{ joined, addServer, addShare },
    /** Everything is due again; scans it. */
    async scan() {
      clock.pass(10 * dayMs);
      return scanner.scanDue(new AbortController().signal);
    },
    async close() {
      await scanner.settled();
      await servers.close();
      for (const ftp of started) await ftp.stop();
      await database.close();
    },
  };
}
