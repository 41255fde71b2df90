// Where what a crawl found waits for its end. The stage, with a connection of its own and its tables, is made when the first
// folder comes that was listed: most scans find that nothing has changed. That of a first scan is made at once.
import type { Database } from "../../platform/db.ts";
import type { Load } from "../store/load.ts";
import type { Stage } from "../store/stage.ts";
import { createStage } from "../store/stage.ts";
import { createStagedTimes } from "../store/staged-times.ts";
import { stageUnmet } from "../store/unmet.ts";
import type { FolderTime } from "./crawl.ts";
import type { ListedFolder } from "./folder.ts";
import type { KnownFolders } from "./known.ts";

export interface Staging {
  add(folder: ListedFolder): Promise<void>;
  /** Of a known folder that stands still. */
  addStill(path: string): void;
  addTimes(times: FolderTime[]): Promise<void>;
  /** All known folders were met, and none of them nor another one was listed. */
  readonly isStill: boolean;
  /** Writes what is still buffered. @returns the database that has the stage */
  end(): Promise<Database>;
  close(): Promise<void>;
}

export interface StagingInput {
  /** Gives a database with exactly one connection; it is closed here. */
  connect: () => Database;
  /** All folders of the catalog, for a scan that lists only those that changed. */
  known: KnownFolders;
  /** Of a first scan, which has its connection; it is closed here, too. It begins while the first session is opened. */
  load: Promise<Load | undefined> | undefined;
}

interface Opened {
  database: Database;
  stage: Stage;
}

export function createStaging({ connect, known, load }: StagingInput): Staging {
  const unmet = new Set(known.keys());
  let times: FolderTime[] = [];
  let database: Database | undefined;
  let opening: Promise<Opened> | undefined;

  async function open(): Promise<Opened> {
    const loading = await load;
    database = loading?.database ?? connect();
    return { database, stage: await createStage(database, loading) };
  }
  function opened(): Promise<Opened> {
    opening ??= open();
    return opening;
  }

  // What a first scan finds is new for certain: made while its first session is opened.
  load?.then((loading) => loading && opened()).catch(() => undefined);

  return {
    async add(folder) {
      unmet.delete(folder.path);
      await (await opened()).stage.add(folder);
    },
    addStill: (path) => void unmet.delete(path),
    async addTimes(more) {
      times = times.concat(more);
    },
    get isStill() {
      return !opening && unmet.size === 0;
    },
    async end() {
      const { database: own, stage } = await opened();
      await stage.end();
      await stageUnmet(own, unmet);
      const staged = createStagedTimes(own);
      await staged.add(times);
      await staged.write();
      return own;
    },
    async close() {
      // A connection that is being prepared is not to be closed under its own questions.
      await opening?.catch(() => undefined);
      await ((await load?.catch(() => undefined)) ?? database)?.close();
    },
  };
}
