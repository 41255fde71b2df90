// The job that forgets: short retention is a promise, and this keeps it.
import { connections } from "../connections.ts";
import { systemClock } from "../platform/clock.ts";
import { openDatabase } from "../platform/db.ts";
import { runJob } from "./job.ts";
import { forgetOld } from "./retention.ts";

await runJob(async ({ options, retentionMs }) => {
  const database = openDatabase(options.database, connections.forgetting);
  try {
    await forgetOld(database.db, systemClock.now(), retentionMs);
  } finally {
    await database.close();
  }
});
