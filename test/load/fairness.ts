// How fair the queue is on a big evening, as figures: `measureFairness()` for the benchmark. It judges nothing.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../core/platform/clock.ts";
import type { Database } from "../../core/platform/db.ts";
import { migrate, openDatabase } from "../../core/platform/db.ts";
import { createEmbeddedPostgres } from "../../core/platform/embedded-postgres.ts";
import { createLog } from "../../core/platform/log.ts";
import { createEvening } from "./evening.ts";
import type { LoadSize } from "./seed.ts";
import { bigEvening, seedLoad } from "./seed.ts";

export interface Fairness extends LoadSize {
  engines: number;
  /** Of the evening's clock, until the last file has started. */
  minutes: number;
  /**
   * A person's wait is the mean of their files' waits for a start, each divided by how many files the person has: who asks
   * for more waits longer. Worst person over mean person.
   */
  unfairness: number;
  /** The longest that somebody who waited had none of their files started or running, in minutes. */
  longestDrought: number;
  /** Real milliseconds of one leasing, on this computer. */
  leaseMs: { median: number; p95: number; worst: number };
}

/** Starts a PostgreSQL of its own and removes it again. Takes about a minute with the sizes of the issue. */
export async function measureFairness(size: LoadSize = bigEvening, engines = 4): Promise<Fairness> {
  const folder = mkdtempSync(join(tmpdir(), "fonshare-fairness-"));
  const postgres = createEmbeddedPostgres({
    dataFolder: folder,
    clock: systemClock,
    log: createLog("silent", "bench"),
    onGivenUp: (error) => {
      throw error;
    },
  });
  try {
    const database = openDatabase(await postgres.start(), 4);
    try {
      await migrate(database);
      return await measure(database, size, engines);
    } finally {
      await database.close();
    }
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(database: Database, size: LoadSize, engines: number): Promise<Fairness> {
  const startAt = new Date("2024-06-15T18:00:00Z");
  await seedLoad(database.sql, size, startAt);
  const evening = createEvening(database, startAt, engines);
  const waits = new Map<number, number[]>();
  const left = await filesByPerson(database);
  const lastSeen = new Map([...left.keys()].map((personId) => [personId, 0]));
  let longestDrought = 0;
  const minute = () => Math.round((evening.nowMs() - startAt.getTime()) / 60_000);
  while ([...left.values()].some((files) => files > 0)) {
    for (const { personId } of await evening.step()) {
      waits.set(personId, [...(waits.get(personId) ?? []), minute()]);
      left.set(personId, (left.get(personId) ?? 0) - 1);
    }
    for (const { lease } of evening.running.values()) lastSeen.set(lease.personId, minute());
    for (const [personId, files] of left) {
      if (files > 0) longestDrought = Math.max(longestDrought, minute() - (lastSeen.get(personId) ?? 0));
    }
  }
  const perFile = [...waits.values()].map((all) => mean(all) / all.length);
  const sorted = evening.leaseMs.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round((sorted[Math.floor((sorted.length - 1) * share)] ?? 0) * 10) / 10;
  return {
    ...size,
    engines,
    minutes: minute(),
    unfairness: Math.round((Math.max(...perFile) / mean(perFile)) * 100) / 100,
    longestDrought,
    leaseMs: { median: at(0.5), p95: at(0.95), worst: at(1) },
  };
}

async function filesByPerson({ sql }: Database): Promise<Map<number, number>> {
  const rows = await sql`select person_id, count(*) as files from transfer group by person_id`;
  return new Map(rows.map((row) => [Number(row["person_id"]), Number(row["files"])]));
}

const mean = (all: readonly number[]) => all.reduce((sum, one) => sum + one, 0) / all.length;
