// What a search touches of a catalog in partitions: as the database itself tells it.
import { sql } from "drizzle-orm";
import { createSight } from "../../../core/catalog/sight.ts";
import { conditionsOf, inPlaces, placesOf, readPlanned } from "../../../core/catalog/store/places.ts";
import { createCommonWords } from "../../../core/catalog/store/words.ts";
import { systemClock } from "../../../core/platform/clock.ts";
import type { Database } from "../../../core/platform/db.ts";
import { shareOf } from "./ask.ts";

export interface Touched {
  /** Of all partitions those that were read. */
  partitions: number;
  of: number;
  /** Pages of 8 KiB that were looked at, planning left out. */
  pages: number;
  ms: number;
}

interface Node {
  "Relation Name"?: string;
  "Actual Loops"?: number;
  Plans?: Node[];
}

/** All files with a common word that somebody sees who sees these servers. */
export async function countPartitions({ db }: Database, serverIds: readonly number[]): Promise<Touched> {
  const sight = createSight(serverIds.map(shareOf));
  const { common } = await createCommonWords(systemClock).read(db);
  const groups = [[common[Math.min(50, common.length - 1)]?.id ?? 0]];
  const plan = { groups, filters: [], excluded: [], findsFew: false, isCut: false };
  const rows = inPlaces(placesOf(sight), "file", { columns: sql`f.id`, conditions: conditionsOf(plan), limit: 1_000 });
  const explained = await readPlanned(db, async (tx) => {
    await tx.execute(sql`explain (analyze, buffers, format json) ${rows}`);
    return tx.execute<{ "QUERY PLAN": unknown }>(sql`explain (analyze, buffers, format json) ${rows}`);
  });
  const told = explained[0]?.["QUERY PLAN"];
  const [{ Plan: top, "Execution Time": ms }] = (typeof told === "string" ? JSON.parse(told) : told) as [
    { Plan: Node & Record<string, number>; "Execution Time": number },
  ];
  const [{ of }] = (await db.execute<{ of: number }>(
    sql`select count(*)::int as of from pg_inherits where inhparent = 'file'::regclass`,
  )) as unknown as [{ of: number }];
  const pages = (top["Shared Hit Blocks"] ?? 0) + (top["Shared Read Blocks"] ?? 0);
  return { partitions: new Set(tablesRead(top)).size, of, pages, ms };
}

function tablesRead(node: Node): string[] {
  if (node["Actual Loops"] === 0) return [];
  const own = node["Relation Name"]?.startsWith("file_") ? [node["Relation Name"]] : [];
  return [...own, ...(node.Plans ?? []).flatMap(tablesRead)];
}
