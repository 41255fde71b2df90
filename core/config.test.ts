// Every setting's default, and one sentence for each mistake.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { ConfigError, readConfig } from "./config.ts";

function mistakes(environment: Record<string, string>): string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.sentences;
    throw error;
  }
  return [];
}

it("needs nothing", () => {
  expect(readConfig({})).toEqual({
    dataFolder: resolve("data"),
    databaseUrl: undefined,
    keyFile: resolve("data/master.key"),
    publicUrl: "http://localhost:8080",
    webListen: { host: "127.0.0.1", port: 8080 },
    api: { socket: resolve("data/run/api.sock") },
    allowNetworks: [],
    scanEveryMs: 1_800_000,
    retentionMs: 604_800_000,
    relayQuotaBytes: 50e9,
    logLevel: "info",
  });
});

it("reads every setting", () => {
  const config = readConfig({
    FONSHARE_DATA: "/srv/fon",
    DATABASE_URL: "postgres://fon:pw@db.example/fon",
    FONSHARE_KEY_FILE: "/run/secrets/key",
    FONSHARE_PUBLIC_URL: "https://share.example.org/fon/",
    FONSHARE_WEB_LISTEN: "[::1]:9090",
    FONSHARE_API: "http://[::1]:7070",
    FONSHARE_API_TOKEN: "0123456789abcdef",
    FONSHARE_ALLOW_NETWORKS: "192.168.1.0/24, fd00::/8",
    FONSHARE_SCAN_EVERY: "2h",
    FONSHARE_RETENTION: "1d",
    FONSHARE_RELAY_QUOTA: "1.5 GB",
    LOG_LEVEL: "debug",
    PATH: "/bin",
  });
  expect(config.databaseUrl?.reveal()).toBe("postgres://fon:pw@db.example/fon");
  expect(config.publicUrl).toBe("https://share.example.org/fon");
  expect(config.webListen).toEqual({ host: "::1", port: 9090 });
  expect(config.api).toMatchObject({ host: "::1", port: 7070 });
  expect(config.allowNetworks).toEqual(["192.168.1.0/24", "fd00::/8"]);
  expect([config.scanEveryMs, config.retentionMs]).toEqual([7_200_000, 86_400_000]);
  expect(config.relayQuotaBytes).toBe(1.5e9);
  expect(JSON.stringify(config)).not.toMatch(/pw@|0123456789abcdef/);
});

it("lets links follow the listener's port", () => {
  expect(readConfig({ FONSHARE_WEB_LISTEN: "127.0.0.1:18080" }).publicUrl).toBe("http://localhost:18080");
});

it("tells all mistakes at once, each with its name", () => {
  const sentences = mistakes({
    FONSHARE_SCAN_EVRY: "1h",
    FONSHARE_SCAN_EVERY: "soon",
    FONSHARE_WEB_LISTEN: "8080",
    FONSHARE_API: "ftp://x",
  });
  expect(sentences.map((sentence) => sentence.split(":")[0]).toSorted()).toEqual([
    "FONSHARE_API",
    "FONSHARE_SCAN_EVERY",
    "FONSHARE_SCAN_EVRY",
    "FONSHARE_WEB_LISTEN",
  ]);
  for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z_]+: [^\n]+\.$/);
});

it.each([
  ["FONSHARE_SCAN_EVERY", "5s"],
  ["FONSHARE_SCAN_EVERY", "30"],
  ["FONSHARE_RETENTION", "-7d"],
  ["FONSHARE_RELAY_QUOTA", "plenty"],
  ["FONSHARE_RELAY_QUOTA", "-1GB"],
  ["FONSHARE_PUBLIC_URL", "share.example.org"],
  ["FONSHARE_PUBLIC_URL", "https://user:pw@share.example.org"],
  ["FONSHARE_WEB_LISTEN", "127.0.0.1:70000"],
  ["FONSHARE_ALLOW_NETWORKS", "192.168.1.0"],
  ["FONSHARE_API", "http://127.0.0.1"],
  ["FONSHARE_API", `unix:/${"x".repeat(120)}/api.sock`],
  ["FONSHARE_API_TOKEN", "short"],
  ["FONSHARE_API_TOKEN_FILE", "/nowhere/token"],
  ["DATABASE_URL", "mysql://root:hunter2@db/x"],
  ["LOG_LEVEL", "loud"],
])("refuses %s=%s", (name, value) => {
  const sentences = mistakes({ [name]: value });
  expect(sentences).toHaveLength(1);
  expect(sentences[0]).toMatch(new RegExp(`^${name}: .+\\.$`));
  expect(sentences[0]).not.toMatch(/hunter2|undefined/);
});

it("asks for a token when bots come over the network", () => {
  expect(mistakes({ FONSHARE_API: "http://127.0.0.1:7070" })[0]).toMatch(/^FONSHARE_API_TOKEN: must be set/);
});

it("reads a secret from a file, and refuses both forms at once", () => {
  const folder = mkdtempSync(join(tmpdir(), "fonshare-config-"));
  const file = join(folder, "url");
  writeFileSync(file, "postgres://a:b@c/d\n");
  expect(readConfig({ DATABASE_URL_FILE: file }).databaseUrl?.reveal()).toBe("postgres://a:b@c/d");
  expect(mistakes({ DATABASE_URL_FILE: file, DATABASE_URL: "postgres://e/f" })).toEqual([
    "DATABASE_URL: set either DATABASE_URL or DATABASE_URL_FILE, not both.",
  ]);
  rmSync(folder, { recursive: true });
});
