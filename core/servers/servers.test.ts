// Servers from the link to the session: a real database, real FTP servers that misbehave on demand.
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase } from "../../test/database.ts";
import { callerNamed, createMovableClock, privateRoom } from "../people/fixtures.ts";
import { createPeople } from "../people/index.ts";
import type { Caller } from "../platform/handler.ts";
import { Secret } from "../platform/secret.ts";
import { enrolment, outbox, server, serverSecret } from "../schema/index.ts";
import { createServersFixture, enrolServer, randomToken, settingsFor, startFtp } from "./fixtures.ts";
import type { Servers } from "./index.ts";
import { createServers, createServersApi } from "./index.ts";

const clock = createMovableClock();
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let fixture: ReturnType<typeof createServersFixture>;
let people: ReturnType<typeof createPeople>;
let ftp: Awaited<ReturnType<typeof startFtp>>;
/** What the scripted server answers to PASS instead of checking it. */
let answerToPass: string | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
  people = createPeople({ db: database.db, clock });
  fixture = createServersFixture(database.db, clock);
  ftp = await startFtp({ override: ({ verb }) => (verb === "PASS" ? answerToPass : undefined) });
});
afterAll(async () => {
  fixture.servers.close();
  await ftp.stop();
  await database.close();
});

let round = 0;
let anna: Caller;
beforeEach(async () => {
  round += 1;
  answerToPass = undefined;
  anna = await callerNamed(people, "Anna", privateRoom(), { userId: `anna-${round}` });
});

const newLink = async (caller = anna, which?: string) => {
  const { link, expiresAt } = await fixture.api.enrol(caller, which === undefined ? {} : { server: which });
  return { token: link.slice(link.lastIndexOf("/") + 1), link, expiresAt };
};
const told = async (caller = anna) => {
  const rows = await database.db.select().from(outbox).where(eq(outbox.personId, caller.person.id)).orderBy(outbox.id);
  return rows.map((row) => row.telling);
};
type Enrolments = Servers["enrolments"];
const tryOut: Enrolments["try"] = (settings) => fixture.servers.enrolments.try(settings);
const store: Enrolments["store"] = (...args) => fixture.servers.enrolments.store(...args);
const read: Enrolments["read"] = (token) => fixture.servers.enrolments.read(token);

describe("enrolment link", () => {
  test("has 32 random bytes, lives 15 minutes, and is not stored in the clear", async () => {
    const { token, link } = await newLink();
    expect(link).toBe(`http://localhost:8080/enrol/${token}`);
    expect(Buffer.from(token, "base64url")).toHaveLength(32);
    expect(JSON.stringify(await database.db.select().from(enrolment))).not.toContain(token);
    expect(await read(token)).toMatchObject({ personId: anna.person.id });
    expect(await read(token)).toMatchObject({ personId: anna.person.id });
    clock.pass(15 * 60_000);
    expect(await read(token)).toBeUndefined();
    expect(await read("unknown")).toBeUndefined();
  });

  test("two who store with one link in the same moment make one server", async () => {
    const { token } = await newLink();
    const settings = settingsFor(ftp);
    const trial = await tryOut(settings);
    const results = await Promise.allSettled([store(token, settings, trial), store(token, settings, trial)]);
    expect(results.filter((one) => one.status === "rejected")).toMatchObject([
      { reason: { code: "enrol.link-invalid" } },
    ]);
    expect(await fixture.api.count(anna, {})).toEqual({ servers: 1 });
    expect(await read(token)).toBeUndefined();
  });

  test("two links with one label in the same moment make one server, and the other link stays", async () => {
    const links = [await newLink(), await newLink()];
    const trial = await tryOut(settingsFor(ftp));
    const attempts = links.map(({ token }, n) =>
      store(token, settingsFor(ftp, { label: n === 0 ? "Box" : "BOX" }), trial),
    );
    const results = await Promise.allSettled(attempts);
    expect(results.filter((one) => one.status === "rejected")).toMatchObject([
      { reason: { code: "server.label-taken" } },
    ]);
    expect(await fixture.api.count(anna, {})).toEqual({ servers: 1 });
    const left = await Promise.all(links.map(({ token }) => read(token)));
    expect(left.filter(Boolean)).toHaveLength(1);
  });

  test("what was never tried well is never stored", async () => {
    const { token } = await newLink();
    const settings = settingsFor(ftp, { password: new Secret("wrong") });
    const trial = await tryOut(settings);
    expect(trial).toMatchObject({ kind: "failed", at: "login", problem: { code: "server.login-refused" } });
    expect(() => store(token, settings, trial)).toThrow("never stored");
    expect(await read(token)).toBeDefined();
  });

  test("a person keeps the newest five links", async () => {
    const links = [];
    for (let n = 0; n < 6; n++) {
      clock.pass(1000);
      links.push(await newLink());
    }
    const found = await Promise.all(links.map(({ token }) => read(token)));
    expect(found.map(Boolean)).toEqual([false, true, true, true, true, true]);
  });

  test("the settings of a server: everything but passwords, a new version, the same server", async () => {
    const row = await enrolServer(fixture, anna, settingsFor(ftp, { budgetBytes: 5e9 }));
    const { token } = await newLink(anna, "box");
    const form = (await read(token))?.existing;
    expect(form).toEqual({
      label: "Box",
      host: ftp.host,
      port: ftp.port,
      security: "plain",
      username: "anna",
      sharePath: "/share",
      inboxPath: "/inbox",
      budgetBytes: 5e9,
    });
    const settings = settingsFor(ftp, { label: "Cellar" });
    await store(token, settings, await tryOut(settings));
    expect(await fixture.servers.findOwn(anna.person.id)).toMatchObject({
      id: row.id,
      label: "Cellar",
      version: 2,
      budgetBytes: null,
    });
  });

  test("an empty password keeps the stored one, for the same door and login only", async () => {
    await enrolServer(fixture, anna, settingsFor(ftp));
    const { token } = await newLink(anna, "box");
    const empty = { password: new Secret("") };
    const merge = (over: Parameters<typeof settingsFor>[1]) =>
      fixture.servers.enrolments.withKeptPasswords(token, settingsFor(ftp, { ...empty, ...over }));
    expect((await merge({}))?.password.reveal()).toBe("correct horse");
    expect(await merge({ host: "127.0.0.2" })).toBeUndefined();
    expect(await merge({ port: 2121 })).toBeUndefined();
    expect(await merge({ security: "tls" })).toBeUndefined();
    expect(await merge({ username: new Secret("eve") })).toBeUndefined();
    expect(await merge({ writer: { username: new Secret("anna"), ...empty } })).toBeUndefined();
    const fresh = await newLink();
    expect(await fixture.servers.enrolments.withKeptPasswords(fresh.token, settingsFor(ftp, empty))).toBeUndefined();
  });
});

describe("trial", () => {
  test("tells missing folders and an address that is not allowed", async () => {
    expect(await tryOut(settingsFor(ftp, { sharePath: "/nowhere" }))).toEqual({ kind: "folder-missing", at: "share" });
    expect(await tryOut(settingsFor(ftp, { inboxPath: "/nowhere" }))).toEqual({ kind: "folder-missing", at: "inbox" });
    const outside = await tryOut(settingsFor(ftp, { host: "10.0.0.1" }));
    expect(outside).toMatchObject({ kind: "failed", problem: { code: "server.address-refused" } });
  });

  test("tells which of two logins was refused", async () => {
    const writer = { username: new Secret("anna"), password: new Secret("wrong") };
    expect(await tryOut(settingsFor(ftp, { writer }))).toMatchObject({ kind: "failed", at: "write-login" });
  });
});

describe("sealed", () => {
  test("nothing of host, login, password or path is in any row", async () => {
    const planted = {
      label: "Plain label",
      host: ftp.host,
      sharePath: "/share",
      inboxPath: "/inbox",
      username: new Secret("anna"),
      password: new Secret("correct horse"),
      writer: { username: new Secret("anna"), password: new Secret("correct horse") },
    };
    await enrolServer(fixture, anna, settingsFor(ftp, planted));
    const dump = JSON.stringify(
      await database.sql`
      select (select json_agg(t) from server t) a, (select json_agg(t) from server_secret t) b,
        (select json_agg(t) from enrolment t) c, (select json_agg(t) from outbox t) d`,
    );
    // A bytea is dumped as hex.
    for (const text of [ftp.host, "correct horse", "/share", "/inbox", String(ftp.port)]) {
      expect(dump).not.toContain(text);
      expect(dump).not.toContain(Buffer.from(text).toString("hex"));
    }
    expect(dump).toContain("Plain label");
  });

  test("a field moved to another server does not open", async () => {
    const box = await enrolServer(fixture, anna, settingsFor(ftp));
    const other = await enrolServer(fixture, anna, settingsFor(ftp, { label: "Other" }));
    await database.db.delete(serverSecret).where(eq(serverSecret.serverId, other.id));
    await database.db.update(serverSecret).set({ serverId: other.id }).where(eq(serverSecret.serverId, box.id));
    await expect(fixture.servers.open(other.id, { use: "files" })).rejects.toThrow();
  });
});

describe("open", () => {
  test("gives a session, the real folders and the version; the next task gets the same session", async () => {
    const row = await enrolServer(fixture, anna, settingsFor(ftp));
    const first = await fixture.servers.open(row.id, { use: "files" });
    expect(first).toMatchObject({ root: "/share", inbox: "/inbox", version: 1 });
    first.release("keep");
    const second = await fixture.servers.open(row.id, { use: "files" });
    expect(second.session).toBe(first.session);
    const third = await fixture.servers.open(row.id, { use: "files" });
    expect(third.session).not.toBe(first.session);
    const fxp = await fixture.servers.open(row.id, { use: "fxp" });
    for (const one of [second, third, fxp]) one.release("close");
    expect(second.session.closed).toBe(true);
  });

  test("writing uses the second login, reading never does", async () => {
    const row = await enrolServer(
      fixture,
      anna,
      settingsFor(ftp, { writer: { username: new Secret("anna"), password: new Secret("correct horse") } }),
    );
    const reading = await fixture.servers.open(row.id, { use: "files" });
    reading.release("keep");
    const writing = await fixture.servers.open(row.id, { use: "files", write: true });
    expect(writing.session).not.toBe(reading.session);
    writing.release("close");
  });

  test("three wrong-password answers in a row lock the server until its owner acts", async () => {
    const row = await enrolServer(fixture, anna, settingsFor(ftp));
    answerToPass = "530 Login incorrect.";
    const logins = () => ftp.server.commands.filter((verb) => verb === "PASS").length;
    const state = async () => (await fixture.api.list(anna, {})).servers[0];
    for (const expected of ["offline", "offline", "locked"]) {
      await expect(fixture.servers.open(row.id, { use: "files" })).rejects.toMatchObject({
        code: "server.login-refused",
      });
      expect(await state()).toMatchObject({ state: expected, problem: "server.login-refused" });
    }
    const before = logins();
    await expect(fixture.servers.open(row.id, { use: "files" })).rejects.toMatchObject({ code: "server.locked" });
    await expect(fixture.api.check(anna, {})).rejects.toMatchObject({ code: "server.locked" });
    expect(logins()).toBe(before);
    expect(await told()).toMatchObject([
      { kind: "server.connected" },
      { kind: "server.trouble", label: "Box", reason: { code: "server.locked" } },
    ]);
    await expect(fixture.api.resume(anna, {})).rejects.toMatchObject({ code: "server.login-refused" });
    expect(logins()).toBe(before + 1);
    expect(await state()).toMatchObject({ state: "locked" });
    answerToPass = undefined;
    expect((await fixture.api.resume(anna, {})).server).toMatchObject({ state: "online", problem: null });
    (await fixture.servers.open(row.id, { use: "files" })).release("close");
  });

  test("a new password by link unlocks too", async () => {
    const row = await enrolServer(fixture, anna, settingsFor(ftp));
    await database.db.update(server).set({ state: "locked", wrongPasswords: 3 }).where(eq(server.id, row.id));
    const { token } = await newLink(anna, "box");
    await store(token, settingsFor(ftp), await tryOut(settingsFor(ftp)));
    expect(await fixture.servers.findOwn(anna.person.id)).toMatchObject({ state: "online", wrongPasswords: 0 });
  });

  test("three sessions refused at once are one wrong password", async () => {
    let waiting = 0;
    let isGateOpen = true;
    const all = Promise.withResolvers<void>();
    const gate = await startFtp({
      override: ({ verb }) => {
        if (verb !== "PASS" || isGateOpen) return undefined;
        // Nobody is answered before all three have asked.
        waiting += 1;
        if (waiting === 3) all.resolve();
        return all.promise.then(() => "530 Login incorrect.");
      },
    });
    const row = await enrolServer(fixture, anna, settingsFor(gate));
    isGateOpen = false;
    await Promise.allSettled([1, 2, 3].map(() => fixture.servers.open(row.id, { use: "files" })));
    expect(await fixture.servers.findOwn(anna.person.id)).toMatchObject({ state: "offline", wrongPasswords: 1 });
    await gate.stop();
  });

  test("a refusal of a password that was changed meanwhile is forgotten", async () => {
    const row = await enrolServer(fixture, anna, settingsFor(ftp));
    const entered = Promise.withResolvers<void>();
    const changed = Promise.withResolvers<void>();
    const slow = await startFtp({
      override: ({ verb }) => {
        if (verb !== "PASS") return undefined;
        entered.resolve();
        return changed.promise.then(() => "530 Login incorrect.");
      },
    });
    const { token } = await newLink(anna, "box");
    const moved = settingsFor(slow);
    await store(token, moved, { kind: "failed", at: "login", problem: await offlineProblem() });
    const opening = fixture.servers.open(row.id, { use: "files" });
    await entered.promise;
    const again = await newLink(anna, "box");
    await store(again.token, settingsFor(ftp), await tryOut(settingsFor(ftp)));
    changed.resolve();
    await expect(opening).rejects.toMatchObject({ code: "server.login-refused" });
    expect(await fixture.servers.findOwn(anna.person.id)).toMatchObject({ state: "online", wrongPasswords: 0 });
    await slow.stop();
  });

  test("an unreachable server is offline, quietly, and online again when it works", async () => {
    const gone = await startFtp();
    const row = await enrolServer(fixture, anna, settingsFor(gone));
    await gone.stop();
    await expect(fixture.servers.open(row.id, { use: "files" })).rejects.toMatchObject({ code: "server.offline" });
    expect((await fixture.api.list(anna, {})).servers).toMatchObject([{ state: "offline", problem: "server.offline" }]);
    expect(await told()).toMatchObject([{ kind: "server.connected" }]);
  });

  test("a server that lets no other session in is not offline while somebody works with one", async () => {
    let greeting: string | undefined;
    const strict = await startFtp({ override: ({ verb }) => (verb === "CONNECT" ? greeting : undefined) });
    const row = await enrolServer(fixture, anna, settingsFor(strict));
    const atWork = await fixture.servers.open(row.id, { use: "files" });
    greeting = "554 Not another one.";
    const another = () => fixture.servers.open(row.id, { use: "files" });
    await expect(another()).rejects.toMatchObject({ code: "server.offline" });
    expect(await fixture.servers.findOwn(anna.person.id)).toMatchObject({ state: "online", problem: null });
    atWork.release("close");
    await expect(another()).rejects.toMatchObject({ code: "server.offline" });
    expect(await fixture.servers.findOwn(anna.person.id)).toMatchObject({ state: "offline" });
    await strict.stop();
  });

  test("a session is closed whose login cannot be noted", async () => {
    const own = await startFtp();
    const row = await enrolServer(fixture, anna, settingsFor(own));
    const away = async () => Promise.reject(new Error("the database is away"));
    const db = new Proxy(database.db, {
      get: (target, name) => (name === "transaction" ? away : Reflect.get(target, name)),
    });
    clock.pass(61_000);
    const servers = createServers({ ...fixture, db, clock });
    await expect(servers.open(row.id, { use: "files" })).rejects.toThrow("the database is away");
    await expect.poll(() => own.server.connections()).toBe(0);
    servers.close();
    await own.stop();
  });
});

/** What connecting to a server that is not there throws. */
async function offlineProblem() {
  const closed = await startFtp();
  await closed.stop();
  const trial = await tryOut(settingsFor(closed));
  if (trial.kind !== "failed") throw new Error("reached a closed server");
  return trial.problem;
}

describe("owner's verbs", () => {
  test("pause stops all use at once, pooled sessions too; resume goes on", async () => {
    const row = await enrolServer(fixture, anna, settingsFor(ftp));
    const idle = await fixture.servers.open(row.id, { use: "files" });
    const lent = await fixture.servers.open(row.id, { use: "files" });
    idle.release("keep");
    expect((await fixture.api.pause(anna, {})).server).toMatchObject({ state: "paused" });
    await fixture.servers.reviewSessions();
    expect(idle.session.closed).toBe(true);
    lent.release("keep");
    expect(lent.session.closed).toBe(true);
    await expect(fixture.servers.open(row.id, { use: "files" })).rejects.toMatchObject({ code: "server.paused" });
    expect((await fixture.api.resume(anna, {})).server).toMatchObject({ state: "online" });
  });

  test("check tells what the server can do", async () => {
    await enrolServer(fixture, anna, settingsFor(ftp));
    const { findings, server: shown } = await fixture.api.check(anna, { server: "box" });
    expect(findings).toContainEqual({ what: "tls-none", good: false, detail: null });
    expect(findings).toContainEqual({ what: "resume", good: true, detail: null });
    expect(findings).toContainEqual({ what: "fxp-allowed", good: true, detail: null });
    expect(findings).toContainEqual({ what: "inbox-writable", good: true, detail: null });
    expect(shown).toMatchObject({ label: "Box", state: "online", canReceive: true });
  });

  test("check tells what worked with other servers, and how this software limits a speed that its owner wants", async () => {
    const named = await startFtp({ banner: "220 (vsFTPd 3.0.3)" });
    const row = await enrolServer(fixture, anna, settingsFor(named));
    const pair = { with: "Ben", direction: "to", arrangement: "source-pasv", bytesPerSecond: 5 } as const;
    const asked: number[][] = [];
    const api = createServersApi({
      ...fixture,
      db: database.db,
      clock,
      publicUrl: "http://localhost:8080",
      randomToken,
      pairsOf: async (...who) => {
        asked.push(who);
        return [pair];
      },
    });
    const lines = async () => (await api.check(anna, {})).advice.map(({ line }) => line);
    expect((await api.check(anna, {})).pairs).toEqual([pair]);
    expect(asked).toEqual([[anna.person.id, row.id]]);
    expect(await lines()).not.toContain("local_max_rate=2000000");
    await database.db.update(server).set({ bytesPerSecond: 2_000_000 }).where(eq(server.id, row.id));
    expect(await lines()).toContain("local_max_rate=2000000");
    await named.stop();
  });

  test("remove forgets everything, and somebody else's server cannot be named", async () => {
    const row = await enrolServer(fixture, anna, settingsFor(ftp));
    const ben = await callerNamed(people, "Ben", privateRoom(), { userId: `ben-${round}` });
    for (const which of ["Box", `s${row.id.toString(36)}`]) {
      await expect(fixture.api.remove(ben, { server: which })).rejects.toMatchObject({ code: "server.unknown" });
    }
    await fixture.api.remove(anna, { server: "box" });
    expect(await database.db.select().from(serverSecret).where(eq(serverSecret.serverId, row.id))).toEqual([]);
    await expect(fixture.servers.open(row.id, { use: "files" })).rejects.toMatchObject({ code: "server.unknown" });
  });
});
