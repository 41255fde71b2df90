// Opens a session to a server, from the pool or fresh, and notes how the server stands by what comes of it.
import type { Connector, Session } from "../ftp/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { asFonError, FonError } from "../platform/errors.ts";
import type { Vault } from "../vault/index.ts";
import type { Pool, PoolKey } from "./pool.ts";
import { record } from "./record.ts";
import { readConnection } from "./sealing.ts";
import type { Connection } from "./settings.ts";
import { targetOf } from "./settings.ts";
import type { ServerRow } from "./store/servers.ts";
import { selectServer } from "./store/servers.ts";

export interface OpenOptions {
  use: "files" | "fxp";
  /** The login that may write; only for the owner's own inbox. */
  write?: boolean;
  signal?: AbortSignal;
}

export interface OpenServer {
  session: Session;
  /** Real path of the folder below which the shares lie. Never to be shown, logged or stored. */
  root: string;
  /** Real path of the inbox. The same care. */
  inbox: string | undefined;
  /** Of the settings that this session was opened with. */
  version: number;
  /** `keep` when the session is between tasks and in order, else `close`. The first call counts. */
  release(verdict: "keep" | "close"): void;
}

export interface OpenDeps {
  db: Db;
  clock: Clock;
  vault: Vault;
  connector: Connector;
  pool: Pool;
}

/** @throws what `Connector.connect` throws; `server.paused`, `server.locked`, `server.unknown` without connecting */
export async function openServer(deps: OpenDeps, serverId: number, options: OpenOptions): Promise<OpenServer> {
  const row = await usableServer(deps.db, serverId);
  const connection = await readConnection(deps.db, deps.vault, row);
  const login = options.write && connection.writer ? "write" : "read";
  const key: PoolKey = { serverId, version: row.version, use: options.use, login };
  const session = deps.pool.take(key) ?? (await connectFresh(deps, row, connection, key, options.signal));
  return lendOut(deps.pool, session, connection, row.version);
}

async function usableServer(db: Db, serverId: number): Promise<ServerRow> {
  const row = await selectServer(db, serverId);
  if (!row) throw new FonError("server.unknown");
  if (row.state === "paused") throw new FonError("server.paused");
  if (row.state === "locked") throw new FonError("server.locked");
  return row;
}

async function connectFresh(
  deps: OpenDeps,
  row: ServerRow,
  connection: Connection,
  key: PoolKey,
  signal: AbortSignal | undefined,
): Promise<Session> {
  const options = { use: key.use, ...(signal ? { signal } : {}) };
  let session: Session;
  try {
    session = await deps.connector.connect(targetOf(connection, key.login), options);
  } catch (error) {
    const problem = asFonError(error);
    // A firewall that counts connections lets no other one in, and those that this process has go on.
    const isOneTooMany = problem?.code === "server.offline" && deps.pool.isLent(row.id);
    if (problem && !isOneTooMany && !signal?.aborted)
      await record(deps, row.id, row, { kind: "failed", code: problem.code });
    throw error;
  }
  deps.pool.lend(key, session);
  try {
    if (isNews(row, deps.clock)) await record(deps, row.id, row, { kind: "worked" });
  } catch (error) {
    deps.pool.giveBack(session, "close");
    throw error;
  }
  return session;
}

/** A server known to be well is written down once a minute, not at each of a thousand logins. */
function isNews(row: ServerRow, clock: Clock): boolean {
  const isWell = row.state === "online" && row.problem === null && row.wrongPasswords === 0;
  const age = clock.now().getTime() - (row.checkedAt?.getTime() ?? 0);
  return !isWell || age > 60_000;
}

function lendOut(pool: Pool, session: Session, connection: Connection, version: number): OpenServer {
  let isReleased = false;
  return {
    session,
    root: connection.sharePath,
    inbox: connection.inboxPath,
    version,
    release(verdict) {
      if (isReleased) return;
      isReleased = true;
      pool.giveBack(session, verdict);
    },
  };
}
