// The bot's configuration, from the environment. The only file of the bot that reads it; each mistake is one sentence.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export type ApiAddress = { socketPath: string } | { origin: string; token: string };

/** A chat platform that is switched on. */
export interface PlatformConfig {
  token: string;
  /** The root of its API; undefined for the platform's own. */
  apiRoot: string | undefined;
}

export interface Config {
  api: ApiAddress;
  discord: PlatformConfig | undefined;
  telegram: PlatformConfig | undefined;
  /** A level of pino; undefined when nobody asked for one. */
  logLevel: string | undefined;
}

export type Environment = Record<string, string | undefined>;
export type ConfigOutcome = { config: Config } | { mistakes: string[] };

const levels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];
/** Of every FonShare process: an environment is often shared by core and bot. */
const knownNames = [
  "FONSHARE_DATA",
  "FONSHARE_KEY_FILE",
  "FONSHARE_PUBLIC_URL",
  "FONSHARE_WEB_LISTEN",
  "FONSHARE_API",
  "FONSHARE_API_TOKEN",
  "FONSHARE_API_TOKEN_FILE",
  "FONSHARE_ALLOW_NETWORKS",
  "FONSHARE_SCAN_EVERY",
  "FONSHARE_RETENTION",
  "FONSHARE_RELAY_QUOTA",
];
/** The kernel's limit for the path of a Unix socket; macOS has 103. */
const longestSocketBytes = process.platform === "darwin" ? 103 : 107;

/** @param environment process.env unless a test hands in another */
export function readConfig(environment: Environment = process.env): ConfigOutcome {
  const mistakes: string[] = [];
  for (const name of Object.keys(environment)) {
    if (!name.startsWith("FONSHARE_") || knownNames.includes(name)) continue;
    mistakes.push(`${name}: FonShare has no setting of this name; remove it or correct its spelling.`);
  }
  const logLevel = readLevel(environment, mistakes);
  const api = readApi(environment, mistakes);
  const discord = readPlatform(environment, { token: "DISCORD_TOKEN", root: "DISCORD_API_URL" }, mistakes);
  const telegram = readPlatform(environment, { token: "TELEGRAM_BOT_TOKEN", root: "TELEGRAM_API_ROOT" }, mistakes);
  return mistakes.length > 0 || api === undefined ? { mistakes } : { config: { api, discord, telegram, logLevel } };
}

function readPlatform(
  environment: Environment,
  names: { token: string; root: string },
  mistakes: string[],
): PlatformConfig | undefined {
  const token = readSecret(environment, names.token, mistakes);
  const apiRoot = environment[names.root] || undefined;
  if (apiRoot !== undefined && !(URL.canParse(apiRoot) && /^https?:$/.test(new URL(apiRoot).protocol)))
    mistakes.push(`${names.root} must be an address such as https://host/path.`);
  return token === undefined ? undefined : { token, apiRoot };
}

function readLevel(environment: Environment, mistakes: string[]): string | undefined {
  const level = environment["LOG_LEVEL"] || undefined;
  if (level !== undefined && !levels.includes(level)) mistakes.push(`LOG_LEVEL must be one of ${levels.join(", ")}.`);
  return level;
}

function readApi(environment: Environment, mistakes: string[]): ApiAddress | undefined {
  const data = environment["FONSHARE_DATA"] || "./data";
  const place = environment["FONSHARE_API"] || `unix:${join(resolve(data), "run", "api.sock")}`;
  if (place.startsWith("unix:") && place.length > 5) return readSocket(resolve(place.slice(5)), mistakes);
  if (!URL.canParse(place) || !/^https?:$/.test(new URL(place).protocol)) {
    mistakes.push("FONSHARE_API must look like unix:/path/to/api.sock or http://host:port.");
    return undefined;
  }
  const name = "FONSHARE_API_TOKEN";
  const before = mistakes.length;
  const token = readSecret(environment, name, mistakes);
  if (token === undefined && mistakes.length === before)
    mistakes.push(`FONSHARE_API over http needs ${name} (or ${name}_FILE).`);
  return token === undefined ? undefined : { origin: new URL(place).origin, token };
}

function readSocket(socketPath: string, mistakes: string[]): ApiAddress {
  if (Buffer.byteLength(socketPath) > longestSocketBytes) {
    mistakes.push(
      "FONSHARE_API: the path of the core's socket is too long for this system; set FONSHARE_API to a shorter one.",
    );
  }
  return { socketPath };
}

/** The variable, or what stands in the file that its `_FILE` twin names. */
function readSecret(environment: Environment, name: string, mistakes: string[]): string | undefined {
  const file = environment[`${name}_FILE`];
  if (environment[name] && file) mistakes.push(`Set only one of ${name} and ${name}_FILE.`);
  const text = environment[name]?.trim() || (file ? readSecretFile(`${name}_FILE`, file, mistakes) : undefined);
  return text || undefined;
}

function readSecretFile(name: string, file: string, mistakes: string[]): string | undefined {
  try {
    const text = readFileSync(file, "utf8").trim();
    if (text === "") mistakes.push(`${name} names an empty file.`);
    return text;
  } catch (error) {
    const isDenied = (error as NodeJS.ErrnoException).code === "ERR_ACCESS_DENIED";
    mistakes.push(
      isDenied
        ? `${name}: this process may not read that file; start it with --allow-fs-read for it.`
        : `${name} names a file that cannot be read.`,
    );
    return undefined;
  }
}
