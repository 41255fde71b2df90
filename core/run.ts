// The running core: everything started in order, and ended in the opposite order within five seconds.
// Signals, exit codes and the terminal are main.ts's business.
import { randomUUID } from "node:crypto";
import { createApiServer } from "./api/server.ts";
import type { ComposeOptions, Core } from "./compose.ts";
import { compose } from "./compose.ts";
import type { Config } from "./config.ts";
import { checkConnections } from "./connection-check.ts";
import { connections } from "./connections.ts";
import { createSchedule } from "./jobs/schedule.ts";
import type { Clock } from "./platform/clock.ts";
import type { Database, DatabaseAddress } from "./platform/db.ts";
import { migrate, openDatabase } from "./platform/db.ts";
import { createEmbeddedPostgres, findRunningDatabase } from "./platform/embedded-postgres.ts";
import { explainListening } from "./platform/listen-problem.ts";
import type { Log } from "./platform/log.ts";
import { StartProblem } from "./platform/start-problem.ts";
import type { Rotation } from "./servers/index.ts";
import { rotateMasterKey } from "./servers/index.ts";
import { createWeb } from "./web/index.ts";

export interface RunDeps {
  config: Config;
  clock: Clock;
  log: Log;
  /** Something that the core cannot do without broke for good: it must be stopped. */
  onBroken: (error: Error) => void;
}

export interface RunningCore {
  /** Everything that can be wrong with the installation, without serving: database, migrations, master key. */
  prepare(): Promise<Prepared>;
  /** A fresh master key for this installation, whether its cores run or not. @throws StartProblem, KeyFileError */
  rotateKey(): Promise<Rotation>;
  /** @throws StartProblem, KeyFileError: one sentence for the operator */
  start(): Promise<{ webUrl: string }>;
  /** Ordered, and complete within five seconds. May be called at any time. */
  stop(): Promise<void>;
}

export interface Prepared {
  core: Core;
  /** For the worker threads, which compose the same. */
  options: ComposeOptions;
}

/** What runs may take so long to end in order; then the database is taken away from it. */
const workPatienceMs = 3700;

export function createCore({ config, clock, log, onBroken }: RunDeps): RunningCore {
  const work: Stop[] = [];
  const base: Stop[] = [];

  async function prepare(): Promise<Prepared> {
    const database = await startDatabase();
    await bringUpToDate(database, config, log);
    const { keyFile, publicUrl, allowNetworks, scanEveryMs, relayQuotaBytes } = config;
    const options = {
      database,
      connections: connections.main,
      keyFile,
      publicUrl,
      allowNetworks,
      scanEveryMs,
      relayQuotaBytes,
    };
    const core = await compose(options, { clock, log });
    base.push(core.close);
    await core.servers.verifyKeys();
    return { core, options };
  }

  async function startDatabase(): Promise<DatabaseAddress> {
    if (config.databaseUrl) return { url: config.databaseUrl.reveal() };
    const postgres = createEmbeddedPostgres({ dataFolder: config.dataFolder, clock, log, onGivenUp: onBroken });
    base.push(postgres.stop);
    return postgres.start();
  }

  async function rotateKey(): Promise<Rotation> {
    const running = config.databaseUrl ? undefined : await findRunningDatabase(config.dataFolder);
    const address = running ?? (await startDatabase());
    if (!running) await bringUpToDate(address, config, log);
    const database = openDatabase(address, connections.rotating);
    base.push(database.close);
    return rotateMasterKey({ db: database.db, keyFile: config.keyFile, log });
  }

  async function start(): Promise<{ webUrl: string }> {
    const { core, options } = await prepare();
    const { handlers, events, people, groups, servers } = core;
    const { recognise } = people;
    const { settleRoom } = groups;
    const api = createApiServer({ address: config.api, handlers, events, recognise, settleRoom, log });
    work.push(api.close);
    await api.listen();
    const web = createWeb({ servers, people, publicUrl: config.publicUrl, listen: config.webListen, log, clock });
    work.push(web.close);
    const place = `${config.webListen.host}:${config.webListen.port}`;
    const { url } = await web.listen().catch(explainListening("FONSHARE_WEB_LISTEN", place));
    const engine = core.createEngine(config.databaseUrl ? randomUUID() : "embedded");
    work.push(engine.stop);
    engine.start();
    const schedule = createSchedule({ ...core, ...config, options, clock, log });
    work.push(schedule.stop);
    schedule.start();
    return { webUrl: url };
  }

  async function stop(): Promise<void> {
    const ended = new AbortController();
    const allWork = Promise.all(work.splice(0).map((end) => attempt(end, log))).then(() => ended.abort());
    await Promise.race([allWork, clock.wait(workPatienceMs, ended.signal)]);
    for (const end of base.splice(0).toReversed()) await attempt(end, log);
  }

  return { prepare, rotateKey, start, stop };
}

type Stop = () => Promise<void>;

/** One part that cannot end must not keep the others from ending. */
async function attempt(end: Stop, log: Log): Promise<void> {
  try {
    await end();
  } catch (err) {
    log.error({ err }, "a part of the core did not end in order");
  }
}

async function bringUpToDate(address: DatabaseAddress, config: Config, log: Log): Promise<void> {
  const database = openDatabase(address, connections.starting);
  try {
    if (config.databaseUrl) await checkOutside(database, log);
    await migrate(database);
  } finally {
    await database.close();
  }
}

/** System and PostgreSQL codes that an operator meets. */
const reasons: Record<string, string> = {
  ECONNREFUSED: "nobody listens there",
  ENOTFOUND: "its host name is not known",
  "28000": "it refuses this user",
  "28P01": "it refuses this user or password",
  "3D000": "it has no database of this name",
  "53300":
    "other programs or cores hold all connections that it allows; raise its max_connections or stop some of them",
};
const oldestVersion = 150_000;

async function checkOutside(database: Database, log: Log): Promise<void> {
  const { sql } = database;
  const version = await sql`show server_version_num`.then(
    ([row]) => Number(row?.["server_version_num"]),
    (cause: { code?: string }) => {
      throw new StartProblem(
        `DATABASE_URL: the database cannot be reached (${reasons[cause.code ?? ""] ?? cause.code ?? "unknown reason"}).`,
        {
          cause,
        },
      );
    },
  );
  if (version < oldestVersion) throw new StartProblem("DATABASE_URL: PostgreSQL 15 or later is needed.");
  const warning = await checkConnections(database);
  if (warning) log.warn(warning);
}
