// A big evening played through: the real leasing on a real database, by several engines that take turns, and runs that end
// after some minutes of a clock of its own. Only the moving of bytes is left out.
import type { Sql } from "postgres";
import type { Db } from "../../core/platform/db.ts";
import type { Lease, Progress } from "../../core/transfers/lease.ts";
import { createQueueStore } from "../../core/transfers/store/queue.ts";

const minuteMs = 60_000;

export interface Run {
  lease: Lease;
  engine: number;
  endsAtMs: number;
}

export interface Evening {
  nowMs(): number;
  readonly running: ReadonlyMap<number, Run>;
  /**
   * A minute passes: what is over ends, and every engine takes what it has places for. Gives what started, in its order.
   * @param between looks at the queue after the ends and before the starts
   */
  step(between?: () => Promise<void>): Promise<Lease[]>;
  /** Milliseconds of each leasing that gave something. */
  readonly leaseMs: number[];
}

/** A file takes a minute for each 4 GB, one to five. */
const minutesFor = (sizeBytes: number) => Math.min(5, 1 + Math.floor(sizeBytes / 4e9));

export function createEvening(database: { db: Db; sql: Sql }, startAt: Date, engines: number, places = 16): Evening {
  const { db, sql } = database;
  const queue = createQueueStore(db);
  const running = new Map<number, Run>();
  const leaseMs: number[] = [];
  let nowMs = startAt.getTime();

  /** As `finish` does for files that arrived, for all of a minute at once. */
  async function endDue(): Promise<void> {
    const over = [...running.values()].filter((run) => run.endsAtMs <= nowMs);
    for (const { lease } of over) running.delete(lease.id);
    const ids = over.map(({ lease }) => lease.id);
    if (ids.length === 0) return;
    const held = over.map(({ lease }) => ({
      id: lease.id,
      token: lease.token,
      progress: { bytesDone: lease.sizeBytes, bytesPerSecond: null } as Progress,
    }));
    const kept = await queue.pulse(held, new Date(nowMs + minuteMs), new Date(nowMs));
    if (kept.length !== ids.length) throw new Error("a run lost its lease");
    await sql`update transfer set state = 'done', finished_at = ${new Date(nowMs).toISOString()}, owner = null
      where id = any(${ids}) and state = 'running'`;
  }

  async function fill(engine: number): Promise<Lease[]> {
    const mine = [...running.values()].filter((run) => run.engine === engine).length;
    if (mine >= places) return [];
    const startedMs = performance.now();
    const leases = await queue.lease({
      owner: `engine ${engine}`,
      now: new Date(nowMs),
      leaseUntil: new Date(nowMs + 60 * minuteMs),
      places: places - mine,
      except: [],
    });
    if (leases.length > 0) leaseMs.push(performance.now() - startedMs);
    for (const lease of leases) {
      if (running.has(lease.id)) throw new Error("one transfer was leased twice");
      running.set(lease.id, { lease, engine, endsAtMs: nowMs + minutesFor(lease.sizeBytes) * minuteMs });
    }
    return leases;
  }

  return {
    nowMs: () => nowMs,
    running,
    leaseMs,
    async step(between) {
      nowMs += minuteMs;
      await endDue();
      await between?.();
      const started: Lease[] = [];
      for (let engine = 0; engine < engines; engine += 1) started.push(...(await fill(engine)));
      return started;
    },
  };
}
