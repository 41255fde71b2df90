// A server as its owner may see it in a chat: no host, no login, no path.
import type { OutputOf, servers } from "#contract";
import { makeRef } from "../platform/refs.ts";
import { limitsOf } from "./limits.ts";
import type { ServerRow } from "./store/servers.ts";

export type DescribedServer = OutputOf<typeof servers.list>["servers"][number];

export function describeServer(row: ServerRow): DescribedServer {
  return {
    ref: makeRef("s", row.id),
    label: row.label,
    state: row.state,
    problem: row.problem,
    security: row.security,
    software: row.software,
    canReceive: row.hasInbox,
    budgetBytes: row.budgetBytes,
    limits: limitsOf(row),
    checkedAt: row.checkedAt?.toISOString() ?? null,
  };
}
