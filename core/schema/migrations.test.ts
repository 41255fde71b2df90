// A database that an older version filled comes through the migrations with its ids, its words and what refers to them.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate as runMigrations } from "drizzle-orm/postgres-js/migrator";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { Database } from "../platform/db.ts";
import { migrate, openDatabase } from "../platform/db.ts";

const name = `migrated_${process.pid}`;
const template = inject("postgres");
let database: Database;

async function administer(statement: string): Promise<void> {
  const admin = openDatabase({ ...template, database: "postgres" }, 1);
  await admin.sql.unsafe(statement).finally(() => admin.close());
}

/** The schema as the first so many migrations made it. */
async function migrateTo({ db }: Database, count: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "fonshare-migrations-"));
  try {
    cpSync("migrations", folder, { recursive: true });
    const path = join(folder, "meta", "_journal.json");
    const journal = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, count) }));
    await runMigrations(db, { migrationsFolder: folder });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

beforeAll(async () => {
  await administer(`create database ${name} template template0`);
  database = openDatabase({ ...template, database: name }, 2);
});
afterAll(async () => {
  await database.close();
  await administer(`drop database ${name} with (force)`);
});

/** Spelled, ascending, those of folders above with a slash. */
async function wordsOf(table: "file" | "directory", id: number): Promise<string[]> {
  const rows = await database.sql`
    select case when n < 0 then '/' else '' end || word.word as word
    from ${database.sql(table)} t, unnest(t.words) n join word on word.id = abs(n) where t.id = ${id} order by 1`;
  return rows.map((row) => row["word"]);
}

test("the catalog of an older version keeps its ids, words and announced files", async () => {
  await migrateTo(database, 3);
  const { sql } = database;
  await sql`insert into person (display_name, language) values ('Anna', 'en')`;
  await sql`insert into server (owner_id, label, security, state)
    select p.id, 'Box ' || n, 'tls', 'online' from person p, generate_series(1, 3) n`;
  await sql`insert into directory (server_id, path, name, words) values
    (1, '', '', ''), (1, 'Music', 'Music', '''music'''), (1, 'Music/Été', 'Été', '''ete'' ''/music'''), (2, '', '', '')`;
  await sql`insert into file (server_id, directory_id, name, size_bytes, modified_at, words) values
    (1, 3, 'a.mp3', 5000000000, '2020-02-03 04:05:06Z', '''a'' ''mp3'' ''mp'' ''3'' ''/music'' ''/ete'''),
    (2, 4, 'Music.txt', 7, null, '''music'' ''txt'''), (1, 3, 'ete.txt', 8, null, '''ete'' ''/ete'' ''txt'' ''/music''')`;
  await sql`delete from file where name = 'Music.txt'`;
  await sql`insert into file (server_id, directory_id, name, size_bytes, words) values (2, 4, 'Music.txt', 9, '''music''')`;
  await sql`insert into word (word) values ('music'), ('forgotten')`;
  await sql`insert into share_group (name) values ('Club')`;
  await sql`insert into announcement (group_id, files, bytes) values (1, 1, 1)`;
  await sql`insert into scan (server_id, due_at, interval_ms) values (1, now(), 60000), (3, now(), 60000)`;
  await sql`insert into announced_file (announcement_id, file_id, directory_id) values (1, 1, 3), (1, 4, 4)`;

  await migrate(database);
  const files =
    await sql`select id::int, server_id, directory_id, name, size_bytes::int8, modified_at from file order by id`;
  expect(
    files.map((row) => [row["id"], row["server_id"], row["directory_id"], row["name"], row["size_bytes"]]),
  ).toEqual([
    [1, 1, 3, "a.mp3", "5000000000"],
    [3, 1, 3, "ete.txt", "8"],
    [4, 2, 4, "Music.txt", "9"],
  ]);
  const scans = await sql`select newest_at as at from scan order by server_id`;
  expect(scans.map((row) => row["at"])).toEqual(["2020-02-03 04:05:06+00", null]);
  const folders = await sql`select path, files, bytes::float8, newest_at from directory where files > 0 order by id`;
  expect(folders.map((row) => Object.values(row))).toEqual([
    ["Music/Été", 2, 5_000_000_008, "2020-02-03 04:05:06+00"],
    ["", 1, 9, null],
  ]);
  expect(files[0]?.["modified_at"]).toBe("2020-02-03 04:05:06+00");
  expect(await wordsOf("file", 1)).toEqual(["/ete", "/music", "3", "a", "mp", "mp3"]);
  expect(await wordsOf("file", 3)).toEqual(["/music", "ete", "txt"]);
  expect(await wordsOf("directory", 3)).toEqual(["/music", "ete"]);
  expect(await wordsOf("directory", 1)).toEqual([]);
  const ascending =
    await sql`select bool_and(words = array(select w from unnest(words) w order by 1)) as all from file`;
  expect(ascending[0]?.["all"]).toBe(true);
  const [added] =
    await sql`insert into file (server_id, directory_id, name, size_bytes) values (3, 1, 'n', 1) returning id::int`;
  expect(added?.["id"]).toBe(5);

  await sql`delete from server where id = 1`;
  expect((await sql`select id::int from file order by id`).map((row) => row["id"])).toEqual([4, 5]);
  expect((await sql`select file_id::int from announced_file`).map((row) => row["file_id"])).toEqual([4]);
  await sql`delete from file where id = 4`;
  expect(await sql`select from announced_file`).toHaveLength(0);
});
