// The contract's procedures about one's own servers.
import type { api } from "#contract";
import type { Connector } from "../ftp/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import type { Handlers } from "../platform/handler.ts";
import { signal } from "../platform/signals.ts";
import type { Vault } from "../vault/index.ts";
import { checkServer, resumeServer } from "./check.ts";
import { describeServer } from "./describe.ts";
import { issueEnrolment } from "./enrolment.ts";
import { record } from "./record.ts";
import type { Servers } from "./servers.ts";
import { deleteServer, selectOwn } from "./store/servers.ts";

export interface ServersApiDeps {
  db: Db;
  clock: Clock;
  vault: Vault;
  connector: Connector;
  servers: Servers;
  /** What links to the enrolment page start with, without a slash at the end. */
  publicUrl: string;
  /** 32 random bytes, base64url. */
  randomToken: () => string;
}

export function createServersApi(deps: ServersApiDeps): Handlers<typeof api.servers> {
  const { db, servers, publicUrl } = deps;
  return {
    async list({ person }) {
      return { servers: (await selectOwn(db, person.id)).map(describeServer) };
    },
    async enrol({ person }, { server }) {
      const row = server === undefined ? undefined : await servers.findOwn(person.id, server);
      const { token, expiresAt } = await issueEnrolment(deps, person.id, row?.id ?? null);
      return { link: `${publicUrl}/enrol/${token}`, expiresAt: expiresAt.toISOString() };
    },
    check: async ({ person }, { server }) => checkServer(deps, await servers.findOwn(person.id, server)),
    async pause({ person }, { server }) {
      const row = await servers.findOwn(person.id, server);
      const paused = await record(deps, row.id, row, { kind: "paused" });
      return { server: describeServer(paused ?? row) };
    },
    resume: async ({ person }, { server }) => resumeServer(deps, await servers.findOwn(person.id, server)),
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
