// Waking each other up, between processes too: PostgreSQL's NOTIFY, sent when the transaction commits.
// A signal says "look", never what there is to see: the truth is in the rows.
import type { SQL } from "drizzle-orm";
import { sql } from "drizzle-orm";
import type { Sql } from "postgres";
import type { Db, Tx } from "./db.ts";

/**
 * `outbox` new events; `queue` transfers may start; `scan` a scan is due;
 * `rights` somebody left, unshared, removed, erased or paused: running work asks again whether it may.
 */
export type Channel = "outbox" | "queue" | "scan" | "rights";

const line = "fonshare";

/** Sent at commit, and not at all when the transaction rolls back. */
export async function signal(tx: Tx | Db, channel: Channel): Promise<void> {
  await tx.execute(signalling(channel));
}

/** The statement of `signal`, for `runTogether`. */
export function signalling(channel: Channel): SQL<object> {
  return sql<object>`select pg_notify(${line}, ${channel})`;
}

export interface Signals {
  /**
   * Calls `look` after each signal, and whenever the connection to the database is made (again),
   * because signals may have been missed before. Gives back the function that ends it.
   */
  on(channel: Channel, look: () => void): () => void;
  close(): Promise<void>;
}

/** Listens on a connection of its own. `sql.end()` closes it too. */
export function createSignals(sql: Sql): Signals {
  const listeners = new Map<Channel, Set<() => void>>();
  const tell = (channel: string) => {
    for (const look of listeners.get(channel as Channel) ?? []) look();
  };
  const tellAll = () => {
    for (const channel of listeners.keys()) tell(channel);
  };
  // A failed first attempt is made again by the driver, like a lost connection.
  const listening = sql.listen(line, tell, tellAll).catch(() => undefined);

  return {
    on(channel, look) {
      const looks = listeners.get(channel) ?? new Set();
      listeners.set(channel, looks.add(look));
      return () => looks.delete(look);
    },
    async close() {
      listeners.clear();
      await (await listening)?.unlisten().catch(() => undefined);
    },
  };
}
