// Promises 1 and 2: unique passwords, logins, hosts, ports and real paths are planted at enrolment; then everything that
// left the core (answers, events, pages, log), that a bot showed, and that lies on the disk is searched for them. The run
// uses every procedure, every command and action, and meets every error code that it can; see canary/coverage.ts.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { generate } from "selfsigned";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Context } from "#contract";
import { openDatabase } from "../../core/platform/db.ts";
import { findRunningDatabase } from "../../core/platform/embedded-postgres.ts";
import { consoleContext } from "../../demo/core-process.ts";
import type { FtpServer, FtpServerOptions } from "../../demo/ftp-server/ftp-server.ts";
import { createFtpServer } from "../../demo/ftp-server/ftp-server.ts";
import type { Override } from "../../demo/ftp-server/types.ts";
import { makeFolder } from "../daemons/index.ts";
import { createCoverage, unsaid } from "./canary/coverage.ts";
import { everyRow } from "./canary/dump.ts";
import { lastLines, linesFor } from "./canary/lines.ts";
import type { Listener } from "./canary/listening.ts";
import { isFor, listen, startBroken, talk } from "./canary/listening.ts";
import { filesHolding, findPlanted, holds, olgasLabel, planted, ports } from "./canary/planted.ts";
import { useTheRest } from "./canary/the-rest.ts";
import { checkTroubles, pullTroubles } from "./canary/troubles.ts";
import type { Installation } from "./installation.ts";
import { createInstallation, enrol, until, whenEnded, writeTree } from "./installation.ts";

const answers: string[] = [];
const coverage = createCoverage();
const [olga, rita, zora] = [consoleContext("Olga"), consoleContext("Rita"), consoleContext("Zora")];
const servers = new Map<string, FtpServer>();
/** How Olga's and Rita's servers misbehave at the moment. */
const faults: { source: Override | undefined; destination: Override | undefined } = {
  source: undefined,
  destination: undefined,
};
/** Tokens of the links that were given out. */
const tokens: string[] = [];
let seenByRita = "";
/** Only she asks at the moment. */
let isRitaAsking = false;
let installation: Installation;
let root: string;
let lastFile = 0;

const everySecret = () => [...Object.values(planted), ...tokens];
const inboxOf = (name: string) => `${planted.inboxPath}/${name}`;

beforeAll(async () => {
  root = await makeFolder();
  const names = Array.from({ length: 40 }, (_, n) => `wish-${n}.txt`);
  writeTree(
    root,
    Object.fromEntries(names.map((name) => [`${planted.sharePath}/inner/Album/${name}`, contentOf(name)])),
  );
  writeTree(root, { [`${planted.sharePath}/inner/Album/large.bin`]: Buffer.alloc(2_000_000, planted.content) });
  for (const name of ["olga", "rita", "zora"]) writeTree(root, { [`${inboxOf(name)}/.keep`]: Buffer.alloc(0) });
  installation = await createInstallation({
    env: { LOG_LEVEL: "trace", FONSHARE_RELAY_QUOTA: "1KB" },
    onAnswer: note,
  });
});

afterAll(async () => {
  await installation?.stop();
  for (const server of servers.values()) await server.close();
  if (root) rmSync(root, { recursive: true, force: true });
});

const contentOf = (name: string) => Buffer.from(`${planted.content} of ${name} `.repeat(20));

function note(body: string, path: string): void {
  if (isRitaAsking) seenByRita += body;
  for (const [, token = ""] of body.matchAll(/\/enrol\/([\w-]{43})/g)) tokens.push(token);
  coverage.answered(body, path);
  answers.push(body.replaceAll(/\/enrol\/[\w-]{43}/g, "/enrol/"));
}

async function serve(who: "olga" | "rita" | "zora", over: Partial<FtpServerOptions> = {}, password = planted.password) {
  await servers.get(who)?.close();
  const users = [
    { username: planted.username, password, root },
    { username: planted.writeUsername, password: planted.writePassword, root },
  ];
  const override: Override = (command) =>
    (who === "olga" ? faults.source : who === "rita" ? faults.destination : undefined)?.(command);
  const server = createFtpServer({ address: planted[`${who}Host`], port: ports[who], users, override, ...over });
  await server.listen();
  servers.set(who, server);
}

async function enrolAs(owner: "Olga" | "Rita" | "Zora", label: string, form: Record<string, string> = {}) {
  const who = owner.toLowerCase() as "olga" | "rita" | "zora";
  const page = await enrol(installation.core, {
    owner,
    label,
    daemon: {
      ...{ host: planted[`${who}Host`], port: ports[who], fingerprint: undefined },
      ...{ username: planted.username, password: planted.password },
    },
    sharePath: `/${planted.sharePath}/inner`,
    inboxPath: `/${inboxOf(who)}`,
    form: { write_username: planted.writeUsername, write_password: planted.writePassword, ...form },
  });
  coverage.read(page.html);
  pages.push(page.html);
  return page.status;
}
const pages: string[] = [];

test("every command and every action of the bot has a line here", () => {
  expect(unsaid([...linesFor(), ...lastLines])).toEqual([]);
});

test("nothing planted leaves the core or lies on its disk in the clear", { timeout: 400_000 }, async () => {
  const { core } = installation;
  const { api } = core;
  const events = listen(core);
  await serve("olga");
  await serve("rita");
  const { private: key, cert } = await generate([{ name: "commonName", value: "box.example" }], { keySize: 2048 });
  await serve("zora", { tls: { key, cert, mode: "explicit" } });
  await api.groups.create(olga, { name: "Canaries" });
  for (const who of [rita, zora]) await api.groups.join(who, {});
  await enrolEverybody();
  await api.shares.add(olga, { path: "", name: "Nest" });
  await until(async () => ((await api.shares.list(rita, {})).shares[0]?.files === 41 ? true : undefined));

  const shown: string[] = [];
  for (const who of ["Olga", "Rita"] as const) {
    for (const language of ["en", "fr"]) shown.push(await talk(core, who, language, linesFor()));
  }
  const shownToRita = shown.slice(2);
  await pullInAllWays(events);
  const announcement = await announce(events);
  await meetTroubles();
  await useTheRest(core, { olga, rita, zora, announcement }, note);
  await meetTroublesOfChecks();
  await breakARow();
  shown.push(await talk(core, "Zora", "en", lastLines));
  await loseTheDatabase();
  const broken = await startBroken();
  events.stop();
  coverage.read(events.text());

  // An owner's own page fills its fields again, but never with a password.
  const passwords = Object.entries(planted).flatMap(([name, value]) => (/password/i.test(name) ? [value] : []));
  expect(holds(pages.join("\n"), passwords)).toEqual([]);
  const logs = [...new Set([core.output(), installation.core.output(), broken])].join("\n");
  const told = [...answers, ...pages.map(withoutFields), events.text(), logs, ...shown];
  expect(findPlanted(told.join("\n"))).toEqual([]);
  expect(holds([events.text(), logs, ...pages].join("\n"), tokens)).toEqual([]);
  const forRita = events.all().filter((event) => isFor(event, rita));
  expect(forRita.length).toBeGreaterThan(2);
  const ritas = [seenByRita, ...shownToRita, JSON.stringify(forRita)].join("\n");
  expect(ritas).toContain("wish-1.txt");
  expect(holds(ritas, [olgasLabel])).toEqual([]);
  const levels = [...logs.matchAll(/"level":(\d+)/g)].map(([, level]) => Number(level));
  expect([...new Set(levels)].sort()).toEqual([20, 30, 40, 50, 60]);
  expect(coverage.missingProcedures()).toEqual([]);
  expect(coverage.missingCodes()).toEqual([]);

  expect(filesHolding(installation.dataFolder, everySecret())).toEqual([]);
  await installation.stopCore();
  expect(filesHolding(installation.dataFolder, everySecret())).toEqual([]);
  const rows = await everyRow(installation.dataFolder);
  expect(rows).toContain(olgasLabel);
  expect([...findPlanted(rows), ...holds(rows, tokens)]).toEqual([]);
});

/** With every mistake that the page tells in a sentence of its own. */
async function enrolEverybody(): Promise<void> {
  const wrong: Record<string, string>[] = [
    { password: planted.wrongPassword },
    { host: "10.0.0.1" },
    { host: "canary.invalid" },
    { port: "1" },
    { share_path: `/${planted.sharePath}/nowhere` },
    { security: "tls" },
    { host: "", label: "", username: "" },
  ];
  for (const form of wrong) expect(await enrolAs("Olga", olgasLabel, form)).toBe(422);
  expect(await enrolAs("Olga", olgasLabel)).toBe(200);
  expect(await enrolAs("Rita", "home")).toBe(200);
  expect(await enrolAs("Zora", "clear", { security: "tls" })).toBe(422);
  const fingerprint = /name="accept_fingerprint" value="([0-9a-f]{64})"/.exec(pages.at(-1) ?? "")?.[1] ?? "";
  const accepted = { security: "tls", accept_fingerprint: fingerprint };
  expect(await enrolAs("Zora", "first", { ...accepted, budget_gb: "0.001" })).toBe(200);
  expect(await enrolAs("Zora", "second", { ...accepted, inbox_path: "" })).toBe(200);
  const { link } = await installation.core.api.servers.enrol(olga, {});
  const used = await fetch(link.replace(/.{43}$/, tokens[1] ?? ""), { method: "POST" });
  pages.push(await used.text());
  coverage.read(pages.at(-1) ?? "");
}

const nextFile = () => {
  lastFile += 1;
  return `wish-${lastFile}.txt`;
};

async function ask(name: string): Promise<string> {
  const { api } = installation.core;
  isRitaAsking = true;
  try {
    const found = await api.catalog.search(rita, { query: `"${name}"` });
    const { pull } = await api.transfers.pull(rita, { what: [found.items[0]?.ref ?? ""], requestId: `canary-${name}` });
    return pull.ref;
  } finally {
    isRitaAsking = false;
  }
}

/** From server to server, and through the core. */
async function pullInAllWays(events: Listener): Promise<void> {
  const { core } = installation;
  const { api } = core;
  expect(await whenEnded(() => core, "Rita", await ask(nextFile()))).toMatchObject({ state: "done" });
  await events.heard("pull.finished");
  await api.groups.setPolicy(olga, { policy: "relay-only" });
  await expectReason(nextFile(), "pull.no-consent");
  for (const who of [olga, rita]) await api.servers.limit(who, { limits: { relay: true } });
  expect(await whenEnded(() => core, "Rita", await ask(nextFile()))).toMatchObject({ state: "done" });
  await expectReason(nextFile(), "pull.relay-quota");
  await api.groups.setPolicy(olga, { policy: "fxp-tls-only" });
  await expectReason(nextFile(), "pull.policy-forbids");
  await api.groups.setPolicy(olga, { policy: "fxp" });
  for (const [limits, back, code] of [
    [{ clear: false }, { clear: true }, "pull.owner-forbids"],
    [{ memberDayBytes: 1 }, { memberDayBytes: null }, "pull.over-limit"],
    [{ memberDayBytes: 1000 }, { memberDayBytes: null }, "pull.limit-member"],
    [{ groupDayBytes: 1000 }, { groupDayBytes: null }, "pull.limit-group"],
    [{ hours: closedNow() }, { hours: null }, "pull.hours"],
  ] as const) {
    await api.servers.limit(olga, { limits });
    await expectReason(nextFile(), code);
    await api.servers.limit(olga, { limits: back });
  }
  await api.servers.limit(olga, { limits: { groupDayBytes: 1000 } });
  const stopped = await ask(nextFile());
  expect((await api.transfers.outgoing(olga, {})).outgoing.map(({ ref }) => ref)).toContain(stopped);
  expect((await api.transfers.stop(olga, { pull: stopped })).stopped).toBeGreaterThan(0);
  await untilReason(stopped, "pull.stopped-by-owner");
  const unshared = await ask(nextFile());
  await api.shares.remove(olga, { name: "Nest" });
  await untilReason(unshared, "pull.no-longer-allowed");
  await api.shares.add(olga, { path: "", name: "Nest" });
  await api.servers.limit(olga, { limits: { groupDayBytes: null } });
  await until(async () => ((await api.shares.list(rita, {})).shares[0]?.files === 41 ? true : undefined));
}

/** A new file; gives the reference of what the group is told. */
async function announce(events: Listener): Promise<string> {
  writeTree(root, { [`${planted.sharePath}/inner/Album/wish-new.txt`]: contentOf("new") });
  await until(() => installation.core.api.catalog.reindex(olga, {}).catch(() => undefined));
  await events.heard("files.added");
  const told = events.all().flatMap(({ telling }) => (telling.kind === "files.added" ? [telling.announcement] : []));
  return told[0] ?? "";
}

/** One hour, twelve hours from now. */
function closedNow() {
  const hour = (new Date().getUTCHours() + 12) % 24;
  return {
    from: `${String(hour).padStart(2, "0")}:00`,
    to: `${String((hour + 1) % 24).padStart(2, "0")}:00`,
    zone: "UTC",
  };
}

/** Asks for the file, waits for the code, and gives the pull up. A refusal of the question itself is as good. */
async function expectReason(name: string, code: string): Promise<void> {
  const { api } = installation.core;
  const refusal = await ask(name).catch((error: { code?: string }) => {
    expect(error.code).toBe(code);
    return undefined;
  });
  if (refusal === undefined) return;
  await untilReason(refusal, code);
  await api.transfers.cancel(rita, { pull: refusal }).catch(() => undefined);
}

/** @throws when the pull ends in another way */
async function untilReason(ref: string, code: string): Promise<void> {
  const { api } = installation.core;
  await until(async () => {
    const { pull } = await api.transfers.show(rita, { pull: ref });
    const isOver = ["done", "failed", "cancelled"].includes(pull.state);
    if (isOver && pull.reason?.code !== code)
      throw new Error(`${pull.title}: ${pull.state} ${pull.reason?.code}, not ${code}`);
    return pull.reason?.code === code ? true : undefined;
  });
}

async function meetTroubles(): Promise<void> {
  for (const trouble of pullTroubles(join(root, inboxOf("rita")))) {
    Object.assign(faults, { source: undefined, destination: undefined }, trouble);
    await expectReason(nextFile(), trouble.code);
  }
  Object.assign(faults, { source: undefined, destination: undefined });
  const taken = nextFile();
  writeTree(root, { [`${inboxOf("rita")}/${taken}`]: Buffer.from("another") });
  await expectReason(taken, "inbox.exists");
  // Away, and asked about: the one wait of twenty seconds.
  await servers.get("olga")?.close();
  await expectReason(nextFile(), "server.offline");
  await installation.core.api.servers.check(olga, {}).catch(() => undefined);
  await serve("olga");
}

async function meetTroublesOfChecks(): Promise<void> {
  const { api } = installation.core;
  const check = (who: Context, server: string) =>
    api.servers.check(who, { server }).catch((error: { code: string }) => error.code);
  for (const { code, source } of checkTroubles) {
    faults.source = source;
    expect(await check(olga, olgasLabel)).toBe(code);
  }
  faults.source = undefined;
  const { private: key, cert } = await generate([{ name: "commonName", value: "other.example" }], { keySize: 2048 });
  await serve("zora", { tls: { key, cert, mode: "explicit" } });
  expect(await check(zora, "first")).toBe("server.certificate-changed");
  await serve("zora", {});
  expect(await check(zora, "first")).toBe("server.tls-failed");
  await serve("olga", {}, planted.otherPassword);
  for (const code of ["login-refused", "login-refused", "login-refused", "locked"])
    expect(await check(olga, olgasLabel)).toBe(`server.${code}`);
  await api.servers.pause(zora, { server: "second" });
  expect(await check(zora, "second")).toBe("server.paused");
  await api.servers.remove(zora, { server: "second" });
}

/** A sealed field that was tampered with: nobody foresaw it, so its error goes to the log whole. */
async function breakARow(): Promise<void> {
  const address = await findRunningDatabase(installation.dataFolder);
  if (!address) throw new Error("the core runs without its database");
  const database = openDatabase(address, 1);
  await database.db.execute(
    sql`update server_secret set sealed = set_byte(sealed, 20, 255 - get_byte(sealed, 20)) where field = 'host'`,
  );
  await database.close();
  const failed = await installation.core.api.servers.check(rita, {}).catch((error: { code: string }) => error.code);
  expect(failed).toBe("core.internal");
}

/** Calls that meet no database are told from others, in the answer and in the log. */
async function loseTheDatabase(): Promise<void> {
  installation.keepCore();
  const pidFile = join(installation.dataFolder, "postgres", "postmaster.pid");
  process.kill(Number(readFileSync(pidFile, "utf8").split("\n")[0]), "SIGKILL");
  let wasAway = false;
  await until(async () => {
    const code = await installation.core.api.people.hello(olga, {}).then(
      () => "ok",
      (error: { code: string }) => error.code,
    );
    wasAway ||= code === "core.unavailable";
    return wasAway && code === "ok" ? true : undefined;
  });
}

function withoutFields(html: string): string {
  return html.replaceAll(/value="[^"]*"/g, "");
}
