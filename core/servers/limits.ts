// What an owner allows others at a server: shown, and changed in part. Who keeps to it is the queue of transfers.
import type { InputOf, Limits, servers } from "#contract";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import { signal } from "../platform/signals.ts";
import { settleHours } from "../platform/wall-hours.ts";
import type { ServerRow } from "./store/servers.ts";
import { updateServer } from "./store/servers.ts";

type Wish = InputOf<typeof servers.limit>["limits"];
/** In the same transaction: what waited for a limit of this server is looked at again. */
export type AfterLimit = (tx: Tx, serverId: number, now: Date) => Promise<void>;

export function limitsOf(row: ServerRow): Limits {
  return {
    slotsOut: row.slotsOut,
    slotsIn: row.slotsIn,
    bytesPerSecond: row.bytesPerSecond,
    hours: row.hours,
    memberDayBytes: row.memberDayBytes,
    memberWeekBytes: row.memberWeekBytes,
    groupDayBytes: row.groupDayBytes,
    groupWeekBytes: row.groupWeekBytes,
    relay: row.allowsRelay,
    clear: row.allowsClear,
  };
}

/** @throws `request.invalid` {field} for hours that are none, `server.unknown` when it is gone */
export async function changeLimits(
  { db, clock, afterLimit = [] }: { db: Db; clock: Clock; afterLimit?: readonly AfterLimit[] | undefined },
  before: ServerRow,
  wish: Wish,
): Promise<ServerRow> {
  const set = columnsOf(wish);
  if (Object.keys(set).length === 0) return before;
  return db.transaction(async (tx) => {
    const row = await updateServer(tx, before.id, set);
    for (const follow of afterLimit) await follow(tx, row.id, clock.now());
    // Running transfers ask again whether they may go on as they do; others may start now.
    await signal(tx, "rights");
    await signal(tx, "queue");
    return row;
  });
}

/** What is not named stays. Pure. */
function columnsOf({ hours, relay, clear, ...rest }: Wish): Partial<ServerRow> {
  const named = Object.entries(rest).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(named),
    ...(hours === undefined ? {} : { hours: hours && settleHours(hours) }),
    ...(relay === undefined ? {} : { allowsRelay: relay }),
    ...(clear === undefined ? {} : { allowsClear: clear }),
  };
}
