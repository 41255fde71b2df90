// Listed folders and files as rows for COPY: names with the numbers of their words. Files leave in one piece each time; folders
// and words, of which there are few, wait until there are enough: each COPY costs two answers, and the database idles between.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Piece } from "../pieces.ts";
import type { ListedFile, ListedFolder } from "../scan/folder.ts";
import { ownTotals } from "../scan/folder.ts";
import type { Rows } from "./copy.ts";
import type { RowWriter } from "./copy-rows.ts";
import { createRowWriter } from "./copy-rows.ts";
import { createNumbers } from "./numbers.ts";
import type { LearnedWord } from "./vocabulary.ts";

const filesPerTurn = 200;

export interface WaitingFolder {
  /** Joins it to its files. */
  no: number;
  folder: ListedFolder;
  own: Piece[];
  /** Words of the folders above, inside the scanned one. */
  above: Piece[];
  /** What its files have of it, in ascending order, once it was written. */
  inherited: readonly number[];
}

export interface WaitingFile {
  folder: WaitingFolder;
  file: ListedFile;
  pieces: Piece[];
}

/** Where files go. */
export interface FileTarget {
  table: string;
  /** The numbers of its words are the last one. */
  columns: readonly string[];
  /** All columns but the last one. */
  write(rows: RowWriter, no: number, file: ListedFile): void;
}

const wordColumns = ["id", "word"];
const folderColumns = [
  ...["no", "path", "parent", "modified_at", "files_hash", "words", "whole"],
  ...["files", "bytes", "newest_at"],
];
/** Folders or words, before they are written. */
const enoughBytes = 512 * 1024;

/** All words must have been learned. */
export function createEncoder(target: FileTarget) {
  const [rows, folderRows, wordRows] = [createRowWriter(), createRowWriter(), createRowWriter()];
  const numbers = createNumbers();

  function directories(folders: readonly WaitingFolder[]): void {
    for (const waiting of folders) {
      const { no, folder, own, above } = waiting;
      waiting.inherited = numbers.negated([...own, ...above]);
      const { path, root } = folder;
      const cut = path.lastIndexOf("/");
      folderRows.begin(folderColumns.length);
      folderRows.int4(no);
      folderRows.text(path);
      folderRows.text(path === root ? null : path.slice(0, Math.max(cut, 0)));
      folderRows.time(folder.modifiedAt);
      folderRows.int8(folder.filesHash);
      folderRows.int4s(numbers.list, numbers.collect(own, numbers.negated(above)));
      folderRows.bool(folder.isWhole);
      const { files, bytes, newestAt } = ownTotals(folder);
      folderRows.int4(files);
      folderRows.int8(bytes);
      folderRows.time(newestAt);
    }
  }

  async function files(list: readonly WaitingFile[]): Promise<Buffer> {
    for (let at = 0; at < list.length; at += 1) {
      const { folder, file, pieces } = list[at] as WaitingFile;
      target.write(rows, folder.no, file);
      const count = numbers.collect(pieces, folder.inherited);
      rows.int4s(numbers.list, count);
      if (at % filesPerTurn === filesPerTurn - 1) await nextTurn();
    }
    return rows.take();
  }

  function words(list: readonly LearnedWord[]): void {
    for (const { id, word } of list) {
      wordRows.begin(2);
      wordRows.int4(id);
      wordRows.text(word);
    }
  }

  /** Words and folders, when they are enough, or all of them. */
  function others(isLast: boolean): Rows[] {
    const tables: Rows[] = [];
    const isDue = ({ bytes }: RowWriter) => bytes >= (isLast ? 1 : enoughBytes);
    if (isDue(wordRows)) tables.push({ table: "stage_word", columns: wordColumns, rows: wordRows.take() });
    if (isDue(folderRows)) tables.push({ table: "stage_directory", columns: folderColumns, rows: folderRows.take() });
    return tables;
  }
  return { directories, files, words, others };
}
