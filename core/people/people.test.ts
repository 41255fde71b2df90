// Recognising, linking, exporting and erasing people, on a real database.
import { randomBytes } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase } from "../../test/database.ts";
import type { Caller } from "../platform/handler.ts";
import {
  announcement,
  announcementMark,
  button,
  code,
  enrolment,
  group,
  lastList,
  member,
  message,
  outbox,
  person,
  pull,
  server,
  share,
  transfer,
} from "../schema/index.ts";
import { cleanDisplayName } from "./display-name.ts";
import { actorNamed, callerNamed, createMovableClock, groupRoom, openConnections, privateRoom } from "./fixtures.ts";
import { freeLabel } from "./free-label.ts";
import { createPeople, createPeopleApi, createRandomCode, hashCode } from "./index.ts";

const clock = createMovableClock();
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let people: ReturnType<typeof createPeople>;
let api: ReturnType<typeof createPeopleApi>;
const erased: unknown[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  people = createPeople({ db: database.db, clock });
  const beforeErase = async (_tx: unknown, ...who: unknown[]) => void erased.push(who);
  api = createPeopleApi({ db: database.db, clock, randomCode: createRandomCode(randomBytes), beforeErase });
});
afterAll(() => database.close());

let round = 0;
const named = (name: string, over = {}) =>
  callerNamed(people, name, privateRoom(), { userId: `${name}-${round}`, ...over });
let anna: Caller;
/** The same human on another platform, who came later. */
let anni: Caller;
beforeEach(async () => {
  round += 1;
  anna = await named("Anna");
  anni = await named("Anni", { platform: "telegram", language: "fr" });
});

const one = <T>(rows: T[]): T => {
  const [row] = rows;
  if (row === undefined) throw new Error("no row");
  return row;
};
const marked = (groupId: number) => ({ groupId, files: 1, bytes: 1 });
const addGroup = async (name: string) => one(await database.db.insert(group).values({ name }).returning()).id;
const addServer = async (owner: Caller, label: string) =>
  one(
    await database.db
      .insert(server)
      .values({ ownerId: owner.person.id, label, security: "tls", state: "online" })
      .returning(),
  ).id;
const linkTogether = async (from: Caller, to: Caller) => {
  const { code: text } = await api.linkCode(from, {});
  return api.link(to, { code: text });
};

describe("recognise", () => {
  test("makes a person once, even for two first words in the same moment", async () => {
    const actor = actorNamed("New", { userId: `new-${round}` });
    await openConnections(database.sql);
    const [first, ...others] = await Promise.all(Array.from({ length: 8 }, () => people.recognise(actor)));
    for (const other of others) expect(other).toEqual(first);
    const a = one([first].filter((person) => person !== undefined));
    expect(await people.identitiesOf(a.id)).toEqual([{ platform: "console", userId: `new-${round}` }]);
  });

  test("keeps name and language current, and two platforms apart", async () => {
    const later = await named("Anna", { displayName: "Anna B.", language: "fr" });
    expect(later.person).toEqual({ id: anna.person.id, displayName: "Anna B.", language: "fr" });
    expect(await people.find(anna.person.id)).toEqual(later.person);
    expect((await named("Anna", { platform: "discord" })).person.id).not.toBe(anna.person.id);
  });

  test("a hostile display name is cleaned", () => {
    expect(cleanDisplayName("  A\u202en\u200bn\u0000a\n ")).toBe("A n n a");
    expect(cleanDisplayName("\u202e")).toBe("?");
    expect([...cleanDisplayName("😀".repeat(100))]).toHaveLength(64);
  });
});

describe("codes", () => {
  test("every spelling of one code has one hash", () => {
    const spelled = ["K7QF-0M1D", "k7qf 0m1d", "K7QFOMLD", "k7qf-omid"].map(hashCode);
    expect(new Set(spelled).size).toBe(1);
    expect(hashCode("K7QF-0M1E")).not.toBe(spelled[0]);
  });

  test("use the whole alphabet that nobody misreads", () => {
    const all = createRandomCode((size) => Uint8Array.from({ length: size }, (_, n) => n * 36));
    expect(all()).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
  });
});

describe("link", () => {
  test("moves everything of the newer person to the older one, whoever asked", async () => {
    const [shared, only] = [await addGroup("Both"), await addGroup("Only Anni's")];
    await database.db.insert(member).values([
      { groupId: shared, personId: anna.person.id },
      { groupId: shared, personId: anni.person.id, role: "admin", joinedAt: new Date(0) },
      { groupId: only, personId: anni.person.id, platform: "telegram", roomId: "-100" },
    ]);
    await database.db.update(member).set({ platform: "telegram", roomId: "-200" }).where(eq(member.role, "admin"));
    const said = await database.db
      .insert(announcement)
      .values([marked(shared), marked(shared)])
      .returning();
    const [both = 0, onlyHers = 0] = said.map((row) => row.id);
    await database.db.insert(announcementMark).values([
      { announcementId: both, personId: anna.person.id, kind: "keep" },
      { announcementId: both, personId: anni.person.id, kind: "keep" },
      { announcementId: onlyHers, personId: anni.person.id, kind: "rate" },
    ]);
    const kept = await addServer(anna, "Box");
    const moved = await addServer(anni, "BOX");
    await database.db.insert(share).values({ groupId: shared, serverId: moved, name: "All", path: "" });
    await database.db
      .insert(enrolment)
      .values({ tokenHash: `t-${round}`, personId: anni.person.id, expiresAt: clock.now() });
    const base = { groupId: shared, destinationId: kept, title: "x" };
    const pulls = [
      { ...base, personId: anna.person.id, requestId: "same-request" },
      { ...base, personId: anni.person.id, requestId: "same-request" },
      { ...base, personId: anni.person.id, requestId: "other-request" },
    ];
    const made = await database.db.insert(pull).values(pulls).returning();
    const ends = {
      groupId: shared,
      sourceId: moved,
      destinationId: kept,
      sourcePath: "a",
      destinationPath: "a",
      sizeBytes: 1,
    };
    const rows = made.map((row) => ({ ...ends, pullId: row.id, personId: row.personId }));
    await database.db.insert(transfer).values(rows);
    for (const {
      person: { id },
    } of [anna, anni]) {
      await database.db.insert(lastList).values({ personId: id, platform: "console", roomId: "r", refs: [] });
    }
    expect(await linkTogether(anna, anni)).toEqual({ done: true });

    expect(await people.identitiesOf(anna.person.id)).toHaveLength(2);
    expect(await people.find(anni.person.id)).toBeUndefined();
    expect((await people.recognise(anni.actor)).id).toBe(anna.person.id);
    const labels = await database.db.select().from(server).where(eq(server.ownerId, anna.person.id)).orderBy(server.id);
    expect(labels.map((row) => row.label)).toEqual(["Box", "BOX (2)"]);
    const memberships = await database.db.select().from(member).where(eq(member.personId, anna.person.id));
    expect(memberships).toHaveLength(2);
    expect(memberships.find((row) => row.groupId === shared)).toMatchObject({ role: "admin", joinedAt: new Date(0) });
    expect(memberships.map((row) => row.roomId).sort()).toEqual(["-100", "-200"]);
    const marks = await database.db.select().from(announcementMark);
    expect(marks.map((row) => `${row.personId} ${row.kind}`).sort()).toEqual(
      ["keep", "rate"].map((kind) => `${anna.person.id} ${kind}`),
    );
    expect((await api.export(anna, {})).data).toMatchObject({ reactions: [{ kind: "keep" }, { kind: "rate" }] });
    const left = await database.db.select().from(pull).where(eq(pull.personId, anna.person.id));
    expect(left.map((row) => row.requestId).sort()).toEqual(["other-request", "same-request"]);
    const transfers = await database.db.select().from(transfer).where(eq(transfer.groupId, shared));
    expect(transfers.map((row) => row.personId)).toEqual([anna.person.id, anna.person.id]);
  });

  test("asked by the newer one, the older still stays", async () => {
    await linkTogether(anni, anna);
    expect(await people.find(anni.person.id)).toBeUndefined();
    expect(await people.identitiesOf(anna.person.id)).toHaveLength(2);
  });

  test("a code works once, for 15 minutes, for somebody else, and for nothing else", async () => {
    const { code: text } = await api.linkCode(anna, {});
    await expect(api.link(anna, { code: text })).rejects.toMatchObject({ code: "group.code-invalid" });
    await api.link(anni, { code: text });
    const eve = await named("Eve");
    await expect(api.link(eve, { code: text })).rejects.toMatchObject({ code: "group.code-invalid" });
    const late = await api.linkCode(anna, {});
    clock.pass(15 * 60_000);
    await expect(api.link(eve, { code: late.code })).rejects.toMatchObject({ code: "group.code-invalid" });
    const join = { hash: hashCode("AAAA-AAAA"), purpose: "join" as const, personId: anna.person.id, groupId: null };
    await database.db.insert(code).values({ ...join, expiresAt: new Date(clock.now().getTime() + 1e6) });
    await expect(api.link(eve, { code: "AAAA-AAAA" })).rejects.toMatchObject({ code: "group.code-invalid" });
  });

  test("both sides with each other's code in the same moment end as one person", async () => {
    const pairs = await Promise.all(
      Array.from({ length: 4 }, async (_, n) => [await named(`A${n}`), await named(`B${n}`)] as [Caller, Caller]),
    );
    const linkBothWays = async ([a, b]: [Caller, Caller]) => {
      const codes = [await api.linkCode(a, {}), await api.linkCode(b, {})].map((issued) => issued.code);
      return Promise.allSettled([api.link(b, { code: codes[0] ?? "" }), api.link(a, { code: codes[1] ?? "" })]);
    };
    for (const results of await Promise.all(pairs.map(linkBothWays))) {
      const refused = results.filter((result) => result.status === "rejected");
      expect(refused).toMatchObject([{ reason: { code: "group.code-invalid" } }]);
    }
    for (const [a] of pairs) expect(await people.identitiesOf(a.person.id)).toHaveLength(2);
  });

  test("labels that are free", () => {
    expect(freeLabel("Box", ["NAS"])).toBe("Box");
    expect(freeLabel("Box", ["box", "Box (2)"])).toBe("Box (3)");
    expect(freeLabel("x".repeat(64), ["x".repeat(64)])).toBe(`${"x".repeat(60)} (2)`);
  });
});

describe("hello", () => {
  test("tells what the next step depends on", async () => {
    const groupId = await addGroup("Club");
    const room = groupRoom(`club-${round}`);
    await database.sql`insert into room (platform, room_id, group_id, title) values ('console', ${room.roomId}, ${groupId}, '')`;
    const here = { ...anna, room };
    expect(await api.hello(here, {})).toEqual({
      name: "Anna",
      group: "Club",
      isMember: false,
      groups: [],
      servers: 0,
      shares: 0,
    });
    await database.db.insert(member).values({ groupId, personId: anna.person.id });
    const serverId = await addServer(anna, "Box");
    await database.db.insert(share).values({ groupId, serverId, name: "All", path: "" });
    expect(await api.hello(here, {})).toMatchObject({ isMember: true, groups: ["Club"], servers: 1, shares: 1 });
    expect(await api.hello(anna, {})).toMatchObject({ group: null, isMember: false, groups: ["Club"] });
    expect(await api.hello({ ...anni, room }, {})).toMatchObject({ group: "Club", isMember: false, shares: 0 });
  });
});

describe("export and erase", () => {
  test("export holds what is stored, and nothing sealed", async () => {
    const serverId = await addServer(anna, "Box");
    await database.sql`insert into server_secret (server_id, field, version, key_id, wrapped_key, sealed)
      values (${serverId}, 'host', 1, 'key-id', 'wrapped-bytes', 'sealed-bytes')`;
    const at = { platform: "console", userId: `Anna-${round}` };
    const room = { roomId: "club", kind: "group", title: "Club" };
    await database.db.insert(button).values([
      { ...at, id: `hers-${round}`, command: "/pull f3k9", room },
      { ...at, userId: "somebody", id: `theirs-${round}`, command: "/leave", room },
    ]);
    await database.db.insert(message).values({ ...at, key: `follow:p${round}`, chatId: "club", messageId: "7" });
    const { data } = await api.export(anna, {});
    expect(data).toMatchObject({
      buttons: [{ platform: "console", command: "/pull f3k9" }],
      messages: [{ platform: "console", chat: "club", message: "7" }],
      person: { name: "Anna", language: "en" },
      identities: [{ platform: "console" }],
      servers: [{ label: "Box" }],
      groups: [],
    });
    expect(JSON.stringify(data)).not.toMatch(/sealed|wrapped|key-id/);
  });

  test("erase leaves no row of the person, nor an event that names them", async () => {
    const groupId = await addGroup("Club");
    await database.db.insert(member).values({ groupId, personId: anna.person.id });
    await addServer(anna, "Box");
    await api.linkCode(anna, {});
    const telling = { kind: "member.joined", name: "Anna", group: "Club" };
    const keys = [anna, anni].map((caller) => `member.joined:${groupId}:${caller.person.id}:1`);
    await database.db.insert(outbox).values(keys.map((key) => ({ key, groupId, telling })));
    await api.erase(anna, {});
    expect(erased).toEqual([[anna.person.id, [{ platform: "console", userId: `Anna-${round}` }]]]);
    const left = await database.sql`
      select 'person' t from person where id = ${anna.person.id}
      union all select 'identity' from identity where person_id = ${anna.person.id}
      union all select 'server' from server where owner_id = ${anna.person.id}
      union all select 'member' from member where person_id = ${anna.person.id}
      union all select 'code' from code where person_id = ${anna.person.id}`;
    expect([...left]).toEqual([]);
    const told = await database.db.select().from(outbox).where(eq(outbox.groupId, groupId));
    expect(told.map((row) => row.key)).toEqual([keys[1]]);
    const again = await people.recognise(anna.actor);
    expect(again.id).not.toBe(anna.person.id);
    expect(await database.db.select().from(person).where(eq(person.id, again.id))).toHaveLength(1);
  });
});
