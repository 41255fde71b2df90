// Listed folders and files as rows for the stage's tables: names with the numbers of their words.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ListedFile, ListedFolder } from "../scan/folder.ts";
import { createRowWriter } from "./copy-rows.ts";
import type { Vocabulary } from "./vocabulary.ts";

const filesPerTurn = 200;

export interface WaitingFolder {
  no: number;
  folder: ListedFolder;
  own: string[];
  /** Words of the folders above, inside the scanned one. */
  above: string[];
  /** What its files have of it, once it was written. */
  inherited: number[];
}

export interface WaitingFile {
  folder: WaitingFolder;
  file: ListedFile;
  words: string[];
}

/** What it returns is valid until its next call. */
export function createEncoder(vocabulary: Vocabulary) {
  const rows = createRowWriter();
  const ascending = (ids: number[]) => ids.sort((a, b) => a - b);
  const idsOf = (words: readonly string[]) => ascending(words.map(vocabulary.idOf));
  const negatedIdsOf = (words: readonly string[]) => ascending(words.map((word) => -vocabulary.idOf(word)));

  function directories(folders: readonly WaitingFolder[]): Buffer {
    for (const waiting of folders) {
      const { no, folder, own, above } = waiting;
      waiting.inherited = negatedIdsOf([...new Set([...own, ...above])]);
      const ownIds = idsOf(own);
      const { path, root } = folder;
      const cut = path.lastIndexOf("/");
      rows.begin(7);
      rows.int4(no);
      rows.text(path);
      rows.text(path === root ? null : path.slice(0, Math.max(cut, 0)));
      rows.text(path.slice(cut + 1));
      rows.time(folder.modifiedAt);
      rows.int4s(without(ownIds, negatedIdsOf(above)), ownIds);
      rows.bool(folder.isWhole);
    }
    return rows.take();
  }

  async function files(list: readonly WaitingFile[]): Promise<Buffer> {
    for (const [index, { folder, file, words }] of list.entries()) {
      const ownIds = idsOf(words);
      rows.begin(7);
      rows.int4(folder.no);
      rows.int8(file.sizeBytes);
      rows.time(file.modifiedAt);
      rows.int4(file.timeWithinMs);
      rows.bool(file.isHeld);
      rows.text(file.name);
      rows.int4s(without(ownIds, folder.inherited), ownIds);
      if (index % filesPerTurn === filesPerTurn - 1) await nextTurn();
    }
    return rows.take();
  }

  function paths(list: readonly string[]): Buffer {
    for (const path of list) {
      rows.begin(1);
      rows.text(path);
    }
    return rows.take();
  }

  function learn(folders: readonly WaitingFolder[], list: readonly WaitingFile[]): Promise<void> {
    return vocabulary.learn([...folders.flatMap(({ own, above }) => [own, above]), ...list.map((one) => one.words)]);
  }
  return { learn, directories, files, paths };
}

/** What is in the name too is told once. All stays in ascending order, so that the same words are the same row. */
function without(own: readonly number[], above: readonly number[]): readonly number[] {
  return above.some((id) => own.includes(-id)) ? above.filter((id) => !own.includes(-id)) : above;
}
