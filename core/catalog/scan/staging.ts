// Where what a crawl found waits for its end. The stage, with a connection of its own and its tables, is made when the first
// folder comes that was listed: most scans find that nothing has changed.
import type { Database } from "../../platform/db.ts";
import type { Load } from "../store/load.ts";
import type { Stage } from "../store/stage.ts";
import { createStage } from "../store/stage.ts";
import { createStagedTimes } from "../store/staged-times.ts";
import type { FolderTime } from "./crawl.ts";
import type { ListedFolder } from "./folder.ts";

export interface Staging {
  add(folder: ListedFolder): Promise<void>;
  addTimes(times: FolderTime[]): Promise<void>;
  /** Folders that stand still, when there were no others; else undefined. */
  readonly stillOnly: number | undefined;
  /** Writes what is still buffered. @returns the database that has the stage */
  end(): Promise<Database>;
  close(): Promise<void>;
}

interface Opened {
  database: Database;
  stage: Stage;
}

/**
 * @param connect gives a database with exactly one connection; it is closed here
 * @param load of a first scan, which has its connection; it is closed here, too
 */
export function createStaging(connect: () => Database, load?: Load): Staging {
  const still: ListedFolder[] = [];
  let times: FolderTime[] = [];
  let database: Database | undefined;
  let opening: Promise<Opened> | undefined;

  async function open(): Promise<Opened> {
    database = load?.database ?? connect();
    return { database, stage: await createStage(database, load) };
  }
  function opened(): Promise<Opened> {
    opening ??= open();
    return opening;
  }

  // What a first scan finds is new for certain: made while its first session is opened.
  if (load) opened().catch(() => undefined);

  return {
    async add(folder) {
      if (folder.isSkipped) still.push(folder);
      else await (await opened()).stage.add(folder);
    },
    async addTimes(more) {
      times = times.concat(more);
    },
    get stillOnly() {
      return opening ? undefined : still.length;
    },
    async end() {
      const { database: own, stage } = await opened();
      for (const folder of still.splice(0)) await stage.add(folder);
      await stage.end();
      const staged = createStagedTimes(own);
      await staged.add(times);
      await staged.write();
      return own;
    },
    close: async () => (load ?? database)?.close(),
  };
}
