// Every row of a core that was stopped, as a dump of its database has them.
import { systemClock } from "../../../core/platform/clock.ts";
import { openDatabase } from "../../../core/platform/db.ts";
import { createEmbeddedPostgres } from "../../../core/platform/embedded-postgres.ts";
import { createLog } from "../../../core/platform/log.ts";

/** All rows of all tables as text: on the disk long values are compressed. */
export async function everyRow(dataFolder: string): Promise<string> {
  const log = createLog("silent", "test");
  const onGivenUp = () => undefined;
  const postgres = createEmbeddedPostgres({ dataFolder, clock: systemClock, log, onGivenUp });
  const database = openDatabase(await postgres.start(), 1);
  try {
    const { sql } = database;
    const tables = await sql`select table_schema as place, table_name as name from information_schema.tables
      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`;
    const rows: string[] = [];
    for (const { place, name } of tables) {
      for (const row of await sql`select t::text as text from ${sql(place)}.${sql(name)} t`) rows.push(row["text"]);
    }
    return rows.join("\n");
  } finally {
    await database.close();
    await postgres.stop();
  }
}
