// The owner asks: how does my server stand (check), and go on with it (resume).
import type { OutputOf, servers } from "#contract";
import type { Advice, Connector, Findings, ProbeTrace } from "../ftp/index.ts";
import { adviceFor } from "../ftp/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { asFonError, FonError } from "../platform/errors.ts";
import type { Vault } from "../vault/index.ts";
import type { DescribedServer } from "./describe.ts";
import { describeServer } from "./describe.ts";
import { listFindings } from "./findings.ts";
import { record } from "./record.ts";
import { readConnection } from "./sealing.ts";
import { targetOf } from "./settings.ts";
import type { ServerRow } from "./store/servers.ts";
import { updateServer } from "./store/servers.ts";
import { runProbe } from "./trial.ts";

type Checked = OutputOf<typeof servers.check>;

interface Deps {
  db: Db;
  clock: Clock;
  vault: Vault;
  connector: Connector;
}

export interface CheckDeps extends Deps {
  /** What worked between this server and others, as its owner may know it: transfers lie to the right. */
  pairsOf?: (personId: number, serverId: number) => Promise<Checked["pairs"]>;
  /** Who removes files that a probe had to leave behind: transfers too. */
  traceOf?: (serverId: number) => ProbeTrace;
}

/** @throws what connecting throws, with the server's label; `server.paused`, `server.locked` */
export async function checkServer(deps: CheckDeps, row: ServerRow): Promise<Checked> {
  if (row.state === "paused" || row.state === "locked")
    throw new FonError(`server.${row.state}`, { server: row.label });
  const connection = await readConnection(deps.db, deps.vault, row);
  const found = await attempt(deps, row, () => runProbe(deps.connector, connection, deps.traceOf?.(row.id)));
  await record(deps, row.id, row, { kind: "worked" });
  const { features } = found;
  const updated = await updateServer(deps.db, row.id, { software: features.software, features: { ...features } });
  return {
    server: describeServer(updated),
    findings: listFindings(found, row.hasInbox),
    advice: allAdvice(found, row).map(({ line, why }) => ({ line, why })),
    pairs: (await deps.pairsOf?.(row.ownerId, row.id)) ?? [],
  };
}

/** Who wants a slower server learns how the server itself does it: no command of FTP slows a transfer down. */
function allAdvice({ advice, features }: Findings, { bytesPerSecond }: ServerRow): Advice[] {
  if (bytesPerSecond === null) return advice;
  return [...advice, ...adviceFor(features.software, ["rate"], bytesPerSecond)];
}

/**
 * One login tells whether to go on. A paused server goes on either way, with its problem shown; a locked
 * one only when the login worked. @throws what the login threw, for a locked server
 */
export async function resumeServer(deps: Deps, row: ServerRow): Promise<{ server: DescribedServer }> {
  if (row.state !== "paused" && row.state !== "locked") return { server: describeServer(row) };
  const connection = await readConnection(deps.db, deps.vault, row);
  const failed = await deps.connector.connect(targetOf(connection, "read"), { use: "files" }).then(
    (session) => session.close(),
    (error: unknown) => asFonError(error) ?? Promise.reject(error),
  );
  const resumed = await record(deps, row.id, row, { kind: "resumed", ...(failed ? { failed: failed.code } : {}) });
  if (failed && row.state === "locked") throw withLabel(failed, row);
  return { server: describeServer(resumed ?? row) };
}

async function attempt<T>(deps: Deps, row: ServerRow, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const problem = asFonError(error);
    if (!problem) throw error;
    await record(deps, row.id, row, { kind: "failed", code: problem.code });
    throw withLabel(problem, row);
  }
}

const withLabel = (problem: FonError, row: ServerRow) =>
  new FonError(problem.code, { ...problem.params, server: row.label }, { cause: problem });
