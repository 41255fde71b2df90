// Times of staged folders that became known only after they were staged, see crawl's onTimes. Kept until the stage has ended:
// its connection is busy with rows before.
import type { Database } from "../../platform/db.ts";
import type { FolderTime } from "../scan/crawl.ts";

export interface StagedTimes {
  add(times: FolderTime[]): Promise<void>;
  /** After the stage's own end. */
  write(): Promise<void>;
}

const timesPerStatement = 10_000;

/** @param database the stage's own: temporary tables are seen by no other connection */
export function createStagedTimes({ sql }: Database): StagedTimes {
  let known: FolderTime[] = [];
  return {
    async add(times) {
      known = known.concat(times);
    },
    async write() {
      for (let at = 0; at < known.length; at += timesPerStatement) {
        const some = known.slice(at, at + timesPerStatement);
        const paths = some.map(({ path }) => path);
        const times = some.map(({ modifiedAt }) => modifiedAt.toISOString());
        await sql`
          update stage_directory d set modified_at = t.at::timestamptz
          from unnest(${paths}::text[], ${times}::text[]) t(path, at)
          where d.path = t.path and d.modified_at is null`;
      }
    },
  };
}
