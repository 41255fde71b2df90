// Every rule about groups, through the API's handlers on a real database.
import { randomBytes } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Room } from "#contract";
import { createTestDatabase } from "../../test/database.ts";
import { callerNamed, createMovableClock, groupRoom, privateRoom } from "../people/fixtures.ts";
import { createPeople, createRandomCode } from "../people/index.ts";
import type { Caller, Handlers } from "../platform/handler.ts";
import { createSignals } from "../platform/signals.ts";
import { code, group, outbox, server, share } from "../schema/index.ts";
import { createGroups, createGroupsApi } from "./index.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let api: Handlers<typeof import("#contract").api.groups>;
let people: ReturnType<typeof createPeople>;
let groups: ReturnType<typeof createGroups>;
const clock = createMovableClock();

beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  people = createPeople({ db, clock });
  groups = createGroups({ db });
  api = createGroupsApi({ db, clock, groups, randomCode: createRandomCode(randomBytes) });
});
afterAll(() => database.close());

/** Every test speaks in a room of its own, with people of its own. */
let round = 0;
let room: Room;
let anna: Caller;
let ben: Caller;
const named = (name: string, at: Room = room) => callerNamed(people, name, at, { userId: `${name}-${round}` });
const inRoom = (caller: Caller, at: Room): Caller => ({ ...caller, room: at });

beforeEach(async () => {
  round += 1;
  clock.pass(1000);
  room = groupRoom(`room-${round}`);
  anna = await named("Anna");
  ben = await named("Ben");
});

const showing = (caller: Caller) => api.show(caller, {});
const memberNames = async (caller: Caller) => (await showing(caller)).members.map((one) => `${one.name} ${one.role}`);

describe("create", () => {
  test("binds the room and makes its maker the admin", async () => {
    expect(await api.create(anna, { name: "Club" })).toEqual({ name: "Club" });
    expect(await showing(anna)).toMatchObject({
      name: "Club",
      policy: "fxp",
      role: "admin",
      members: [{ name: "Anna", isYou: true }],
      rooms: [{ platform: "console", isHere: true }],
    });
    expect(await groups.groupOfRoom(room)).toMatchObject({ name: "Club" });
  });

  test("a bound room and a name of one's own are refused, and nothing stays behind", async () => {
    await api.create(anna, { name: "Club" });
    await expect(api.create(ben, { name: "Other" })).rejects.toMatchObject({
      code: "group.room-bound",
      params: { group: "Club" },
    });
    expect(await groups.membershipsOf(ben.person.id)).toEqual([]);
    await expect(api.create(inRoom(anna, groupRoom(`b-${round}`)), { name: "CLUB" })).rejects.toMatchObject({
      code: "group.name-taken",
    });
  });

  test("in private it binds no room", async () => {
    const at = privateRoom(`p-${round}`);
    await api.create(inRoom(anna, at), { name: "Family" });
    expect((await showing(inRoom(anna, at))).rooms).toEqual([]);
  });
});

describe("join", () => {
  test("the room's group, told once to its rooms", async () => {
    await api.create(anna, { name: "Club" });
    await api.join(ben, {});
    expect(await memberNames(anna)).toEqual(["Anna admin", "Ben member"]);
    const { groupId } = await groups.requireMember(ben.person, room);
    const told = await database.db.select().from(outbox).where(eq(outbox.groupId, groupId));
    expect(told.map((row) => row.telling)).toEqual([{ kind: "member.joined", name: "Ben", group: "Club" }]);
    await expect(api.join(ben, {})).rejects.toMatchObject({ code: "group.already-member" });
  });

  test("a room without a group, a private room without a code", async () => {
    await expect(api.join(ben, {})).rejects.toMatchObject({ code: "group.none-here" });
    await expect(api.join(inRoom(ben, privateRoom()), {})).rejects.toMatchObject({ code: "group.none-here" });
  });

  test("by a code, in any spelling, once", async () => {
    await api.create(anna, { name: "Club" });
    const { code: text } = await api.code(anna, { purpose: "join" });
    expect(text).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
    const at = privateRoom(`p-${round}`);
    const typed = text.toLowerCase().replace("-", " ").replaceAll("0", "o").replaceAll("1", "l");
    expect(await api.join(inRoom(ben, at), { code: typed })).toEqual({ name: "Club" });
    const carla = await named("Carla", at);
    await expect(api.join(carla, { code: text })).rejects.toMatchObject({ code: "group.code-invalid" });
  });

  test("two who use one code in the same moment: one gets in", async () => {
    await api.create(anna, { name: "Club" });
    const { code: text } = await api.code(anna, { purpose: "join" });
    const carla = await named("Carla");
    const results = await Promise.allSettled([api.join(ben, { code: text }), api.join(carla, { code: text })]);
    expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await memberNames(anna)).toHaveLength(2);
  });

  test("a member who tries a code does not use it up; an old one is refused; it is not stored in the clear", async () => {
    await api.create(anna, { name: "Club" });
    const { code: text } = await api.code(anna, { purpose: "join" });
    await expect(api.join(anna, { code: text })).rejects.toMatchObject({ code: "group.already-member" });
    expect(JSON.stringify(await database.db.select().from(code))).not.toContain(text.replace("-", "").slice(0, 6));
    clock.pass(24 * 60 * 60_000);
    await expect(api.join(ben, { code: text })).rejects.toMatchObject({ code: "group.code-invalid" });
  });

  test("a code for rooms lets nobody in", async () => {
    await api.create(anna, { name: "Club" });
    const { code: text } = await api.code(anna, { purpose: "room" });
    await expect(api.join(ben, { code: text })).rejects.toMatchObject({ code: "group.code-invalid" });
  });
});

describe("rooms", () => {
  test("a second room is bound by a code and shows the same group", async () => {
    await api.create(anna, { name: "Club" });
    const { code: text } = await api.code(anna, { purpose: "room" });
    const second = groupRoom(`second-${round}`, { platform: "telegram", title: "Tele" });
    await api.bind(inRoom(ben, second), { code: text });
    await api.join(inRoom(ben, second), {});
    expect((await showing(anna)).rooms).toEqual([
      expect.objectContaining({ isHere: true }),
      { platform: "telegram", title: "Tele", isHere: false },
    ]);
  });

  test("a bound room is not bound again, and the code stays usable", async () => {
    await api.create(anna, { name: "Club" });
    const other = groupRoom(`other-${round}`);
    await api.create(inRoom(ben, other), { name: "Other" });
    const { code: text } = await api.code(anna, { purpose: "room" });
    await expect(api.bind(inRoom(ben, other), { code: text })).rejects.toMatchObject({
      code: "group.room-bound",
      params: { group: "Other" },
    });
    await expect(api.bind(inRoom(ben, privateRoom()), { code: text })).rejects.toMatchObject({
      code: "request.invalid",
    });
    await api.bind(inRoom(ben, groupRoom(`third-${round}`)), { code: text });
  });

  test("is taken out by an admin of the group, or of the room who is no member; by nobody else", async () => {
    await api.create(anna, { name: "Club" });
    await api.join(ben, {});
    const carla = await named("Carla");
    await expect(api.unbind(ben, {})).rejects.toMatchObject({ code: "group.admin-only" });
    await expect(api.unbind(carla, {})).rejects.toMatchObject({ code: "group.not-a-member" });
    expect(await api.unbind(inRoom(carla, { ...room, isAdmin: true }), {})).toEqual({ name: "Club" });
    await expect(showing(anna)).rejects.toMatchObject({ code: "group.none-here" });
    expect(await showing(inRoom(anna, privateRoom()))).toMatchObject({ name: "Club" });
  });
});

describe("who may see and change", () => {
  test("somebody else sees nothing of the group", async () => {
    await api.create(anna, { name: "Club" });
    await expect(showing(ben)).rejects.toMatchObject({ code: "group.not-a-member" });
    await expect(showing(inRoom(ben, privateRoom()))).rejects.toMatchObject({ code: "group.none-here" });
    expect(await api.mine(inRoom(ben, privateRoom()), {})).toEqual({ groups: [] });
  });

  test("a member changes nothing, the room's admin does, and being alone in private makes no admin", async () => {
    await api.create(anna, { name: "Club" });
    await api.join(ben, {});
    const attempts = (caller: Caller) => [
      api.code(caller, { purpose: "join" }),
      api.setPolicy(caller, { policy: "fxp-tls-only" }),
      api.removeMember(caller, { name: "Anna" }),
    ];
    for (const caller of [ben, inRoom(ben, privateRoom())]) {
      for (const attempt of await Promise.allSettled(attempts(caller))) {
        expect(attempt).toMatchObject({ status: "rejected", reason: { code: "group.admin-only" } });
      }
    }
    const roomAdmin = inRoom(ben, { ...room, isAdmin: true });
    expect(await api.setPolicy(roomAdmin, { policy: "fxp-tls-only" })).toEqual({ policy: "fxp-tls-only" });
    expect(await showing(anna)).toMatchObject({ policy: "fxp-tls-only" });
  });

  test("in private with two groups one must say which: neither is shown", async () => {
    await api.create(anna, { name: "Club" });
    await api.create(inRoom(anna, privateRoom()), { name: "Family" });
    await expect(showing(inRoom(anna, privateRoom()))).rejects.toMatchObject({ code: "group.none-here" });
    expect(await api.mine(inRoom(anna, privateRoom()), {})).toEqual({ groups: [{ name: "Club" }, { name: "Family" }] });
  });
});

describe("leave", () => {
  test("the last admin's place goes to the oldest member, and running work is told to look", async () => {
    await api.create(anna, { name: "Club" });
    clock.pass(1000);
    await api.join(ben, {});
    clock.pass(1000);
    await api.join(await named("Carla"), {});
    const signals = createSignals(database.sql);
    const connected = Promise.withResolvers<void>();
    const told = Promise.withResolvers<void>();
    signals.on("queue", connected.resolve);
    await connected.promise;
    signals.on("rights", told.resolve);
    await api.leave(anna, {});
    await told.promise;
    await signals.close();
    expect(await memberNames(ben)).toEqual(["Ben admin", "Carla member"]);
    await expect(showing(anna)).rejects.toMatchObject({ code: "group.not-a-member" });
  });

  test("another admin stays the admin", async () => {
    await api.create(anna, { name: "Club" });
    await api.join(ben, {});
    await api.leave(ben, {});
    expect(await memberNames(anna)).toEqual(["Anna admin"]);
  });

  test("the last one ends the group, its rooms and codes", async () => {
    await api.create(anna, { name: "Club" });
    const { code: text } = await api.code(anna, { purpose: "room" });
    const { groupId } = await groups.requireMember(anna.person, room);
    await api.leave(anna, {});
    expect(await database.db.select().from(group).where(eq(group.id, groupId))).toEqual([]);
    await expect(api.bind(ben, { code: text })).rejects.toMatchObject({ code: "group.code-invalid" });
    await api.create(ben, { name: "New" });
  });

  test("both members at once: no group is left without an admin or as a husk", async () => {
    await api.create(anna, { name: "Club" });
    await api.join(ben, {});
    const { groupId } = await groups.requireMember(anna.person, room);
    await Promise.all([api.leave(anna, {}), api.leave(ben, {})]);
    expect(await database.db.select().from(group).where(eq(group.id, groupId))).toEqual([]);
  });

  test("takes the shares of this group along, those of another group stay", async () => {
    await api.create(anna, { name: "Club" });
    await api.join(ben, {});
    const other = groupRoom(`other-${round}`);
    await api.create(inRoom(ben, other), { name: "Other" });
    const club = await groups.requireMember(ben.person, room);
    const mine = await groups.requireMember(ben.person, other);
    const [box] = await database.db
      .insert(server)
      .values({ ownerId: ben.person.id, label: "box", security: "tls", state: "online" })
      .returning();
    if (!box) throw new Error("no server");
    const rows = [club, mine].map(({ groupId }) => ({ groupId, serverId: box.id, name: "All", path: "" }));
    await database.db.insert(share).values(rows);
    await api.leave(ben, {});
    const left = await database.db.select().from(share).where(eq(share.serverId, box.id));
    expect(left.map((row) => row.groupId)).toEqual([mine.groupId]);
  });
});

describe("remove a member", () => {
  test("by the name that the group sees, also the second of two with the same name", async () => {
    await api.create(anna, { name: "Club" });
    await api.join(ben, {});
    clock.pass(1000);
    const second = await callerNamed(people, "ben", room, { userId: `second-${round}` });
    await api.join(second, {});
    expect(await memberNames(anna)).toEqual(["Anna admin", "Ben member", "ben (2) member"]);
    await api.removeMember(anna, { name: "BEN (2)" });
    await expect(showing(second)).rejects.toMatchObject({ code: "group.not-a-member" });
    expect(await memberNames(anna)).toEqual(["Anna admin", "Ben member"]);
    await expect(api.removeMember(anna, { name: "Nobody" })).rejects.toMatchObject({ code: "group.member-unknown" });
  });
});
