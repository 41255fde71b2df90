// Promises 1 and 2: unique passwords, logins, hosts, ports and real paths are planted at enrolment; then everything that
// left the core (answers, events, pages, log), that a bot showed, and that lies on the disk is searched for them.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import type { ClientRequest } from "node:http";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Context, FonEvent } from "#contract";
import { eventSchema } from "#contract";
import { botArguments } from "../../bot/process.ts";
import { systemClock } from "../../core/platform/clock.ts";
import { openDatabase } from "../../core/platform/db.ts";
import { createEmbeddedPostgres } from "../../core/platform/embedded-postgres.ts";
import { createLog } from "../../core/platform/log.ts";
import type { CoreProcess } from "../../demo/core-process.ts";
import { consoleContext } from "../../demo/core-process.ts";
import type { FtpServer } from "../../demo/ftp-server/ftp-server.ts";
import { createFtpServer } from "../../demo/ftp-server/ftp-server.ts";
import { makeFolder } from "../daemons/index.ts";
import type { Installation } from "./installation.ts";
import { createInstallation, enrol, until, whenEnded, writeTree } from "./installation.ts";

const planted = {
  olgaHost: "127.77.31.9",
  ritaHost: "127.78.42.8",
  username: "canary-login-4711",
  password: "canary-Pass-wörd-!8812",
  writeUsername: "canary-writer-0815",
  writePassword: "canary-write-pass-9934",
  wrongPassword: "canary-wrong-6120",
  sharePath: "canary-realpath-5523",
  inboxPath: "canary-inbox-7741",
};
const ports = { olga: 41_977, rita: 42_983 };
/** Its owner reads it, nobody else does. */
const olgasLabel = "label-of-olga-3391";

const answers: string[] = [];
const seenByRita: string[] = [];
const olga = consoleContext("Olga");
const rita = consoleContext("Rita");
const servers: FtpServer[] = [];
let installation: Installation;
let root: string;

beforeAll(async () => {
  root = await makeFolder();
  writeTree(root, { [`${planted.inboxPath}/drop/.keep`]: Buffer.alloc(0) });
  putIntoAlbum("one.txt");
  installation = await createInstallation({ env: { LOG_LEVEL: "trace" }, onAnswer: (body) => answers.push(body) });
});

afterAll(async () => {
  await installation?.stop();
  for (const server of servers) await server.close();
  if (root) rmSync(root, { recursive: true, force: true });
});

/** Old enough not to be left for the next scan. */
function putIntoAlbum(name: string): void {
  const path = `${planted.sharePath}/inner/Album/${name}`;
  writeTree(root, { [path]: Buffer.from(`content of ${name}`) });
  const longAgo = new Date("2024-05-01T10:00:00Z");
  utimesSync(join(root, path), longAgo, longAgo);
}

async function serve(address: string, port: number, password = planted.password): Promise<FtpServer> {
  const users = [
    { username: planted.username, password, root },
    { username: planted.writeUsername, password: planted.writePassword, root },
  ];
  const server = createFtpServer({ address, port, users });
  await server.listen();
  servers.push(server);
  return server;
}

function enrolAs(owner: string, label: string, host: string, port: number, password = planted.password) {
  return enrol(installation.core, {
    owner,
    label,
    daemon: { host, port, username: planted.username, password, fingerprint: undefined },
    sharePath: `/${planted.sharePath}/inner`,
    inboxPath: `/${planted.inboxPath}/drop`,
    form: { write_username: planted.writeUsername, write_password: planted.writePassword },
  });
}

test("nothing planted leaves the core or lies on its disk in the clear", { timeout: 240_000 }, async () => {
  const { core } = installation;
  const events = listen(core);
  const olgasServer = await serve(planted.olgaHost, ports.olga);
  await serve(planted.ritaHost, ports.rita);
  await core.api.groups.create(olga, { name: "Canaries" });
  await core.api.groups.join(rita, {});
  const pages = [await enrolAs("Olga", olgasLabel, planted.olgaHost, ports.olga, planted.wrongPassword)];
  pages.push(await enrolAs("Olga", olgasLabel, planted.olgaHost, ports.olga));
  pages.push(await enrolAs("Rita", "home", planted.ritaHost, ports.rita));
  expect(pages.map((page) => page.status).slice(1)).toEqual([200, 200]);

  await shareAndPull(core, events);
  await makeTrouble(core, olgasServer, events);
  const shown = [await talk(core, "Olga", "en"), await talk(core, "Olga", "fr")];
  const shownToRita = [await talk(core, "Rita", "en"), await talk(core, "Rita", "fr")];
  events.stop();

  // An owner's own page fills its fields again, but never with a password.
  const html = pages.map((page) => page.html);
  expect(holds(html.join("\n"), [planted.password, planted.writePassword, planted.wrongPassword])).toEqual([]);
  const told = [...answers, ...html.map(withoutFields), events.text(), core.output(), ...shown, ...shownToRita];
  expect(findPlanted(told.join("\n"))).toEqual([]);
  const forRita = events.all().filter(isForRita);
  expect(forRita.length).toBeGreaterThan(2);
  const ritas = [...seenByRita, ...shownToRita, JSON.stringify(forRita)].join("\n");
  expect(ritas).toContain("one.txt");
  expect(holds(ritas, [olgasLabel])).toEqual([]);

  await core.stop();
  expect(filesHolding(installation.dataFolder)).toEqual([]);
  const rows = await everyRow(installation.dataFolder);
  expect(rows).toContain(olgasLabel);
  expect(findPlanted(rows)).toEqual([]);
});

/** The good days: shared, searched, pulled, new files announced. */
async function shareAndPull(core: CoreProcess, events: Listener): Promise<void> {
  const { api } = core;
  await api.shares.add(olga, { path: "", name: "Nest" });
  await until(async () => ((await api.shares.list(rita, {})).shares[0]?.files === 1 ? true : undefined));
  const found = await api.catalog.search(rita, { query: "one" });
  const { pull } = await api.transfers.pull(rita, { what: [found.items[0]?.ref ?? ""], requestId: "canary-request" });
  expect(await whenEnded(() => core, "Rita", pull.ref)).toMatchObject({ state: "done" });
  await events.heard("pull.finished");
  putIntoAlbum("two.txt");
  await until(() => api.catalog.reindex(olga, {}).catch(() => undefined));
  await events.heard("files.added");
  await askEverything(olga);
  await askEverything(rita);
}

/** The bad ones: the source away in the middle of wishes, then a changed password until the server is locked. */
async function makeTrouble(core: CoreProcess, olgasServer: FtpServer, events: Listener): Promise<void> {
  const { api } = core;
  await olgasServer.close();
  const found = await api.catalog.search(rita, { query: "two" });
  const asked = { what: [found.items[0]?.ref ?? ""], requestId: "canary-request-2" };
  const { pull } = await api.transfers.pull(rita, asked);
  const waiting = await until(async () => {
    const seen = await api.transfers.show(rita, { pull: pull.ref });
    return seen.pull.state === "waiting" ? seen.pull : undefined;
  });
  expect(waiting.reason).toEqual({ code: "server.offline", params: { server: "Olga", owner: "Olga" } });
  await api.servers.check(olga, {}).catch(() => undefined);
  await until(() => api.catalog.reindex(olga, {}).catch(() => undefined));
  await until(async () => ((await api.catalog.scans(olga, {})).scans[0]?.state === "failed" ? true : undefined));
  await api.shares.add(olga, { path: planted.sharePath, name: "Gone" }).catch(() => undefined);
  await askEverything(olga);
  await askEverything(rita);
  await serve(planted.olgaHost, ports.olga, "another password");
  await until(async () => {
    await api.servers.check(olga, {}).catch(() => undefined);
    return (await api.servers.list(olga, {})).servers[0]?.state === "locked" ? true : undefined;
  });
  await events.heard("server.trouble");
  await askEverything(olga);
  await askEverything(rita);
}

/** Every question that changes nothing, and some that are refused. */
async function askEverything(who: Context): Promise<void> {
  const { api } = installation.core;
  const asked: Promise<unknown>[] = [
    api.people.hello(who, {}),
    api.people.export(who, {}),
    api.groups.show(who, {}),
    api.servers.list(who, {}),
    api.servers.check(who, {}),
    api.servers.check(who, { server: "s1" }),
    api.shares.list(who, {}),
    api.shares.add(who, { path: "../..", name: "Up" }),
    api.catalog.latest(who, {}),
    api.catalog.browse(who, {}),
    api.catalog.browse(who, { where: "Nest/Album" }),
    api.catalog.browse(who, { where: "Nest/../.." }),
    api.catalog.scans(who, {}),
    api.transfers.list(who, { limit: 10 }),
    api.transfers.plan(who, { what: ["1"] }),
    api.transfers.plan(who, { what: ["zzz"], to: "s1" }),
  ];
  for (const outcome of await Promise.allSettled(asked)) {
    if (who !== rita) continue;
    const seen = outcome.status === "fulfilled" ? outcome.value : (outcome.reason as { params?: unknown }).params;
    seenByRita.push(JSON.stringify(seen ?? null));
  }
}

const lines = [
  "/start",
  "/help",
  "/servers",
  "/servers check",
  "/group",
  "/share",
  "/search one",
  "/pull 1 --no-wait",
  "/browse",
  "/browse Nest",
  "/browse Nest/../..",
  "/new",
  "/transfers",
  "/privacy",
  "/privacy export",
  "/servers reindex",
  "/nonsense",
];

/** What the console bot shows to a person who says all these lines, with its own log. */
async function talk(core: CoreProcess, name: string, language: string): Promise<string> {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, FONSHARE_API: core.apiAddress, LOG_LEVEL: "trace" };
  const bot = spawn(process.execPath, [...botArguments(), "--as", name, "--lang", language], { env, stdio: "pipe" });
  let text = "";
  for (const stream of [bot.stdout, bot.stderr]) stream.setEncoding("utf8").on("data", (some) => (text += some));
  const ended = once(bot, "close");
  bot.stdin.end(`${lines.join("\n")}\n`);
  await ended;
  expect(text).toContain("/nonsense");
  return text;
}

interface Listener {
  text(): string;
  all(): FonEvent[];
  /** Resolves when an event of this kind has come. */
  heard(kind: FonEvent["telling"]["kind"]): Promise<unknown>;
  stop(): void;
}

/** The raw bytes of the event stream, as a bot on the console gets them. */
function listen(core: CoreProcess): Listener {
  let text = "";
  const socketPath = core.apiAddress.replace(/^unix:/, "");
  const call: ClientRequest = request({ socketPath, path: "/v1/events?platforms=console" }, (answer) => {
    answer.setEncoding("utf8").on("data", (some: string) => (text += some));
    answer.on("error", () => undefined);
  });
  call.on("error", () => undefined).end();
  const all = () => [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => eventSchema.parse(JSON.parse(data ?? "")));
  return {
    text: () => text,
    all,
    heard: (kind) => until(async () => (all().some((event) => event.telling.kind === kind) ? true : undefined)),
    stop: () => call.destroy(),
  };
}

function isForRita(event: FonEvent): boolean {
  return event.rooms.length > 0 || event.people.some((person) => person.userId === rita.actor.userId);
}

function withoutFields(html: string): string {
  return html.replaceAll(/value="[^"]*"/g, "");
}

/** Those of `secrets` that stand in `text`, in a form that text takes on its way. */
function holds(text: string, secrets: readonly string[]): string[] {
  const spellings = (secret: string) => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString("base64").replace(/=+$/, ""),
    Buffer.from(secret).toString("hex"),
  ];
  return secrets.filter((secret) => spellings(secret).some((one) => text.includes(one)));
}

function findPlanted(text: string): string[] {
  const commas = [planted.olgaHost, planted.ritaHost].map((host) => host.replaceAll(".", ","));
  const found = Object.values(ports).filter((port) => new RegExp(`(?<![\\d.])${port}(?![\\d.])`).test(text));
  return [...holds(text, [...Object.values(planted), ...commas]), ...found.map(String)];
}

/** Files below `folder` with a planted value in them, in the byte forms that text can have on disk. */
function filesHolding(folder: string): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
  const files = paths.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  return files.filter((path) => holds(readFileSync(path).toString("utf8"), Object.values(planted)).length > 0);
}

/** All rows of all tables as text: on the disk long values are compressed. */
async function everyRow(dataFolder: string): Promise<string> {
  const log = createLog("silent", "test");
  const onGivenUp = () => undefined;
  const postgres = createEmbeddedPostgres({ dataFolder, clock: systemClock, log, onGivenUp });
  const database = openDatabase(await postgres.start(), 1);
  try {
    const { sql } = database;
    const tables = await sql`select table_schema as place, table_name as name from information_schema.tables
      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`;
    const rows: string[] = [];
    for (const { place, name } of tables) {
      for (const row of await sql`select t::text as text from ${sql(place)}.${sql(name)} t`) rows.push(row["text"]);
    }
    return rows.join("\n");
  } finally {
    await database.close();
    await postgres.stop();
  }
}
