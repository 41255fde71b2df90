// What a crawl found, kept in temporary tables of one connection until the crawl has ended. COPY, because it is the
// fastest; names come with the numbers of their words (see vocabulary.ts).
import { finished } from "node:stream/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Database } from "../../platform/db.ts";
import type { ListedFolder } from "../scan/folder.ts";
import { indexWords } from "../words.ts";
import type { WaitingFile, WaitingFolder } from "./encode.ts";
import { createEncoder } from "./encode.ts";
import { createVocabulary } from "./vocabulary.ts";

export interface Stage {
  add(folder: ListedFolder): Promise<void>;
  /** Writes what is still buffered. */
  end(): Promise<void>;
}

/** Waiting rows; twice as many are in memory when the database is slower than the crawl. */
const rowsPerCopy = 5_000;
/** Names of a thousand characters take their time. */
const filesPerTurn = 200;

interface Batch {
  folders: WaitingFolder[];
  skipped: string[];
  files: WaitingFile[];
}

const emptyBatch = (): Batch => ({ folders: [], skipped: [], files: [] });

/** @param database must have exactly one connection: temporary tables are seen by no other */
export async function createStage({ sql }: Database): Promise<Stage> {
  // So that a few hundred thousand rows are staged and compared without files.
  await sql`set temp_buffers = '32MB'`;
  await sql`set work_mem = '32MB'`;
  await makeTables(sql);
  // A word that a crash takes back was in no catalog yet: what a scan applies is written after it, and flushed with it.
  await sql`set synchronous_commit = off`;
  const encoder = createEncoder(createVocabulary(sql));
  const counts = { folders: 0, skipped: 0, files: 0 };
  let batch = emptyBatch();
  let writing = Promise.resolve();

  async function copy(table: string, rows: Buffer): Promise<void> {
    const stream = await sql`copy ${sql(table)} from stdin (format binary)`.writable();
    const written = finished(stream);
    written.catch(() => undefined);
    await new Promise<void>((resolve, reject) => {
      stream.write(rows, (error) => (error ? reject(error) : resolve()));
    });
    stream.end();
    await nextTurn();
    // When the database refuses the rows the driver says nothing and leaves the stream open until the next answer. So
    // something is asked (once the end of the copy is on the wire), and `end` counts what has arrived.
    await sql`select 1`;
    await nextTurn();
    await Promise.race([written, Promise.reject(refusal())]);
  }

  async function write({ folders, skipped, files }: Batch): Promise<void> {
    await encoder.learn(folders, files);
    if (folders.length > 0) await copy("stage_directory", encoder.directories(folders));
    if (skipped.length > 0) await copy("stage_skipped", encoder.paths(skipped));
    if (files.length > 0) await copy("stage_file", await encoder.files(files));
  }

  /** One batch is written while the next one is filled; a third waits. */
  async function flush(): Promise<void> {
    const [full, before] = [batch, writing];
    batch = emptyBatch();
    writing = before.then(() => write(full));
    writing.catch(() => undefined);
    await before;
  }
  const isFull = () => batch.folders.length + batch.skipped.length + batch.files.length >= rowsPerCopy;

  return {
    async add(folder) {
      if (folder.isSkipped) {
        counts.skipped += 1;
        batch.skipped.push(folder.path);
        if (isFull()) await flush();
        return;
      }
      counts.folders += 1;
      counts.files += folder.files.length;
      const waiting = { no: counts.folders, folder, ...wordsOfFolder(folder), inherited: [] };
      batch.folders.push(waiting);
      for (const [index, file] of folder.files.entries()) {
        batch.files.push({ folder: waiting, file, words: indexWords(file.name) });
        if (index % filesPerTurn === filesPerTurn - 1) await nextTurn();
        if (isFull()) await flush();
      }
      if (isFull()) await flush();
    },
    async end() {
      await flush();
      await writing;
      const [rows] = await sql`select (select count(*) from stage_directory)::int as folders,
        (select count(*) from stage_skipped)::int as skipped, (select count(*) from stage_file)::int as files`;
      if (Object.entries(counts).some(([name, count]) => rows?.[name] !== count)) throw refusal();
      await sql`analyze stage_directory (no, path), stage_skipped, stage_file (no)`;
      await sql`reset synchronous_commit`;
    },
  };
}

const refusal = () => new Error("The database refused the staged rows.");

/** Numbers of folders join them to their files. Folders that were not listed again are staged by path alone. */
async function makeTables(sql: Database["sql"]): Promise<void> {
  await sql`create temporary table stage_directory (
    no integer not null, path text collate "C" not null, parent text collate "C", name text not null,
    modified_at timestamptz, words integer[] not null, whole boolean not null)`;
  await sql`create temporary table stage_skipped (path text collate "C" not null)`;
  await sql`create temporary table stage_file (
    no integer not null, size_bytes bigint not null, modified_at timestamptz, within_ms integer not null,
    held boolean not null, name text not null, words integer[] not null)`;
  await sql`create temporary table stage_word (id integer not null, word text collate "C" not null)`;
}

function wordsOfFolder({ path, root }: ListedFolder): Pick<WaitingFolder, "own" | "above"> {
  // Folders above the scanned one are nobody's business, and its own name is hidden behind the share's.
  const inside = path === root ? "" : path.slice(root === "" ? 0 : root.length + 1);
  const segments = inside === "" ? [] : inside.split("/");
  const own = indexWords(segments.pop() ?? "");
  return { own, above: [...new Set(segments.flatMap(indexWords))] };
}
