// The contract's procedures about one's own servers.
import type { api } from "#contract";
import type { Connector } from "../ftp/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import type { Handlers } from "../platform/handler.ts";
import { createLimiter } from "../platform/limiter.ts";
import { signal } from "../platform/signals.ts";
import type { Vault } from "../vault/index.ts";
import type { CheckDeps } from "./check.ts";
import { checkServer, resumeServer } from "./check.ts";
import { describeServer } from "./describe.ts";
import { issueEnrolment } from "./enrolment.ts";
import type { AfterLimit } from "./limits.ts";
import { changeLimits } from "./limits.ts";
import { record } from "./record.ts";
import type { Servers } from "./servers.ts";
import { deleteServer, selectOwn } from "./store/servers.ts";

export interface ServersApiDeps {
  db: Db;
  clock: Clock;
  vault: Vault;
  /** For questions that a person asks, see steady.ts. */
  connector: Connector;
  servers: Servers;
  /** How other features follow changed limits. */
  afterLimit?: readonly AfterLimit[];
  pairsOf?: NonNullable<CheckDeps["pairsOf"]>;
  traceOf?: NonNullable<CheckDeps["traceOf"]>;
  /** What links to the enrolment page start with, without a slash at the end. */
  publicUrl: string;
  /** 32 random bytes, base64url. */
  randomToken: () => string;
}

const limitMs = 10 * 60_000;

export function createServersApi(deps: ServersApiDeps): Handlers<typeof api.servers> {
  const { db, servers, publicUrl } = deps;
  const links = createLimiter({ clock: deps.clock, most: 20, withinMs: limitMs });
  /** Both connect to the server. */
  const questions = createLimiter({ clock: deps.clock, most: 30, withinMs: limitMs });
  return {
    async list({ person }) {
      return { servers: (await selectOwn(db, person.id)).map(describeServer) };
    },
    async enrol({ person }, { server }) {
      const row = server === undefined ? undefined : await servers.findOwn(person.id, server);
      links.take(person.id);
      const { token, expiresAt } = await issueEnrolment(deps, person.id, row?.id ?? null);
      return { link: `${publicUrl}/enrol/${token}`, expiresAt: expiresAt.toISOString() };
    },
    async check({ person }, { server }) {
      const row = await servers.findOwn(person.id, server);
      questions.take(person.id);
      return checkServer(deps, row);
    },
    async limit({ person }, { server, limits }) {
      const row = await servers.findOwn(person.id, server);
      return { server: describeServer(await changeLimits(deps, row, limits)) };
    },
    async pause({ person }, { server }) {
      const row = await servers.findOwn(person.id, server);
      const paused = await record(deps, row.id, row, { kind: "paused" });
      return { server: describeServer(paused ?? row) };
    },
    async resume({ person }, { server }) {
      const row = await servers.findOwn(person.id, server);
      questions.take(person.id);
      return resumeServer(deps, row);
    },
    async remove({ person }, { server }) {
      const row = await servers.findOwn(person.id, server);
      await db.transaction(async (tx) => {
        await deleteServer(tx, row.id);
        await signal(tx, "rights");
      });
      return { done: true };
    },
    async count({ person }) {
      return { servers: (await selectOwn(db, person.id)).length };
    },
  };
}
