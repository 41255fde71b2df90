// Who sees which share, and when it is gone: on a real database and a real FTP server.
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Room } from "#contract";
import { createTestDatabase } from "../../test/database.ts";
import { createGroups, createGroupsApi } from "../groups/index.ts";
import { callerNamed, createMovableClock, groupRoom, openConnections, privateRoom } from "../people/fixtures.ts";
import { createPeople, createRandomCode } from "../people/index.ts";
import type { Caller } from "../platform/handler.ts";
import { directory, member, scan } from "../schema/index.ts";
import type { StartedFtp } from "../servers/fixtures.ts";
import { createServersFixture, enrolServer, settingsFor, startFtp } from "../servers/fixtures.ts";
import type { ServerRow } from "../servers/index.ts";
import { createShares, createSharesApi } from "./index.ts";

const clock = createMovableClock();
let parts: Awaited<ReturnType<typeof build>>;
let ftp: StartedFtp;

async function build() {
  const database = await createTestDatabase();
  const { db } = database;
  const people = createPeople({ db, clock });
  const groups = createGroups({ db });
  const groupsApi = createGroupsApi({ db, clock, groups, randomCode: createRandomCode(randomBytes) });
  const fixture = createServersFixture(db, clock);
  const shares = createShares({ db, groups });
  const api = createSharesApi({ db, clock, groups, servers: fixture.servers, shares });
  return { database, db, people, groups, groupsApi, fixture, shares, api };
}

beforeAll(async () => {
  parts = await build();
  ftp = await startFtp();
  for (const folder of ["Photos/2024", "Music"]) mkdirSync(join(ftp.root, "share", folder), { recursive: true });
});
afterAll(async () => {
  parts.fixture.servers.close();
  await ftp.stop();
  await parts.database.close();
});

let round = 0;
let club: Room;
let anna: Caller;
let ben: Caller;
let box: ServerRow;
const named = (name: string, at: Room = club) => callerNamed(parts.people, name, at, { userId: `${name}-${round}` });
const inRoom = (caller: Caller, at: Room): Caller => ({ ...caller, room: at });

/** Anna (with a server) and Ben in one group. */
beforeEach(async () => {
  round += 1;
  club = groupRoom(`club-${round}`);
  anna = await named("Anna");
  ben = await named("Ben");
  await parts.groupsApi.create(anna, { name: "Club" });
  await parts.groupsApi.join(ben, {});
  box = await enrolServer(parts.fixture, anna, settingsFor(ftp));
});

const add = (caller: Caller, path: string, name?: string) => parts.api.add(caller, { path, ...(name ? { name } : {}) });
const names = async (caller: Caller) => (await parts.shares.visible(caller.person, caller.room)).map((one) => one.name);
const mayBenSee = async (path = "Photos/2024") => {
  const [membership] = await parts.groups.membershipsOf(ben.person.id);
  return (await parts.shares.sight(ben.person.id, membership?.groupId ?? 0))(box.id, path);
};

describe("add", () => {
  test("a folder under its own name, the whole under the server's", async () => {
    expect(await add(anna, "/Photos/")).toEqual({ name: "Photos" });
    expect(await names(ben)).toEqual(["Photos"]);
    await parts.api.remove(anna, { name: "photos" });
    expect(await add(anna, "")).toEqual({ name: "Box" });
  });

  test("a folder that is not there, or points out of the share folder", async () => {
    for (const path of ["Nowhere", "..", "../inbox", "Photos/../../inbox"]) {
      await expect(add(anna, path)).rejects.toMatchObject({ code: "share.path-missing" });
    }
    expect(await names(ben)).toEqual([]);
  });

  test("names are one's own in a group; folders do not overlap", async () => {
    await add(anna, "Photos");
    await expect(add(anna, "Music", "PHOTOS")).rejects.toMatchObject({ code: "share.name-taken" });
    for (const path of ["Photos", "Photos/2024", ""]) {
      await expect(add(anna, path, "Other")).rejects.toMatchObject({
        code: "share.path-shared",
        params: { name: "Photos" },
      });
    }
    await add(anna, "Music");
  });

  test("adds of one name in the same moment make one share", async () => {
    await openConnections(parts.database.sql);
    // Sessions are ready, so that all get to the decision at once.
    const warm = await Promise.all([1, 2, 3, 4].map(() => parts.fixture.servers.open(box.id, { use: "files" })));
    for (const { release } of warm) release("keep");
    const tries = ["One", "one", "ONE", "oNe"].map((name, n) => add(anna, n % 2 ? "Photos" : "Music", name));
    const results = await Promise.allSettled(tries);
    const refused = results.filter((one) => one.status === "rejected");
    expect(refused).toMatchObject(Array(3).fill({ reason: { code: "share.name-taken" } }));
  });

  test("from a private room with one of the person's groups, by name", async () => {
    const others = groupRoom(`film-${round}`);
    await parts.groupsApi.create(inRoom(anna, others), { name: "Film" });
    const inPrivate = inRoom(anna, privateRoom());
    await expect(parts.api.add(inPrivate, { path: "Music" })).rejects.toMatchObject({ code: "group.none-here" });
    expect(await parts.api.add(inPrivate, { path: "Music", group: "film" })).toEqual({ name: "Music" });
    expect(await names(inRoom(anna, others))).toEqual(["Music"]);
    expect(await names(anna)).toEqual([]);
    // The room's own group does not count when another one is named.
    await parts.api.add(anna, { path: "Photos", group: "FILM" });
    expect(await names(anna)).toEqual([]);
    await named("Carla").then((carla) =>
      parts.groupsApi.create(inRoom(carla, groupRoom(`s-${round}`)), { name: "Secret" }),
    );
    for (const group of ["Secret", "Nowhere"]) {
      await expect(parts.api.add(inPrivate, { path: "Music", group })).rejects.toMatchObject({
        code: "group.not-a-member",
        params: { group },
      });
    }
  });

  test("only a member shares, only from a server of their own that works", async () => {
    const carla = await named("Carla");
    await enrolServer(parts.fixture, carla, settingsFor(ftp));
    await expect(add(carla, "Music")).rejects.toMatchObject({ code: "group.not-a-member" });
    await expect(add(ben, "Music")).rejects.toMatchObject({ code: "server.none" });
    await expect(parts.api.add(ben, { server: "Box", path: "Music" })).rejects.toMatchObject({
      code: "server.unknown",
    });
    await parts.fixture.api.pause(anna, {});
    await expect(add(anna, "Music")).rejects.toMatchObject({ code: "server.paused", params: { server: "Box" } });
  });

  test("a server that is scanned already is due again at once", async () => {
    const later = new Date(clock.now().getTime() + 3_600_000);
    await parts.db.insert(scan).values({ serverId: box.id, dueAt: later, intervalMs: 1 });
    await add(anna, "Music");
    const [row] = await parts.db.select().from(scan).where(eq(scan.serverId, box.id));
    expect(row?.dueAt.getTime()).toBeLessThanOrEqual(clock.now().getTime());
  });
});

describe("who sees a share", () => {
  beforeEach(() => add(anna, "Photos"));

  test("members in the group's room and in private; nobody else anywhere", async () => {
    const carla = await named("Carla");
    expect(await names(ben)).toEqual(["Photos"]);
    expect(await names(inRoom(ben, privateRoom()))).toEqual(["Photos"]);
    expect(await names(carla)).toEqual([]);
    expect(await names(inRoom(carla, privateRoom()))).toEqual([]);
    expect(await names(inRoom(ben, groupRoom("unbound")))).toEqual([]);
    expect((await parts.api.list(carla, {})).shares).toEqual([]);
    expect(await mayBenSee()).toBe(true);
  });

  test("another group's room shows nothing of it, although its members are the same people", async () => {
    const other = groupRoom(`other-${round}`);
    await parts.groupsApi.create(inRoom(anna, other), { name: "Other" });
    await parts.groupsApi.join(inRoom(ben, other), {});
    expect(await names(inRoom(ben, other))).toEqual([]);
    expect(await names(inRoom(anna, other))).toEqual([]);
    const { groupId } = await parts.groups.requireMember(ben.person, other);
    expect((await parts.shares.sight(ben.person.id, groupId))(box.id, "Photos")).toBe(false);
  });

  test("only what lies below it", async () => {
    expect(await mayBenSee("Photos")).toBe(true);
    for (const path of ["", "Music", "Photos2", "Photos/../Music", "../inbox"])
      expect(await mayBenSee(path)).toBe(false);
  });

  const gone: [string, () => Promise<unknown>][] = [
    ["the owner leaves", () => parts.groupsApi.leave(anna, {})],
    ["the reader leaves", () => parts.groupsApi.leave(ben, {})],
    ["the reader is removed", () => parts.groupsApi.removeMember(anna, { name: "Ben" })],
    ["the share is removed", () => parts.api.remove(anna, { name: "Photos" })],
    ["the server is removed", () => parts.fixture.api.remove(anna, { server: "Box" })],
  ];
  test.each(gone)("%s: gone at once", async (_name, act) => {
    const [membership] = await parts.groups.membershipsOf(anna.person.id);
    await act();
    expect(await names(ben)).toEqual([]);
    expect(await names(inRoom(ben, privateRoom()))).toEqual([]);
    const sees = await parts.shares.sight(ben.person.id, membership?.groupId ?? 0);
    expect(sees(box.id, "Photos/2024")).toBe(false);
  });

  test("an owner who is no member shows nothing, whatever rows are left", async () => {
    await parts.db.delete(member).where(eq(member.personId, anna.person.id));
    expect(await names(ben)).toEqual([]);
    expect(await mayBenSee()).toBe(false);
  });

  test("a paused server's share stays visible", async () => {
    await parts.fixture.api.pause(anna, {});
    expect(await names(ben)).toEqual(["Photos"]);
  });

  test("coming back to the group does not bring an old share back", async () => {
    await parts.groupsApi.leave(anna, {});
    await parts.groupsApi.join(anna, {});
    expect(await names(ben)).toEqual([]);
  });
});

describe("list", () => {
  test("counts what the catalog holds below each share, and tells the server to its owner only", async () => {
    await add(anna, "Photos");
    await add(anna, "Music");
    const folders = ["Photos", "Photos/2024", "Photos2"].map((path) => ({ path, files: 1, bytes: 100 }));
    await parts.db.insert(directory).values(folders.map((one) => ({ serverId: box.id, ...one })));
    const forAnna = (await parts.api.list(anna, {})).shares;
    expect(forAnna).toMatchObject([
      { name: "Music", files: 0, bytes: 0, server: "Box", isYours: true },
      { name: "Photos", files: 2, bytes: 200, owner: "Anna", scannedAt: null },
    ]);
    expect((await parts.api.list(ben, {})).shares).toMatchObject([{ server: null, isYours: false }, { server: null }]);
    expect(JSON.stringify(await parts.api.list(ben, {}))).not.toContain("Box");
  });
});

describe("remove", () => {
  test("by the owner or an admin of the group, by nobody else", async () => {
    await add(anna, "Photos");
    await expect(parts.api.remove(ben, { name: "Photos" })).rejects.toMatchObject({ code: "group.admin-only" });
    await expect(parts.api.remove(inRoom(ben, privateRoom()), { name: "Photos" })).rejects.toMatchObject({
      code: "group.admin-only",
    });
    await expect(parts.api.remove(ben, { name: "Nothing" })).rejects.toMatchObject({ code: "share.unknown" });
    const roomAdmin = inRoom(ben, { ...club, isAdmin: true });
    expect(await parts.api.remove(roomAdmin, { name: "photos" })).toEqual({ name: "Photos" });
  });
});
