// Whether a database has room for the connections of one more core.
import { defaultScanLimits } from "./catalog/index.ts";
import { applicationNames, connections } from "./connections.ts";
import type { Database } from "./platform/db.ts";
import { StartProblem } from "./platform/start-problem.ts";

/** Of one running core; `starting` and `rotating` are not held beside the others. */
export const connectionsOfCore =
  connections.main +
  connections.listening +
  connections.scanThread +
  connections.eachScan * defaultScanLimits.servers +
  connections.forgetting;

interface Allowance {
  /** Sessions that this user may have in this database. */
  allowed: number;
  /** Running cores of this database that can be seen. */
  cores: number;
}

/**
 * Looks whether a database outside of the core has room for it.
 * @returns a sentence of warning when the cores that run already leave too little for one more
 * @throws StartProblem when not even one core fits
 */
export async function checkConnections(database: Database): Promise<string | undefined> {
  return judgeConnections(await readAllowance(database));
}

/** @throws StartProblem */
export function judgeConnections({ allowed, cores }: Allowance): string | undefined {
  if (allowed < connectionsOfCore) {
    throw new StartProblem(
      `DATABASE_URL: a core holds up to ${connectionsOfCore} connections, but the database allows it ${allowed}; raise max_connections of PostgreSQL, or the limit of the role or of the database.`,
    );
  }
  const needed = (cores + 1) * connectionsOfCore;
  if (allowed >= needed) return undefined;
  return `${cores + 1} cores on one database hold up to ${needed} connections, but it allows them ${allowed}: raise max_connections of PostgreSQL, or run fewer cores.`;
}

async function readAllowance({ sql }: Database): Promise<Allowance> {
  const [row] = await sql`
    select least(
        current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
          - coalesce(current_setting('reserved_connections', true)::int, 0),
        (select nullif(rolconnlimit, -1) from pg_roles where rolname = current_user),
        (select nullif(datconnlimit, -1) from pg_database where datname = current_database())) as allowed,
      (select count(*)::int from pg_stat_activity
        where datname = current_database() and application_name = ${applicationNames.main} and query ilike 'listen %') as cores`;
  return { allowed: Number(row?.["allowed"]), cores: Number(row?.["cores"]) };
}
