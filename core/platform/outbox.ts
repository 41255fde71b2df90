// Writing what must be told: an event row in the same transaction as the change it tells of.
// Reading it is event-stream.ts.
import type { Telling } from "#contract";
import { outbox } from "../schema/index.ts";
import type { Db, Tx } from "./db.ts";
import { takeLock } from "./locks.ts";
import { signal } from "./signals.ts";

/**
 * What is kept of an event. Of what may be gone or hidden until it is told, only what it is about: the event stream
 * has the rest filled in at the moment of telling.
 */
export type StoredTelling =
  | Exclude<Telling, { kind: "share.indexed" | "files.added" | "server.indexed" }>
  | { kind: "share.indexed" | "files.added"; announcement: string }
  | { kind: "server.indexed"; server: string; files: number; bytes: number };

export interface NewEvent {
  /** Stable: the same key is the same event, and is written once. */
  key: string;
  /** One of the two: told in the group's rooms, or to the person in private. */
  groupId?: number;
  personId?: number;
  /** What it is about: the event goes when that server goes. */
  serverId?: number;
  telling: StoredTelling;
}

/**
 * Appends an event to be told after `tx` commits. A repeated key does nothing.
 * Ids become visible in growing order: writers queue on a lock until they commit, so that a reader
 * that has seen id 7 never finds a 6 later. Call it late in a transaction.
 */
export async function appendEvent(tx: Tx | Db, event: NewEvent): Promise<void> {
  await tx.transaction(async (inner) => {
    await takeLock(inner, "outbox");
    await inner.insert(outbox).values(event).onConflictDoNothing({ target: outbox.key });
    await signal(inner, "outbox");
  });
}
