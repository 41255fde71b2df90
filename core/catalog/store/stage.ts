// What a crawl found, on one connection until the crawl has ended: in temporary tables, and the files of a first scan already
// in the catalog, where nobody sees them yet (see load.ts). COPY, because it is the fastest; names come with the numbers of
// their words (see vocabulary.ts).
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Database } from "../../platform/db.ts";
import type { Piece } from "../pieces.ts";
import { createPieces } from "../pieces.ts";
import type { ListedFolder } from "../scan/folder.ts";
import type { Rows } from "./copy.ts";
import { copyRows, refusal } from "./copy.ts";
import type { FileTarget, WaitingFile, WaitingFolder } from "./encode.ts";
import { createEncoder } from "./encode.ts";
import type { Load } from "./load.ts";
import { createVocabulary } from "./vocabulary.ts";

export interface Stage {
  add(folder: ListedFolder): Promise<void>;
  /** Writes what is still buffered. */
  end(): Promise<void>;
}

/** Waiting rows. As many are being written, and wait with each session that reads, when the database is slower than the crawl. */
const mostRows = 5_000;
/** As many are written while the database has nothing else to do: it shall not wait for the crawl. */
const fewRows = 1_000;
/** Names of a thousand characters take their time. */
const filesPerTurn = 200;

interface Batch {
  folders: WaitingFolder[];
  files: WaitingFile[];
}

const emptyBatch = (): Batch => ({ folders: [], files: [] });

/**
 * @param database must have exactly one connection: temporary tables are seen by no other
 * @param load on the same connection; then `no` of a folder is its id, and files that are held are left out
 */
export async function createStage(database: Database, load?: Load): Promise<Stage> {
  const { sql } = database;
  // So that a few hundred thousand rows are staged and compared without files.
  await sql`set temp_buffers = '32MB'`;
  await sql`set work_mem = '32MB'`;
  await makeTables(sql);
  // A word that a crash takes back was in no catalog yet: what a scan applies is written after it, and flushed with it.
  const learning = (load?.words ?? database).sql;
  await learning`set synchronous_commit = off`;
  const vocabulary = createVocabulary(learning);
  const target = load?.target ?? stagedFiles;
  const encoder = createEncoder(target);
  const piecesOf = createPieces();
  const counts = { folders: 0, files: 0 };
  let batch = emptyBatch();
  let encoding: Promise<Rows[]> = Promise.resolve([]);
  let writing = Promise.resolve();
  let underWay = 0;

  async function number(folders: readonly WaitingFolder[]): Promise<void> {
    const ids = load && (await load.idsFor(folders.map(({ folder }) => folder.path)));
    for (const [index, waiting] of folders.entries()) {
      counts.folders += 1;
      waiting.no = ids?.[index] ?? counts.folders;
    }
  }

  /** Rows by table, in the order in which they are written. */
  async function encode({ folders, files }: Batch, isLast: boolean): Promise<Rows[]> {
    encoder.words(await vocabulary.learn(piecesIn(folders, files)));
    await number(folders);
    encoder.directories(folders);
    const tables = encoder.others(isLast);
    if (files.length > 0) tables.push({ ...target, rows: await encoder.files(files) });
    return tables;
  }

  async function write(tables: readonly Rows[], files: number): Promise<void> {
    for (const table of tables) await copyRows(database, table);
    if (!load) return;
    load.files += files;
    await load.boundNotes();
  }

  /**
   * While one batch is written the next one is filled, and made ready where words are asked for elsewhere: a connection takes no
   * question in the middle of a copy. A third one waits.
   */
  async function flush(isLast = false): Promise<void> {
    const [full, before] = [batch, writing];
    batch = emptyBatch();
    underWay += 1;
    encoding = Promise.all([encoding, load ? undefined : before]).then(() => encode(full, isLast));
    writing = Promise.all([encoding, before]).then(([tables]) => write(tables, full.files.length));
    writing.then(
      () => (underWay -= 1),
      () => undefined,
    );
    await before;
  }
  const isFull = () => batch.folders.length + batch.files.length >= (underWay > 0 ? mostRows : fewRows);

  async function addFiles(waiting: WaitingFolder): Promise<void> {
    const { files } = waiting.folder;
    for (let at = 0; at < files.length; at += 1) {
      const file = files[at];
      if (!file || (load && file.isHeld)) continue;
      counts.files += 1;
      batch.files.push({ folder: waiting, file, pieces: piecesOf(file.name) });
      if (at % filesPerTurn === filesPerTurn - 1) await nextTurn();
      if (isFull()) await flush();
    }
  }

  return {
    async add(folder) {
      const waiting = { no: 0, folder, ...piecesOfFolder(folder, piecesOf), inherited: [] };
      batch.folders.push(waiting);
      await addFiles(waiting);
      if (isFull()) await flush();
    },
    async end() {
      await flush(true);
      await writing;
      // What was loaded is counted once, when it is applied.
      const files = load ? sql`${counts.files}` : sql`(select count(*) from stage_file)`;
      const [rows] = await sql`select (select count(*) from stage_directory)::int as folders,
        ${files}::int as files`;
      if (Object.entries(counts).some(([name, count]) => rows?.[name] !== count)) throw refusal();
      await sql`analyze stage_directory (no, path)`;
      if (!load) await sql`analyze stage_file (no)`;
      await learning`reset synchronous_commit`;
    },
  };
}

const stagedFiles: FileTarget = {
  table: "stage_file",
  columns: ["no", "size_bytes", "modified_at", "within_ms", "held", "name", "words"],
  write(rows, no, file) {
    rows.begin(7);
    rows.int4(no);
    rows.int8(file.sizeBytes);
    rows.time(file.modifiedAt);
    rows.int4(file.timeWithinMs);
    rows.bool(file.isHeld);
    rows.text(file.name);
  },
};

function piecesIn(folders: readonly WaitingFolder[], files: readonly WaitingFile[]): Piece[] {
  const pieces: Piece[] = [];
  for (const { own, above } of folders) pieces.push(...own, ...above);
  for (const file of files) for (const piece of file.pieces) if (!piece.ids) pieces.push(piece);
  return pieces;
}

/** Numbers of folders join them to their files. */
async function makeTables(sql: Database["sql"]): Promise<void> {
  await sql`create temporary table stage_directory (
    no integer not null, path text collate "C" not null, parent text collate "C",
    modified_at timestamptz, files_hash bigint, words integer[] not null, whole boolean not null,
    files integer not null, bytes bigint not null, newest_at timestamptz)`;
  await sql`create temporary table stage_file (
    no integer not null, size_bytes bigint not null, modified_at timestamptz, within_ms integer not null,
    held boolean not null, name text not null, words integer[] not null)`;
  await sql`create temporary table stage_word (id integer not null, word text collate "C" not null)`;
}

function piecesOfFolder(
  { path, root }: ListedFolder,
  piecesOf: (name: string) => Piece[],
): Pick<WaitingFolder, "own" | "above"> {
  // Folders above the scanned one are nobody's business, and its own name is hidden behind the share's.
  const inside = path === root ? "" : path.slice(root === "" ? 0 : root.length + 1);
  const cut = inside.lastIndexOf("/");
  return {
    own: piecesOf(inside.slice(cut + 1)),
    above: inside.slice(0, Math.max(cut, 0)).split("/").flatMap(piecesOf),
  };
}
