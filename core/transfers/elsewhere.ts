// Another server of the group that has the same file: who comes into question, and the proof that it is the same.
// Without proof nobody takes over: same name and size say nothing about contents. Reasons: docs/decisions/failover.md.

import { joinPath } from "../ftp/index.ts";
import type { Clock } from "../platform/clock.ts";
import { asFonError } from "../platform/errors.ts";
import type { Log } from "../platform/log.ts";
import { endOfHours } from "../platform/wall-hours.ts";
import type { OpenServer, Servers } from "../servers/index.ts";
import type { Shares } from "../shares/index.ts";
import { fingerprintOf, seedOf } from "./compare.ts";
import type { Elsewhere, Lease, Tried } from "./lease.ts";
import { stillSize } from "./part.ts";
import { isPartOfSame } from "./same-part.ts";
import type { Ends } from "./store/knowledge.ts";
import type { Twin, TwinStore } from "./store/twins.ts";
import { knownRefusal } from "./ways.ts";

export interface ElsewhereDeps {
  clock: Clock;
  servers: Pick<Servers, "open">;
  shares: Pick<Shares, "sight">;
  twins: TwinStore;
  random: () => number;
  log: Log;
}

export interface Search {
  to?: Elsewhere;
  /** Servers whose file is surely another one. */
  ruledOut: Tried[];
}

/** Servers looked at for one transfer at a time: each costs a login and a few blocks. */
const mostLooks = 3;

/**
 * Looks at the others that have a file of that name and size, the fastest first.
 * @param leastBytesPerSecond only those that are remembered to be faster than that
 */
export async function findElsewhere(
  deps: ElsewhereDeps,
  lease: Lease,
  ends: Ends,
  signal: AbortSignal,
  leastBytesPerSecond?: number,
): Promise<Search> {
  const ruledOut: Tried[] = [];
  const { fingerprint } = lease;
  if (fingerprint === null) return { ruledOut };
  const wanted = await candidates(deps, lease, ends, leastBytesPerSecond);
  for (const twin of wanted.slice(0, mostLooks)) {
    signal.throwIfAborted();
    const proof = await prove(deps, { ...lease, fingerprint }, twin, signal);
    if (proof === "another file") ruledOut.push({ sourceId: twin.serverId, code: "fxp.content-differs" });
    else if (proof !== "no answer") return { to: proof, ruledOut };
  }
  return { ruledOut };
}

async function candidates(
  { twins, shares, clock }: ElsewhereDeps,
  lease: Lease,
  ends: Ends,
  least = -1,
): Promise<Twin[]> {
  const found: Twin[] = [];
  const all = await twins.list(lease);
  if (all.length === 0) return [];
  const sees = await shares.sight(lease.personId, lease.groupId);
  for (const twin of all) {
    if ((twin.bytesPerSecond ?? 0) <= least) continue;
    const isOpen = twin.hours === null || twin.ownerId === lease.personId || endOfHours(twin.hours, clock.now());
    if (!isOpen) continue;
    if (knownRefusal({ ...ends, source: twin.terms }) !== undefined) continue;
    if (sees(twin.serverId, twin.path)) found.push(twin);
  }
  return found;
}

async function prove(
  { servers, log }: ElsewhereDeps,
  lease: Lease & { fingerprint: string },
  twin: Twin,
  signal: AbortSignal,
): Promise<Elsewhere | "another file" | "no answer"> {
  let open: OpenServer | undefined;
  try {
    open = await servers.open(twin.serverId, { use: "files", signal });
    const { session } = open;
    const path = joinPath(open.root, twin.path);
    const { sizeBytes, fingerprint } = lease;
    const seed = seedOf(fingerprint);
    const isSame =
      (await session.size(path)) === sizeBytes &&
      (await fingerprintOf({ session, path, sizeBytes, seed, signal })) === fingerprint;
    const modifiedAt = isSame ? ((await session.modifiedAt(path)) ?? null) : null;
    open.release("keep");
    return isSame ? { sourceId: twin.serverId, sourcePath: twin.path, modifiedAt } : "another file";
  } catch (error) {
    open?.release("close");
    signal.throwIfAborted();
    log.info({ transfer: lease.id, code: asFonError(error)?.code }, "a server with the same name and size was no help");
    return "no answer";
  }
}

/**
 * How much of the part the other server's file can be put behind: all of it when both can restart and blocks of the part
 * at places that nobody knew before are like the same ranges there; else nothing.
 */
export async function bytesToKeep(
  deps: ElsewhereDeps,
  lease: Lease,
  to: Elsewhere,
  signal: AbortSignal,
): Promise<number> {
  const opened: OpenServer[] = [];
  try {
    const source = await deps.servers.open(to.sourceId, { use: "files", signal });
    opened.push(source);
    const destination = await deps.servers.open(lease.destinationId, { use: "files", write: true, signal });
    opened.push(destination);
    if (!source.session.features.rest || !destination.session.features.rest || !destination.inbox) return 0;
    const part = { session: destination.session, path: joinPath(destination.inbox, lease.partPath) };
    const sizeBytes = await stillSize(part.session, part.path, deps.clock, signal);
    if (sizeBytes === undefined || sizeBytes === 0 || sizeBytes > lease.sizeBytes) return 0;
    const whole = { session: source.session, path: joinPath(source.root, to.sourcePath) };
    return (await isPartOfSame(part, whole, sizeBytes, deps.random, signal)) ? sizeBytes : 0;
  } catch (error) {
    signal.throwIfAborted();
    deps.log.info({ transfer: lease.id, code: asFonError(error)?.code }, "a part could not be compared");
    return 0;
  } finally {
    // What failed has closed its session.
    for (const one of opened) one.release(one.session.closed || signal.aborted ? "close" : "keep");
  }
}
