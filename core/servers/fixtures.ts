// Tests only: the servers feature on a real database, and real FTP servers on loopback.
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FtpServerOptions } from "../../demo/ftp-server/ftp-server.ts";
import { createFtpServer } from "../../demo/ftp-server/ftp-server.ts";
import { createConnector } from "../ftp/index.ts";
import type { MovableClock } from "../people/fixtures.ts";
import type { Db } from "../platform/db.ts";
import { createLog } from "../platform/log.ts";
import { Secret } from "../platform/secret.ts";
import { createMasterKey, createVault } from "../vault/index.ts";
import type { Settings } from "./index.ts";
import { createServers, createServersApi } from "./index.ts";

export const randomToken = () => randomBytes(32).toString("base64url");

/** A short reply timeout, so that a server that says nothing fails a test in seconds. */
export function createServersFixture(db: Db, clock: MovableClock) {
  const policy = { allowNetworks: ["127.0.0.0/8"] };
  const connector = createConnector({ policy, clock, timeouts: { connectMs: 3000, replyMs: 3000 } });
  const vault = createVault({ masterKeys: [createMasterKey(randomBytes(32))] });
  const log = createLog("silent", "test");
  const servers = createServers({ db, clock, vault, connector, log });
  const publicUrl = "http://localhost:8080";
  const api = createServersApi({ db, clock, vault, connector, servers, publicUrl, randomToken });
  return { servers, api, vault, connector, log };
}

export interface StartedFtp {
  host: string;
  port: number;
  username: string;
  password: string;
  /** The user's folder on this machine, with `share` and `inbox` in it. */
  root: string;
  server: ReturnType<typeof createFtpServer>;
  stop(): Promise<void>;
}

export async function startFtp(over: Partial<FtpServerOptions> = {}): Promise<StartedFtp> {
  const root = mkdtempSync(join(tmpdir(), "fonshare-servers-"));
  mkdirSync(join(root, "share"));
  mkdirSync(join(root, "inbox"));
  const user = { username: "anna", password: "correct horse", root };
  const server = createFtpServer({ address: "127.0.0.1", users: [user], ...over });
  const address = await server.listen();
  const stop = async () => {
    await server.close();
    rmSync(root, { recursive: true, force: true });
  };
  return { ...address, ...user, server, stop };
}

export const settingsFor = (ftp: Pick<StartedFtp, "host" | "port">, over: Partial<Settings> = {}): Settings => ({
  label: "Box",
  host: ftp.host,
  port: ftp.port,
  security: "plain",
  username: new Secret("anna"),
  password: new Secret("correct horse"),
  sharePath: "/share",
  inboxPath: "/inbox",
  ...over,
});

type Fixture = ReturnType<typeof createServersFixture>;

/** Through the link, the live trial and the vault, as a person enrols a server. */
export async function enrolServer(
  { api, servers }: Fixture,
  caller: Parameters<Fixture["api"]["enrol"]>[0],
  settings: Settings,
) {
  const { link } = await api.enrol(caller, {});
  const token = link.slice(link.lastIndexOf("/") + 1);
  const trial = await servers.enrolments.try(settings);
  await servers.enrolments.store(token, settings, trial);
  return servers.findOwn(caller.person.id, settings.label);
}
