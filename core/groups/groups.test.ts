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
import { code, group, identity, member, outbox, room as roomTable, server, share } from "../schema/index.ts";
import { createGroups, createGroupsApi } from "./index.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let api: Handlers<typeof import("#contract").api.groups>;
let people: ReturnType<typeof createPeople>;
let groups: ReturnType<typeof createGroups>;
const clock = createMovableClock();
/** What a feature on the right was told of rooms that moved. */
const moved: string[][] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  people = createPeople({ db, clock });
  groups = createGroups({ db });
  const afterMove = [async (_: unknown, ...ids: string[]) => void moved.push(ids)];
  api = createGroupsApi({ db, clock, groups, randomCode: createRandomCode(randomBytes), afterMove });
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
      news: "full",
      quiet: null,
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

  test("again in the same room it answers like the first time, also in the same moment", async () => {
    const name = "Club";
    const answers = await Promise.all(Array.from({ length: 4 }, () => api.create(anna, { name })));
    expect(answers).toEqual(Array(4).fill({ name }));
    expect(await api.create(anna, { name: "CLUB" })).toEqual({ name });
    expect(await groups.membershipsOf(anna.person.id)).toHaveLength(1);
    await expect(api.create(ben, { name })).rejects.toMatchObject({ code: "group.room-bound" });
    await expect(api.create(anna, { name: "Other" })).rejects.toMatchObject({ code: "group.room-bound" });
  });

  test("only who runs the room makes a group of it or binds it; on the console nobody does", async () => {
    const tele = inRoom(anna, groupRoom(`tele-${round}`, { platform: "telegram" }));
    await expect(api.create(tele, { name: "Club" })).rejects.toMatchObject({ code: "room.admin-only" });
    await api.create(anna, { name: "Club" });
    const { code: text } = await api.code(anna, { purpose: "room" });
    await expect(api.bind(tele, { code: text })).rejects.toMatchObject({ code: "room.admin-only" });
    await api.bind(inRoom(anna, { ...tele.room, isAdmin: true }), { code: text });
    await api.create(inRoom(anna, privateRoom(`p-${round}`, { isAdmin: false })), { name: "Family" });
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
    const second = groupRoom(`second-${round}`, { platform: "telegram", title: "Tele", isAdmin: true });
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
    const { groups: own } = await api.mine(inRoom(anna, privateRoom()), {});
    expect(own.map((one) => one.name)).toEqual(["Club", "Family"]);
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

describe("news", () => {
  test("how much and when not, as an admin says", async () => {
    await api.create(anna, { name: "Club" });
    await api.join(ben, {});
    const quiet = { from: "22:00", to: "07:00", zone: "Europe/Paris" };
    expect(await api.setNews(anna, { news: "folders" })).toEqual({ news: "folders" });
    expect(await api.setQuiet(anna, { quiet })).toEqual({ quiet });
    expect(await showing(ben)).toMatchObject({ news: "folders", quiet });
    const { groupId } = await groups.requireMember(anna.person, room);
    expect(await groups.newsOf(database.db, groupId)).toEqual({ news: "folders", quiet });
    await expect(api.setNews(ben, { news: "off" })).rejects.toMatchObject({ code: "group.admin-only" });
    await expect(api.setQuiet(ben, { quiet: null })).rejects.toMatchObject({ code: "group.admin-only" });
    await expect(api.setQuiet(anna, { quiet: { ...quiet, zone: "Mars" } })).rejects.toMatchObject({
      code: "request.invalid",
      params: { field: "zone" },
    });
    expect(await api.setQuiet(anna, { quiet: null })).toEqual({ quiet: null });
    expect(await showing(ben)).toMatchObject({ news: "folders", quiet: null });
    await database.db.delete(group).where(eq(group.id, groupId));
    expect(await groups.newsOf(database.db, groupId)).toEqual({ news: "off", quiet: null });
  });
});

describe("threads", () => {
  const threadOf = (parent: Room, over: Partial<Room> = {}) =>
    groupRoom(`${parent.roomId}:7`, { title: "Topic", parentId: parent.roomId, ...over });
  const settled = async (caller: Caller, spokenIn: Room): Promise<Caller> => ({
    ...caller,
    room: await groups.settleRoom(spokenIn),
    spokenIn,
  });

  test("count as their room when that is bound, as themselves when they are bound or nothing is", async () => {
    const thread = threadOf(room, { isAdmin: true });
    expect(await groups.settleRoom(thread)).toEqual(thread);
    await api.create(anna, { name: "Club" });
    expect(await groups.settleRoom(thread)).toEqual({ ...room, title: "Topic", isAdmin: true });
    expect(await showing(await settled(anna, thread))).toMatchObject({ name: "Club", rooms: [{ isHere: true }] });
    await api.create(await settled(anna, thread), { name: "Inner" });
    expect(await groups.settleRoom(thread)).toEqual(thread);
    expect(await showing(await settled(anna, thread))).toMatchObject({ name: "Inner" });
    expect(await showing(anna)).toMatchObject({ name: "Club" });
    expect(await groups.settleRoom(room)).toBe(room);
    expect(await groups.settleRoom({ ...thread, platform: "discord" })).toMatchObject({ roomId: thread.roomId });
  });

  test("are bound by a code as themselves, with their room and in the language of who binds them", async () => {
    await api.create(anna, { name: "Club" });
    const { code: text } = await api.code(anna, { purpose: "room" });
    const french = await callerNamed(people, "Ben", room, { userId: `Ben-${round}`, language: "fr" });
    await api.bind(await settled(french, threadOf(room)), { code: text });
    const rows = await database.db.select().from(roomTable).where(eq(roomTable.title, "Topic"));
    expect(rows.find((row) => row.parentId === room.roomId)).toMatchObject({
      roomId: `${room.roomId}:7`,
      language: "fr",
    });
    const [parent] = await database.db.select().from(roomTable).where(eq(roomTable.roomId, room.roomId));
    expect(parent).toMatchObject({ parentId: null, language: "en" });
  });
});

describe("the room somebody joined in", () => {
  const roomsOf = async (caller: Caller) => (await api.mine(caller, {})).groups;
  const at = () => ({ platform: "console", roomId: room.roomId });

  test("is where they made or joined the group, nowhere for a code in private", async () => {
    await api.create(anna, { name: "Club" });
    await api.join(ben, {});
    const invite = async () => ({ code: (await api.code(anna, { purpose: "join" })).code });
    const carla = await named("Carla", privateRoom(`p-${round}`));
    const dora = await named("Dora", groupRoom(`elsewhere-${round}`));
    await api.create(inRoom(anna, dora.room), { name: "Elsewhere" });
    const emil = await named("Emil");
    for (const caller of [carla, dora, emil]) await api.join(caller, await invite());
    for (const caller of [ben, emil]) expect(await roomsOf(caller)).toEqual([{ name: "Club", room: at() }]);
    expect(await roomsOf(anna)).toEqual([
      { name: "Club", room: at() },
      { name: "Elsewhere", room: { ...at(), roomId: dora.room.roomId } },
    ]);
    for (const caller of [carla, dora]) expect(await roomsOf(caller)).toEqual([{ name: "Club", room: null }]);
    const [membership] = await database.db.select().from(member).where(eq(member.personId, dora.person.id));
    expect(membership).toMatchObject({ platform: null, roomId: null });
  });

  test("is forgotten while that room is another group's", async () => {
    await api.create(anna, { name: "Club" });
    await api.unbind(anna, {});
    await api.create(ben, { name: "New" });
    expect(await roomsOf(anna)).toEqual([{ name: "Club", room: null }]);
    const { rooms } = await api.watched({ platform: "console" }, {});
    expect(rooms.find((one) => one.roomId === room.roomId)).toMatchObject({ userIds: [`Ben-${round}`] });
  });

  test("is the one they bind, for somebody whom no room let in", async () => {
    await api.create(inRoom(anna, privateRoom()), { name: "Club" });
    const { code: text } = await api.code(inRoom(anna, privateRoom()), { purpose: "room" });
    await api.bind(anna, { code: text });
    expect(await roomsOf(anna)).toEqual([{ name: "Club", room: at() }]);
    await api.unbind(anna, {});
    expect(await roomsOf(anna)).toEqual([{ name: "Club", room: null }]);
  });
});

describe("what a bot tells of its rooms", () => {
  const bot = { platform: "console" } as const;
  const watched = async () => (await api.watched(bot, {})).rooms.filter((one) => one.roomId.includes(`-${round}`));
  const inThread = (caller: Caller) =>
    inRoom(caller, groupRoom(`${room.roomId}:7`, { title: "Topic", parentId: room.roomId }));

  test("watches who joined in a bound room, under the accounts they have there", async () => {
    await api.create(anna, { name: "Club" });
    await api.join(ben, {});
    await api.create(inThread(ben), { name: "Inner" });
    const { code: text } = await api.code(anna, { purpose: "join" });
    await api.join(await named("Carla", privateRoom(`p-${round}`)), { code: text });
    const other = { platform: "discord", userId: `ben-${round}`, personId: ben.person.id };
    await database.db.insert(identity).values(other);
    expect(await watched()).toEqual([
      { roomId: room.roomId, parentId: null, title: room.title, userIds: [`Anna-${round}`, `Ben-${round}`] },
      { roomId: `${room.roomId}:7`, parentId: room.roomId, title: "Topic", userIds: [`Ben-${round}`] },
    ]);
    expect((await api.watched({ platform: "discord" }, {})).rooms).toEqual([]);
  });

  test("a room that is gone is unbound with its threads; its members stay members", async () => {
    await api.create(anna, { name: "Club" });
    await api.create(inThread(ben), { name: "Inner" });
    expect(await api.roomGone({ platform: "discord" }, { roomId: room.roomId })).toEqual({ unbound: 0 });
    expect(await api.roomGone(bot, { roomId: room.roomId })).toEqual({ unbound: 2 });
    expect(await api.roomGone(bot, { roomId: room.roomId })).toEqual({ unbound: 0 });
    expect(await watched()).toEqual([]);
    expect(await groups.membershipsOf(anna.person.id)).toHaveLength(1);
  });

  test("whoever leaves the room leaves its group and those of its threads, no other, and once", async () => {
    await api.create(anna, { name: "Club" });
    await api.join(ben, {});
    await api.create(inThread(ben), { name: "Inner" });
    await api.create(inRoom(ben, groupRoom(`other-${round}`)), { name: "Other" });
    const gone = { roomId: room.roomId, userId: `Ben-${round}` };
    expect(await api.memberGone({ platform: "telegram" }, gone)).toEqual({ groups: [] });
    expect(await api.memberGone(bot, gone)).toEqual({ groups: ["Club", "Inner"] });
    expect((await groups.membershipsOf(ben.person.id)).map((own) => own.groupName)).toEqual(["Other"]);
    expect(await memberNames(anna)).toEqual(["Anna admin"]);
    expect(await api.memberGone(bot, gone)).toEqual({ groups: [] });
  });

  test("a stranger who leaves stays a stranger", async () => {
    await api.create(anna, { name: "Club" });
    const userId = `stranger-${round}`;
    expect(await api.memberGone(bot, { roomId: room.roomId, userId })).toEqual({ groups: [] });
    expect(await database.db.select().from(identity).where(eq(identity.userId, userId))).toEqual([]);
  });

  test("a room with a new id keeps its group, threads and members, also when it is told twice", async () => {
    await api.create(anna, { name: "Club" });
    await api.create(inThread(ben), { name: "Inner" });
    const to = `moved-${round}`;
    moved.splice(0);
    for (const _ of ["once", "again"]) await api.roomMoved(bot, { from: room.roomId, to });
    expect(await watched()).toEqual([
      { roomId: to, parentId: null, title: room.title, userIds: [`Anna-${round}`] },
      { roomId: `${to}:7`, parentId: to, title: "Topic", userIds: [`Ben-${round}`] },
    ]);
    expect(await showing(inRoom(anna, { ...room, roomId: to }))).toMatchObject({ name: "Club" });
    expect(moved).toEqual(Array(2).fill(["console", room.roomId, to]));
    await api.roomMoved(bot, { from: to, to });
    expect(await watched()).toHaveLength(2);
  });

  test("a room that was bound anew under its new id stays so", async () => {
    await api.create(anna, { name: "Club" });
    const to = groupRoom(`moved-${round}`);
    await api.create(inRoom(ben, to), { name: "New" });
    await api.roomMoved(bot, { from: room.roomId, to: to.roomId });
    expect(await groups.groupOfRoom(to)).toMatchObject({ name: "New" });
    expect(await groups.groupOfRoom(room)).toBeUndefined();
  });
});
