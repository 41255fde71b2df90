// What the catalog takes on the disk: tables with their indexes over the number of files.
import type { Database } from "../../../core/platform/db.ts";

export interface CatalogBytes {
  perFile: number;
  /** Largest first. The many tables and indexes of one kind, as each part of `file` has them, are one line. */
  parts: Array<{ name: string; perFile: number }>;
}

export async function catalogBytes({ sql }: Database): Promise<CatalogBytes> {
  const rows = await sql<Array<{ name: string; bytes: number }>>`
    select t.name ||
      case when c.relkind = 'i' then ' by ' || (regexp_match(pg_get_indexdef(c.oid), 'USING (.*)$'))[1] else '' end as name,
      pg_relation_size(c.oid)::float8 as bytes
    from pg_class c left join pg_index i on i.indexrelid = c.oid,
      lateral (select regexp_replace(coalesce(i.indrelid, c.oid)::regclass::text, '_[0-9]+$', '') as name) t
    where c.relkind in ('r', 'i') and t.name in ('file', 'directory', 'word')`;
  const [count] = await sql<Array<{ files: number }>>`select greatest(count(*), 1)::float8 as files from file`;
  const files = count?.files ?? 1;
  const sums = new Map<string, number>();
  for (const { name, bytes } of rows) sums.set(name, (sums.get(name) ?? 0) + bytes / files);
  const parts = [...sums].map(([name, perFile]) => ({ name, perFile })).sort((a, b) => b.perFile - a.perFile);
  return { perFile: parts.reduce((sum, part) => sum + part.perFile, 0), parts };
}
