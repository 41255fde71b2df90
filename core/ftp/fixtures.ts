// For the tests of this folder: the scripted server on loopback, and sessions with it or with a daemon.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";
import { createFtpServer } from "../../demo/ftp-server/ftp-server.ts";
import type { FtpServer, FtpServerOptions, Override } from "../../demo/ftp-server/types.ts";
import { systemClock } from "../platform/clock.ts";
import { Secret } from "../platform/secret.ts";
import type { ConnectorDeps } from "./connect.ts";
import { createConnector } from "./connect.ts";
import type { ConnectOptions, FtpTarget, Session } from "./types.ts";

export const loopback = { allowNetworks: ["127.0.0.0/8", "::1/128"] };

export interface ScriptedEnd {
  server: FtpServer;
  root: string;
  target: FtpTarget;
}

export interface TestBench {
  start(options?: Partial<FtpServerOptions>): Promise<ScriptedEnd>;
  connect(target: FtpTarget, use?: ConnectOptions["use"], deps?: Partial<ConnectorDeps>): Promise<Session>;
  /** Closes every session and server, removes every folder. */
  clear(): Promise<void>;
}

export function createBench(): TestBench {
  const cleanups: Array<() => unknown> = [];
  return {
    async start(options = {}) {
      const root = await mkdtemp(join(tmpdir(), "fonshare-ftp-"));
      cleanups.push(() => rm(root, { recursive: true, force: true }));
      const users = [{ username: "anna", password: "correct-horse", root }];
      const server = createFtpServer({ address: "127.0.0.1", users, ...options });
      cleanups.push(() => server.close());
      const { host, port } = await server.listen();
      const security = options.tls ? (options.tls.mode === "implicit" ? "implicit" : "tls") : "plain";
      return { server, root, target: login({ host, port, username: "anna", password: "correct-horse" }, security) };
    },
    async connect(target, use = "files", deps = {}) {
      const session = await connectorFor(deps).connect(target, { use });
      cleanups.push(() => session.close());
      return session;
    },
    async clear() {
      for (const clean of cleanups.splice(0).reverse()) await clean();
    },
  };
}

export function connectorFor(deps: Partial<ConnectorDeps> = {}) {
  return createConnector({ policy: loopback, clock: systemClock, ...deps });
}

interface Account {
  host: string;
  port: number;
  username: string;
  password: string;
  fingerprint?: string | undefined;
}

export function login(account: Account, security: FtpTarget["security"]): FtpTarget {
  const { host, port, fingerprint } = account;
  const secrets = { username: new Secret(account.username), password: new Secret(account.password) };
  return { host, port, security, ...secrets, ...(fingerprint !== undefined && { fingerprint }) };
}

/** A self-signed certificate for `localhost` and 127.0.0.1, with its SHA-256. */
export async function makeCertificate(): Promise<{ key: string; cert: string; fingerprint: string }> {
  const made = await generate([{ name: "commonName", value: "localhost" }], {
    keySize: 2048,
    extensions: [
      { name: "basicConstraints", cA: true },
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: "127.0.0.1" },
        ],
      },
    ],
  });
  const { X509Certificate } = await import("node:crypto");
  const fingerprint = new X509Certificate(made.cert).fingerprint256.replaceAll(":", "").toLowerCase();
  return { key: made.private, cert: made.cert, fingerprint };
}

/** An override for one verb. */
export function on(verb: string, answer: ReturnType<Override>): Override {
  return (command) => (command.verb === verb ? answer : undefined);
}

/** The same, the first time only. */
export function once(verb: string, answer: ReturnType<Override>): Override {
  let isOver = false;
  return (command) => {
    if (isOver || command.verb !== verb) return undefined;
    isOver = true;
    return answer;
  };
}
