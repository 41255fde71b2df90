// What other features and the enrolment page ask about servers.
import type { Connector } from "../ftp/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import type { Log } from "../platform/log.ts";
import type { Vault } from "../vault/index.ts";
import type { Enrolment } from "./enrolment.ts";
import { isLabelFree, readEnrolment, storeSettings, withKeptPasswords } from "./enrolment.ts";
import { pickInbox, pickServer } from "./find.ts";
import type { OpenOptions, OpenServer } from "./open.ts";
import { openServer } from "./open.ts";
import { createPool } from "./pool.ts";
import { verifyKeys } from "./sealing.ts";
import type { Settings } from "./settings.ts";
import type { ServerRow } from "./store/servers.ts";
import { selectOwn, selectServer } from "./store/servers.ts";
import type { Trial } from "./trial.ts";
import { tryConnection } from "./trial.ts";

export interface ServersDeps {
  db: Db;
  clock: Clock;
  vault: Vault;
  connector: Connector;
  /** For the test of an enrolment, see steady.ts. Default: `connector`. */
  asking?: Connector;
  log: Log;
}

export interface Servers {
  /** @param which label (capitals or not) or reference. @throws `server.unknown` `server.none` `server.which` */
  findOwn(personId: number, which?: string): Promise<ServerRow>;
  /** The same among one's servers with an inbox. @throws also `server.no-inbox` */
  findInbox(personId: number, which?: string): Promise<ServerRow>;
  find(serverId: number): Promise<ServerRow | undefined>;
  open(serverId: number, options: OpenOptions): Promise<OpenServer>;
  /** To be called on the signal `rights`: closes pooled sessions of servers that are gone, paused or changed. */
  reviewSessions(): Promise<void>;
  /** For the enrolment page only. */
  enrolments: {
    read(token: string): Promise<Enrolment | undefined>;
    isLabelFree(token: string, label: string): Promise<boolean>;
    /** Fills in stored passwords that were left empty; undefined when one is missing. */
    withKeptPasswords(token: string, typed: Settings): Promise<Settings | undefined>;
    try(settings: Settings): Promise<Trial>;
    /** @throws `enrol.link-invalid` `server.label-taken` */
    store(token: string, settings: Settings, trial: Trial): Promise<{ label: string }>;
  };
  /** @throws KeyFileError when stored secrets need a key that the vault does not have */
  verifyKeys(): Promise<void>;
  /** Closes pooled sessions. */
  close(): void;
}

export function createServers(deps: ServersDeps): Servers {
  const { db, vault } = deps;
  const pool = createPool(deps);
  return {
    findOwn: async (personId, which) => pickServer(await selectOwn(db, personId), which),
    findInbox: async (personId, which) => pickInbox(await selectOwn(db, personId), which),
    find: (serverId) => selectServer(db, serverId),
    open: (serverId, options) => openServer({ ...deps, pool }, serverId, options),
    async reviewSessions() {
      for (const serverId of pool.serverIds()) {
        const row = await selectServer(db, serverId);
        const version = row && row.state !== "paused" && row.state !== "locked" ? row.version : undefined;
        pool.drop((key) => key.serverId === serverId && key.version !== version);
      }
    },
    enrolments: {
      read: (token) => readEnrolment(deps, token),
      isLabelFree: (token, label) => isLabelFree(deps, token, label),
      withKeptPasswords: (token, typed) => withKeptPasswords(deps, token, typed),
      try: (settings) => tryConnection({ connector: deps.asking ?? deps.connector }, settings),
      store: (token, settings, trial) => storeSettings(deps, token, settings, trial),
    },
    verifyKeys: () => verifyKeys(db, vault),
    close: () => pool.close(),
  };
}
