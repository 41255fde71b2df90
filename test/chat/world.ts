// What a conversation takes place in: a real core on a temporary data folder, real bot processes, and people with real FTP
// servers. It knows no platform; the stand-ins are handed in.
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Context } from "#contract";
import { createApi } from "../../bot/api.ts";
import { botArguments } from "../../bot/process.ts";
import type { CoreProcess } from "../../demo/core-process.ts";
import { startCore } from "../../demo/core-process.ts";
import { createFtpServer } from "../../demo/ftp-server/ftp-server.ts";
import { sendEnrolment, until, writeTree } from "../e2e/installation.ts";
import type { ConsoleDriver } from "./console-driver.ts";
import type { ChatPerson, ChatRoom, Driver } from "./driver.ts";

/** A person's FTP server, in this process. */
export interface Home {
  label: string;
  /** The folder on this machine that the server shows as `/`. */
  root: string;
  host: string;
  port: number;
  username: string;
  password: string;
  /** The folder of the server that FonShare may read: a path that nobody must ever see. */
  sharePath: string;
  inboxPath: string;
  /** Files relative to the shared folder, an hour old. */
  write(files: Record<string, Buffer | string>): void;
  /** On this machine, what lies in the inbox under that name. */
  inInbox(path: string): string;
}

export interface ChatWorld<D extends Driver = Driver> {
  drivers: readonly D[];
  /** The first one. */
  driver: D;
  core(): CoreProcess;
  /** @param rateBytesPerS how fast it sends; as fast as it can when left out */
  addHome(label: string, files: Record<string, Buffer | string>, rateBytesPerS?: number): Promise<Home>;
  /** Sends the form of the enrolment page behind the link, as the person's browser would. */
  enrol(link: string, home: Home): Promise<void>;
  /** Of all bot processes so far. */
  botOutput(): string;
  /** SIGKILL; resolves when every connection of the bot is gone. */
  killBot(): Promise<void>;
  startBot(): Promise<void>;
  killCore(): Promise<void>;
  startCore(): Promise<void>;
  /** Where one of the secrets of this world can be read: in a log, or in a message to these people. */
  leaks(people: readonly ChatPerson[], rooms: readonly ChatRoom[]): string[];
  stop(): Promise<void>;
}

export type MakeDriver<D extends Driver> = (apiAddress: string) => Promise<D>;

export interface WorldOptions {
  /** A bot process for each platform instead of one for all. */
  isApart?: boolean;
  /** More variables of the core. */
  coreEnv?: Record<string, string>;
}

const projectRoot = resolve(import.meta.dirname, "..", "..");

export async function createChatWorld<D extends Driver>(
  makers: readonly MakeDriver<D>[],
  { isApart = false, coreEnv = {} }: WorldOptions = {},
): Promise<ChatWorld<D>> {
  const folder = mkdtempSync(join(tmpdir(), "fonshare-chat-"));
  const launch = () => startCore({ dataFolder: join(folder, "data"), env: coreEnv });
  let core = await launch();
  let isCoreUp = true;
  const drivers = await Promise.all(makers.map((make) => make(core.apiAddress)));
  const [driver] = drivers;
  if (!driver) throw new Error("A world needs a platform.");
  const homes: { home: Home; close(): Promise<void> }[] = [];
  const written: string[] = [];
  let bots: ChildProcess[] = [];

  const world: ChatWorld<D> = {
    drivers,
    driver,
    core: () => core,
    async addHome(label, files, rateBytesPerS) {
      const made = await createHome(join(folder, `home-${homes.length}`), label, homes.length, rateBytesPerS);
      homes.push(made);
      made.home.write(files);
      return made.home;
    },
    enrol,
    botOutput: () => [...written, ...drivers.map((one) => (isConsole(one) ? one.output() : ""))].join(""),
    async killBot() {
      for (const one of drivers) if (isConsole(one)) await one.kill();
      await Promise.all(bots.map((bot) => end(bot, "SIGKILL")));
      bots = [];
      for (const one of drivers) await whenGone(one);
    },
    async startBot() {
      for (const one of drivers) if (isConsole(one)) await one.restart();
      await startBots();
    },
    async killCore() {
      isCoreUp = false;
      await core.kill();
    },
    async startCore() {
      core = await launch();
      isCoreUp = true;
    },
    leaks(people, rooms) {
      const seen = drivers.flatMap((one) =>
        people.flatMap((person) =>
          [undefined, ...rooms].flatMap((room) => readableBy(one, person, room).map((text) => `a message: ${text}`)),
        ),
      );
      const logs = world
        .botOutput()
        .split("\n")
        .map((line) => `the log: ${line.replace(/"(?:pid|time)":\d+,?/g, "")}`);
      const forbidden = [...homes.flatMap(({ home }) => secretsOf(home)), ...drivers.flatMap(tokensOf)];
      return [...seen, ...logs].filter((text) => forbidden.some((secret) => secret.test(text)));
    },
    async stop() {
      await Promise.all(bots.map((bot) => end(bot, "SIGTERM")));
      await Promise.all(drivers.map((one) => one.close()));
      // A killed core leaves its database behind; the next one takes it over and ends it.
      if (!isCoreUp) await world.startCore();
      await core.stop();
      await Promise.all(homes.map((home) => home.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };

  async function startBots(): Promise<void> {
    const chats = drivers.filter((one) => !isConsole(one));
    const together = Object.assign({}, ...chats.map(({ env }) => env));
    const environments = isApart ? chats.map(({ env }) => env) : chats.length > 0 ? [together] : [];
    const already = chats.map((one) => (isAsked(one) ? one.requests().length : 0));
    bots = environments.map((env) => startBot(core.apiAddress, env, written));
    const ended = bots.map(async (bot) => {
      await once(bot, "exit");
      throw new Error(`The bot ended:\n${written.join("")}`);
    });
    for (const promise of ended) promise.catch(() => {});
    const listening = chats.map((one, index) => whenListening(one, already[index] ?? 0));
    await Promise.race([Promise.all(listening), ...ended]);
  }

  try {
    await beginStreams(core.apiAddress, drivers);
    await startBots();
  } catch (error) {
    await world.stop();
    throw error;
  }
  return world;
}

/** A platform is told what happens from the first question on: here that is before anything happens. */
async function beginStreams(apiAddress: string, drivers: readonly Driver[]): Promise<void> {
  const api = createApi({ socketPath: apiAddress.replace(/^unix:/, "") });
  for (const { platform } of drivers) await api.readCursor(platform);
  await api.close();
}

function startBot(apiAddress: string, env: Record<string, string>, written: string[]): ChildProcess {
  const { PATH, HOME, LANG } = process.env;
  const bot = spawn(process.execPath, botArguments(), {
    cwd: projectRoot,
    env: { PATH, HOME, LANG, FONSHARE_API: apiAddress, LOG_LEVEL: "debug", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  for (const stream of [bot.stdout, bot.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => void written.push(text));
  }
  return bot;
}

const isConsole = (driver: Driver): driver is ConsoleDriver => driver.platform === "console";

/** What stand-ins remember of the bot's requests. */
interface Asked {
  requests(): readonly { method: string; path?: string; status?: number }[];
  connections?(): number;
}

const isAsked = (driver: Driver): driver is Driver & Asked => "requests" in driver;

/** What a bot does last before it hears people: registers its commands, or asks for what was said. */
const isReady = ({ method, path = "", status }: ReturnType<Asked["requests"]>[number]) =>
  method === "getUpdates" || (method === "PUT" && path.endsWith("/commands") && status === 200);

/** @param already requests of earlier processes */
async function whenListening(driver: Driver, already: number): Promise<void> {
  if (isAsked(driver)) await until(async () => driver.requests().slice(already).some(isReady) || undefined);
}

async function whenGone(driver: Driver): Promise<void> {
  if (isAsked(driver)) await until(async () => (driver.connections?.() ?? 0) === 0 || undefined);
}

/** The person as the bot would present them to the core, for preparing what a conversation is not about. */
export function contextOf({ platform }: Driver, person: ChatPerson, room?: ChatRoom, isAdmin = false): Context {
  const actor = { platform, userId: person.id, displayName: person.name, language: person.language };
  if (!room) return { actor, room: { platform, roomId: person.id, kind: "private", title: "", isAdmin: false } };
  return { actor, room: { platform, roomId: room.id, kind: "group", title: room.title, isAdmin } };
}

async function createHome(
  root: string,
  label: string,
  index: number,
  rateBytesPerS: number | undefined,
): Promise<{ home: Home; close(): Promise<void> }> {
  const secret = () => randomBytes(9).toString("hex");
  const top = `zone-${secret()}`;
  const sharePath = `/${top}/Media`;
  const inboxPath = `/${top}/Inbox`;
  const login = { username: `user-${secret()}`, password: secret() };
  for (const path of [sharePath, inboxPath]) mkdirSync(join(root, path), { recursive: true });
  const server = createFtpServer({
    address: `127.${100 + Math.floor(Math.random() * 100)}.${Math.floor(Math.random() * 250)}.${index + 2}`,
    users: [{ ...login, root }],
    ...(rateBytesPerS === undefined ? {} : { rateBytesPerS }),
  });
  const address = await server.listen();
  const home: Home = {
    ...login,
    ...address,
    label,
    root,
    sharePath,
    inboxPath,
    write(files) {
      const entries = Object.entries(files).map(([path, content]) => [join(sharePath, path), Buffer.from(content)]);
      writeTree(root, Object.fromEntries(entries));
    },
    inInbox: (path) => join(root, inboxPath, path),
  };
  return { home, close: () => server.close() };
}

async function enrol(link: string, home: Home): Promise<void> {
  const daemon = { ...home, fingerprint: undefined };
  const { label, sharePath, inboxPath } = home;
  const { status, html } = await sendEnrolment(link, { label, daemon, sharePath, inboxPath });
  if (status !== 200) throw new Error(`The enrolment page answered ${status}: ${html}`);
}

/** Everything that can be read in a message, labels and raw markup included. */
function readableBy(driver: Driver, person: ChatPerson, room: ChatRoom | undefined): string[] {
  try {
    return driver.seenBy(person, room).map((message) => JSON.stringify(message));
  } catch {
    // A person of another platform, or a room that is gone.
    return [];
  }
}

function secretsOf({ host, port, username, password, sharePath, root }: Home): RegExp[] {
  const whole = [host, username, password, sharePath.split("/")[1] ?? "", root].map((text) => RegExp.escape(text));
  return [...whole, `(?<![\\d.])${port}(?![\\d.])`].map((source) => new RegExp(source));
}

function tokensOf({ env }: Driver): RegExp[] {
  return Object.entries(env)
    .filter(([name]) => name.includes("TOKEN"))
    .map(([, token]) => new RegExp(RegExp.escape(token)));
}

async function end(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}
