// The core's settings, read once from the environment: every mistake is one sentence, all of them told together.
// The only file of the core that reads process.env. Names and defaults: docs/operating.md.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ipaddr from "ipaddr.js";
import ms from "ms";
import { z } from "zod";
import { fitsSocket } from "./platform/postgres/socket-folder.ts";
import { Secret } from "./platform/secret.ts";
import { readSize } from "./platform/size.ts";

export interface Config {
  /** Absolute. */
  dataFolder: string;
  /** Undefined: the embedded database. */
  databaseUrl: Secret | undefined;
  keyFile: string;
  /** What links start with, without a slash at the end. */
  publicUrl: string;
  webListen: ListenAddress;
  api: ApiAddress;
  /** CIDRs of networks that servers may be in although they are denied otherwise. */
  allowNetworks: string[];
  scanEveryMs: number;
  retentionMs: number;
  /** What one group may send through the core on one day (UTC). */
  relayQuotaBytes: number;
  logLevel: string;
}
export interface ListenAddress {
  host: string;
  port: number;
}
export type ApiAddress = { socket: string } | (ListenAddress & { token: Secret });

/** The environment does not fit: one sentence for each mistake. */
export class ConfigError extends Error {
  readonly sentences: string[];

  constructor(sentences: string[]) {
    super(sentences.join("\n"));
    this.name = "ConfigError";
    this.sentences = sentences;
  }
}

const defaultDataFolder = "./data";
const shortestTokenLength = 16;

const duration = (fallback: string, least: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, check) => {
      const isDuration = /^\d+(\.\d+)?\s*(s|m|h|d|w)$/.test(text.trim());
      const value = isDuration ? ms(text.trim() as ms.StringValue) : Number.NaN;
      if (value >= ms(least as ms.StringValue)) return value;
      return refuse(check, `${quote(text)} is not a duration of at least ${least}; write for example ${fallback}.`);
    });

const environmentSchema = z.object({
  FONSHARE_DATA: z
    .string()
    .default(defaultDataFolder)
    .transform((path) => resolve(path)),
  DATABASE_URL: z.string().transform(readDatabaseUrl).optional(),
  FONSHARE_KEY_FILE: z
    .string()
    .transform((path) => resolve(path))
    .optional(),
  FONSHARE_PUBLIC_URL: z.string().transform(readPublicUrl).optional(),
  FONSHARE_WEB_LISTEN: z.string().default("127.0.0.1:8080").transform(readListen),
  // Both are read by readApi, because they belong together.
  FONSHARE_API: z.string().optional(),
  FONSHARE_API_TOKEN: z
    .string()
    .min(shortestTokenLength, `is too short: use at least ${shortestTokenLength} characters.`)
    .optional(),
  FONSHARE_ALLOW_NETWORKS: z.string().default("").transform(readNetworks),
  FONSHARE_SCAN_EVERY: duration("30m", "1m"),
  FONSHARE_RETENTION: duration("7d", "1h"),
  FONSHARE_RELAY_QUOTA: z.string().default("50GB").transform(readQuota),
  LOG_LEVEL: z
    .string()
    .default("info")
    .refine((level) => logLevels.includes(level), { error: (issue) => oneOf(issue.input) }),
});

const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];
const secretNames = ["DATABASE_URL", "FONSHARE_API_TOKEN"];
const ownName = /^FONSHARE_/;
/** Of every FonShare process: an environment is often shared by core and bot. */
const knownNames = new Set([...Object.keys(environmentSchema.shape), ...secretNames.map((name) => `${name}_FILE`)]);

/** @throws ConfigError */
export function readConfig(environment: Record<string, string | undefined> = process.env): Config {
  const { values, sentences } = readSecretFiles(environment);
  const parsed = environmentSchema.safeParse(values);
  const api = readApi(values);
  const all = [...unknownNames(environment), ...sentences, ...(parsed.error?.issues.map(asSentence) ?? [])];
  if (typeof api === "string") all.push(api);
  if (!parsed.success || typeof api === "string" || all.length > 0) throw new ConfigError(all);
  const known = parsed.data;
  return {
    dataFolder: known.FONSHARE_DATA,
    databaseUrl: known.DATABASE_URL,
    keyFile: known.FONSHARE_KEY_FILE ?? join(known.FONSHARE_DATA, "master.key"),
    publicUrl: known.FONSHARE_PUBLIC_URL ?? `http://localhost:${known.FONSHARE_WEB_LISTEN.port}`,
    webListen: known.FONSHARE_WEB_LISTEN,
    api,
    allowNetworks: known.FONSHARE_ALLOW_NETWORKS,
    scanEveryMs: known.FONSHARE_SCAN_EVERY,
    retentionMs: known.FONSHARE_RETENTION,
    relayQuotaBytes: known.FONSHARE_RELAY_QUOTA,
    logLevel: known.LOG_LEVEL,
  };
}

const asSentence = (issue: z.core.$ZodIssue) => `${issue.path.join(".")}: ${issue.message}`;
const quote = (text: string) => JSON.stringify(text);
const oneOf = (input: unknown) => `${quote(String(input))} is not a level; write one of ${logLevels.join(", ")}.`;

function refuse(check: z.RefinementCtx, message: string): never {
  check.addIssue({ code: "custom", message });
  return z.NEVER;
}

function unknownNames(environment: Record<string, string | undefined>): string[] {
  return Object.keys(environment)
    .filter((name) => ownName.test(name) && !knownNames.has(name))
    .map((name) => `${name}: FonShare has no setting of this name; remove it or correct its spelling.`);
}

/** An empty value counts as not set. `X_FILE` gives the first line's worth of text for `X`. */
function readSecretFiles(environment: Record<string, string | undefined>) {
  const set = Object.entries(environment).filter(([, value]) => value !== undefined && value !== "");
  const values: Record<string, string | undefined> = Object.fromEntries(set);
  const sentences: string[] = [];
  for (const name of secretNames) {
    const file = values[`${name}_FILE`];
    if (file === undefined) continue;
    if (values[name] !== undefined) sentences.push(`${name}: set either ${name} or ${name}_FILE, not both.`);
    try {
      values[name] = readFileSync(file, "utf8").trim();
    } catch (error) {
      sentences.push(`${name}_FILE: the file cannot be read (${(error as NodeJS.ErrnoException).code}).`);
    }
  }
  return { values, sentences };
}

function readDatabaseUrl(text: string, check: z.RefinementCtx): Secret {
  const isUrl = /^postgres(ql)?:\/\/[^/]/.test(text) && URL.canParse(text);
  return isUrl ? new Secret(text) : refuse(check, "is not a URL like postgres://user:password@host:5432/database.");
}

function readPublicUrl(text: string, check: z.RefinementCtx): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url && /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username;
  return isPlain
    ? url.href.replace(/\/+$/, "")
    : refuse(check, `${quote(text)} is not an address of a web site; write for example https://share.example.org.`);
}

function readListen(text: string, check: z.RefinementCtx): ListenAddress {
  const example = "write for example 127.0.0.1:8080 or [::1]:8080.";
  return splitAddress(text.trim()) ?? refuse(check, `${quote(text)} is not an address with a port; ${example}`);
}

function readNetworks(text: string, check: z.RefinementCtx): string[] {
  const networks = text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
  const wrong = networks.find((network) => !ipaddr.isValidCIDR(network));
  return wrong === undefined
    ? networks
    : refuse(check, `${quote(wrong)} is not a network; write networks like 192.168.1.0/24, separated by commas.`);
}

/** `0`: nothing at all. */
function readQuota(text: string, check: z.RefinementCtx): number {
  return readSize(text) ?? refuse(check, `${quote(text)} is not a size; write for example 50GB.`);
}

/** The address, or the sentence that says what is wrong with it. */
function readApi(values: Record<string, string | undefined>): ApiAddress | string {
  const text =
    values["FONSHARE_API"] ?? `unix:${join(values["FONSHARE_DATA"] ?? defaultDataFolder, "run", "api.sock")}`;
  if (text.startsWith("unix:")) return readSocket(text.slice("unix:".length));
  const match = /^http:\/\/(.+?)\/?$/.exec(text);
  const address = match?.[1] === undefined ? undefined : splitAddress(match[1]);
  if (!address)
    return `FONSHARE_API: ${quote(text)} is not an address; write unix:/path/to/api.sock or http://host:port.`;
  const token = values["FONSHARE_API_TOKEN"];
  return token === undefined
    ? "FONSHARE_API_TOKEN: must be set (the same here and for the bot) when FONSHARE_API is an http address."
    : { ...address, token: new Secret(token) };
}

function readSocket(path: string): ApiAddress | string {
  const socket = resolve(path);
  if (fitsSocket(socket)) return { socket };
  return `FONSHARE_API: the path of the socket is too long for this system (${socket}); set FONSHARE_API to unix: and a shorter path.`;
}

/** `host:port` or `[ipv6]:port`. */
function splitAddress(text: string): ListenAddress | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]/\s]+)):(\d{1,5})$/i.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host !== undefined && port <= 65_535 ? { host, port } : undefined;
}
