// Puts made catalogs into the tables, straight and in one go: COPY by server, indexes afterwards. No scan is measured
// here; rows are as a scan would have left them.
import { once } from "node:events";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import type postgres from "postgres";
import { indexWords } from "../../../core/catalog/words.ts";
import type { Database } from "../../../core/platform/db.ts";
import type { MadeFolder } from "./catalog-maker.ts";
import { createRandom, makeServer } from "./catalog-maker.ts";

export interface CatalogSize {
  files: number;
  servers: number;
}

/** Files of one server; ids of servers begin with 1. */
export function filesOf({ files, servers }: CatalogSize, server: number): number {
  return Math.floor((files * server) / servers) - Math.floor((files * (server - 1)) / servers);
}

const now = Date.parse("2026-01-15T12:00:00Z");
const dayMs = 86_400_000;
const chunkCharacters = 1 << 18;

/** Has a load come to its end? Only then there are statistics. */
export async function isLoaded({ sql }: Database, { files }: CatalogSize): Promise<boolean> {
  const [row] = await sql<{ is: boolean }[]>`
    select count(*)::int = ${files}::int and exists (select from scan) and exists (
      select from pg_stats where tablename = 'word' and attname = 'word') as is from file`;
  return row?.is ?? false;
}

/** Fills empty tables. Server ids are 1 to `servers`. */
export async function loadCatalog({ sql }: Database, size: CatalogSize, tell: (line: string) => void): Promise<void> {
  const startedAt = performance.now();
  const lap = (what: string) => tell(`${what} after ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  await insertServers(sql, size.servers);
  const indexes = await dropIndexes(sql);
  const words = await copyServers(sql, size);
  lap(`${size.files} files in`);
  await copyWords(sql, words);
  await sql.unsafe("set maintenance_work_mem = '1GB'");
  for (const one of indexes) await sql.unsafe(one.definition);
  await sql.unsafe("reset maintenance_work_mem");
  await sql`insert into scan (server_id, due_at, interval_ms, state, files, bytes, newest_at)
    select server_id, now(), 60000, 'complete', sum(files), sum(bytes), max(newest_at) from directory group by server_id`;
  lap(`${indexes.length} indexes made`);
  // Also the statistics of the whole of `file`, which nothing else makes of a partitioned table.
  for (const table of ["file", "directory", "word"]) await sql.unsafe(`vacuum (analyze) ${table}`);
  lap("read over");
}

async function insertServers(sql: postgres.Sql, servers: number): Promise<void> {
  await sql`insert into person (id, display_name, language) overriding system value
    select n, 'Person ' || n, 'en' from generate_series(1, ${servers}::int) n`;
  await sql`insert into server (id, owner_id, label, security, state) overriding system value
    select n, n, 'Box ' || n, 'tls', 'online' from generate_series(1, ${servers}::int) n`;
}

interface IndexToMake {
  name: string;
  definition: string;
}

/** Of `file`, whose rows are many; primary keys stay. */
async function dropIndexes(sql: postgres.Sql): Promise<IndexToMake[]> {
  const rows = await sql<IndexToMake[]>`
    select c.relname as name, replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ') as definition
    from pg_index i join pg_class c on c.oid = i.indexrelid
    where i.indrelid = 'file'::regclass and not i.indisprimary`;
  for (const { name } of rows) await sql`drop index ${sql(name)}`;
  return [...rows];
}

interface Lines {
  directories: string[];
  files: string[];
}

/** @returns the words by number: the first has 1 */
async function copyServers(sql: postgres.Sql, size: CatalogSize): Promise<Iterable<string>> {
  const numbers = new Map<string, number>();
  const numberOf = (word: string) => {
    const known = numbers.get(word);
    if (known !== undefined) return known;
    numbers.set(word, numbers.size + 1);
    return numbers.size;
  };
  const next = { directory: 1, file: 1 };
  for (let server = 1; server <= size.servers; server++) {
    const lines = linesOf(server, makeServer(server, filesOf(size, server)), next, numberOf);
    await copy(
      sql,
      "directory (id, server_id, parent_id, path, files_hash, words, files, bytes, newest_at)",
      lines.directories,
    );
    await copy(sql, "file (id, server_id, directory_id, name, size_bytes, modified_at, seen_at, words)", lines.files);
  }
  await sql`select setval(pg_get_serial_sequence('directory', 'id'), ${next.directory})`;
  await sql`select setval(pg_get_serial_sequence('file', 'id'), ${next.file})`.catch(() => undefined);
  return numbers.keys();
}

interface Placed {
  id: number;
  /** Numbers of its words and of those above, negated. */
  inherited: number[];
  names: Set<string>;
  /** Of its row, but for its totals. */
  fields: string;
  bytes: number;
  newestMs: number;
}

function linesOf(
  server: number,
  folders: Iterable<MadeFolder>,
  next: { directory: number; file: number },
  numberOf: (word: string) => number,
): Lines {
  const lines: Lines = { directories: [], files: [] };
  const random = createRandom(server * 31 + 7);
  const seenAt = new Date(now - Math.floor(random() * 200) * dayMs).toISOString();
  const places = new Map<string, Placed>();
  const placeOf = (path: string): Placed => {
    const known = places.get(path);
    if (known) return known;
    const cut = path.lastIndexOf("/");
    const above = path === "" ? undefined : placeOf(path.slice(0, Math.max(cut, 0)));
    const own = path === "" ? [] : indexWords(path.slice(cut + 1)).map(numberOf);
    const inherited = [...new Set([...(above?.inherited ?? []), ...own.map((word) => -word)])];
    const id = next.directory++;
    const words = [...own, ...(above?.inherited ?? [])].join(",");
    // A hash or a time: one of them takes its room in each row.
    const [parent, hash] = [above?.id ?? "\\N", id * 1_000_003];
    const fields = `${id}\t${server}\t${parent}\t${path}\t${hash}\t{${words}}`;
    const made = { id, inherited, names: new Set<string>(), fields, bytes: 0, newestMs: 0 };
    places.set(path, made);
    return made;
  };
  for (const { path, files } of folders) {
    const place = placeOf(path);
    const { id, inherited, names } = place;
    const folderWords = inherited.join(",");
    const cameAt = random() < 0.1 ? new Date(now - Math.floor(random() * 30 * dayMs)).toISOString() : seenAt;
    for (const file of files) {
      // The maker may come to the same folder twice.
      const name = names.has(file.name) ? `${next.file} ${file.name}` : file.name;
      names.add(name);
      place.bytes += file.sizeBytes;
      place.newestMs = Math.max(place.newestMs, file.modifiedAt.getTime());
      const own = indexWords(name).map(numberOf).join(",");
      const words = folderWords === "" ? own : `${own},${folderWords}`;
      const time = file.modifiedAt.toISOString();
      lines.files.push(
        `${next.file++}\t${server}\t${id}\t${name}\t${file.sizeBytes}\t${time}\t${cameAt}\t{${words}}\n`,
      );
    }
  }
  for (const { fields, names, bytes, newestMs } of places.values()) {
    const newest = names.size > 0 ? new Date(newestMs).toISOString() : "\\N";
    lines.directories.push(`${fields}\t${names.size}\t${bytes}\t${newest}\n`);
  }
  return lines;
}

async function copyWords(sql: postgres.Sql, words: Iterable<string>): Promise<void> {
  const lines = Array.from(words, (word, i) => `${i + 1}\t${word}\n`);
  await copy(sql, "word (id, word)", lines);
  await sql`select setval(pg_get_serial_sequence('word', 'id'), ${lines.length + 1})`;
}

async function copy(sql: postgres.Sql, where: string, lines: string[]): Promise<void> {
  const stream: Writable = await sql.unsafe(`copy ${where} from stdin`).writable();
  const ended = finished(stream);
  ended.catch(() => undefined);
  for (let at = 0; at < lines.length; ) {
    let chunk = "";
    while (at < lines.length && chunk.length < chunkCharacters) chunk += lines[at++];
    if (!stream.write(chunk)) await Promise.race([once(stream, "drain"), ended]);
  }
  stream.end();
  await ended;
}
