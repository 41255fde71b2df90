// What a search touches of a catalog in partitions: as the database itself tells it.
import { createSight } from "../../../core/catalog/sight.ts";
import { conditionsOf } from "../../../core/catalog/store/conditions.ts";
import { inPlaces, placesOf } from "../../../core/catalog/store/places.ts";
import { readTogether } from "../../../core/catalog/store/reading.ts";
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
  const plan = { groups, filters: [], excluded: [] };
  const rows = inPlaces(placesOf(sight), "file", { columns: "f.id", conditions: conditionsOf(plan), limit: 1_000 });
  const explain = `explain (analyze, buffers, format json) ${rows}`;
  const [, explained] = await readTogether(db, [explain, explain]);
  const told = explained?.[0]?.["QUERY PLAN"];
  const [{ Plan: top, "Execution Time": ms }] = (typeof told === "string" ? JSON.parse(told) : told) as [
    { Plan: Node & Record<string, number>; "Execution Time": number },
  ];
  const [{ of }] = (await db.execute<{ of: number }>(
    "select count(*)::int as of from pg_inherits where inhparent = 'file'::regclass",
  )) as unknown as [{ of: number }];
  const pages = (top["Shared Hit Blocks"] ?? 0) + (top["Shared Read Blocks"] ?? 0);
  return { partitions: new Set(tablesRead(top)).size, of, pages, ms };
}

function tablesRead(node: Node): string[] {
  if (node["Actual Loops"] === 0) return [];
  const own = node["Relation Name"]?.startsWith("file_") ? [node["Relation Name"]] : [];
  return [...own, ...(node.Plans ?? []).flatMap(tablesRead)];
}
