// Listed folders and files as rows for COPY: names with the numbers of their words.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Piece } from "../pieces.ts";
import type { ListedFile, ListedFolder } from "../scan/folder.ts";
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

/** All words must have been learned. */
export function createEncoder(target: FileTarget) {
  const rows = createRowWriter();
  const numbers = createNumbers();

  function directories(folders: readonly WaitingFolder[]): Buffer {
    for (const waiting of folders) {
      const { no, folder, own, above } = waiting;
      waiting.inherited = numbers.negated([...own, ...above]);
      const { path, root } = folder;
      const cut = path.lastIndexOf("/");
      rows.begin(7);
      rows.int4(no);
      rows.text(path);
      rows.text(path === root ? null : path.slice(0, Math.max(cut, 0)));
      rows.text(path.slice(cut + 1));
      rows.time(folder.modifiedAt);
      rows.int4s(numbers.list, numbers.collect(own, numbers.negated(above)));
      rows.bool(folder.isWhole);
    }
    return rows.take();
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

  function words(list: readonly LearnedWord[]): Buffer {
    for (const { id, word } of list) {
      rows.begin(2);
      rows.int4(id);
      rows.text(word);
    }
    return rows.take();
  }
  return { directories, files, words };
}
