// What a crawl found, kept in temporary tables of one connection until the crawl has ended. COPY, because it is the fastest.
import { finished } from "node:stream/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Database } from "../../platform/db.ts";
import type { ListedFile, ListedFolder } from "../scan/folder.ts";
import { asPathWord, indexWords } from "../words.ts";

export interface Stage {
  add(folder: ListedFolder): Promise<void>;
  /** Writes what is still buffered. */
  end(): Promise<void>;
}

const linesPerCopy = 5_000;
/** Names of a thousand characters take their time. */
const filesPerTurn = 200;

/** @param database must have exactly one connection: temporary tables are seen by no other */
export async function createStage({ sql }: Database): Promise<Stage> {
  await sql`create temporary table stage_directory (
    no integer not null, path text collate "C" not null, parent text collate "C", name text not null,
    modified_at timestamptz, words text not null, inherited text not null, whole boolean not null, skipped boolean not null)`;
  await sql`create temporary table stage_file (
    no integer not null, name text not null, size_bytes bigint not null, modified_at timestamptz,
    words text not null, held boolean not null)`;
  const directories: string[] = [];
  const files: string[] = [];
  let count = 0;
  let fileCount = 0;
  let writing = Promise.resolve();

  async function copy(table: string, lines: string[]): Promise<void> {
    if (lines.length === 0) return;
    const stream = await sql`copy ${sql(table)} from stdin`.writable();
    const written = finished(stream);
    written.catch(() => undefined);
    const text = lines.join("");
    await new Promise<void>((resolve, reject) => {
      stream.write(text, (error) => (error ? reject(error) : resolve()));
    });
    stream.end();
    await nextTurn();
    // When the database refuses the rows the driver says nothing and leaves the stream open until the next answer. So
    // something is asked (once the end of the copy is on the wire), and `end` counts what has arrived.
    await sql`select 1`;
    await nextTurn();
    await Promise.race([written, Promise.reject(refusal())]);
  }

  function flush(): Promise<void> {
    const [someDirectories, someFiles] = [directories.splice(0), files.splice(0)];
    writing = writing.then(async () => {
      await copy("stage_directory", someDirectories);
      await copy("stage_file", someFiles);
    });
    return writing;
  }

  return {
    async add(folder) {
      count += 1;
      const no = count;
      directories.push(directoryLine(no, folder));
      fileCount += folder.files.length;
      for (const [index, file] of folder.files.entries()) {
        files.push(fileLine(no, file));
        if (index % filesPerTurn === filesPerTurn - 1) await nextTurn();
        if (files.length >= linesPerCopy) await flush();
      }
      if (directories.length + files.length >= linesPerCopy) await flush();
    },
    async end() {
      await flush();
      const [rows] = await sql`select (select count(*) from stage_directory)::int as directories,
        (select count(*) from stage_file)::int as files`;
      if (rows?.["directories"] !== count || rows["files"] !== fileCount) throw refusal();
      await sql`analyze stage_directory`;
      await sql`analyze stage_file`;
    },
  };
}

const refusal = () => new Error("The database refused the staged rows.");

function directoryLine(no: number, folder: ListedFolder): string {
  const { path, root } = folder;
  const isRoot = path === root;
  const cut = path.lastIndexOf("/");
  const parent = isRoot ? null : path.slice(0, Math.max(cut, 0));
  const name = path.slice(cut + 1);
  // Folders above the scanned one are nobody's business, and its own name is hidden behind the share's.
  const inside = isRoot ? "" : path.slice(root === "" ? 0 : root.length + 1);
  const segments = inside === "" ? [] : inside.split("/");
  const above = new Set(segments.slice(0, -1).flatMap(indexWords).map(asPathWord));
  const own = isRoot ? [] : indexWords(name);
  const words = [...own, ...above].join(" ");
  const inherited = [...new Set([...above, ...own.map(asPathWord)])].join(" ");
  const time = folder.modifiedAt?.toISOString() ?? null;
  return line([no, path, parent, name, time, words, inherited, folder.isWhole, folder.isSkipped]);
}

function fileLine(no: number, file: ListedFile): string {
  const time = file.modifiedAt?.toISOString() ?? null;
  return line([no, file.name, file.sizeBytes, time, indexWords(file.name).join(" "), file.isHeld]);
}

const escapes: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/** One line of COPY's text format. */
function line(values: Array<string | number | boolean | null>): string {
  const fields = values.map((value) => (value === null ? "\\N" : String(value).replace(/[\\\t\n\r]/g, escapeOf)));
  return `${fields.join("\t")}\n`;
}

const escapeOf = (character: string) => escapes[character] ?? character;
