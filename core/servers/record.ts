// Writes down how a server stands after something happened, and tells its owner in the same transaction.
import type { ErrorCode } from "#contract";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import { appendEvent } from "../platform/outbox.ts";
import { makeRef } from "../platform/refs.ts";
import { signal } from "../platform/signals.ts";
import type { Health, News, Tell } from "./health.ts";
import { nextHealth } from "./health.ts";
import type { ServerRow } from "./store/servers.ts";
import { lockServer, updateServer } from "./store/servers.ts";

/** What was known when the attempt began. */
export type Seen = Pick<ServerRow, "version" | "wrongPasswords">;

/** Undefined when the server is gone or its settings changed meanwhile: then the news are of a server that is no more. */
export function record(
  { db, clock }: { db: Db; clock: Clock },
  serverId: number,
  seen: Seen,
  news: News,
): Promise<ServerRow | undefined> {
  return db.transaction(async (tx) => {
    const row = await lockServer(tx, serverId);
    if (!row || row.version !== seen.version) return undefined;
    if (isSameAnswer(row, seen, news)) return row;
    return applyNews(tx, row, news, clock.now());
  });
}

/** Three sessions that were opened at once and refused at once are one wrong password, not three. */
function isSameAnswer(row: ServerRow, seen: Seen, news: News): boolean {
  return news.kind === "failed" && news.code === "server.login-refused" && row.wrongPasswords !== seen.wrongPasswords;
}

export async function applyNews(tx: Tx, row: ServerRow, news: News, now: Date): Promise<ServerRow> {
  const { state, problem, wrongPasswords } = row;
  const { next, tell } = nextHealth({ state, problem, wrongPasswords }, news);
  const isCheck = news.kind !== "paused";
  const updated = await updateServer(tx, row.id, { ...next, ...(isCheck ? { checkedAt: now } : {}) });
  if (next.state !== row.state && (next.state === "paused" || next.state === "locked")) await signal(tx, "rights");
  if (next.state === "online" && row.state !== "online") await signal(tx, "queue");
  if (tell) await tellOwner(tx, updated, tell, next, now);
  return updated;
}

async function tellOwner(tx: Tx, row: ServerRow, tell: NonNullable<Tell>, next: Health, now: Date): Promise<void> {
  const about = { server: makeRef("s", row.id), label: row.label };
  const code: ErrorCode | string = next.state === "locked" ? "server.locked" : (next.problem ?? "server.offline");
  await appendEvent(tx, {
    key: `server.${tell}:${row.id}:${row.version}:${now.getTime()}`,
    personId: row.ownerId,
    serverId: row.id,
    telling:
      tell === "connected"
        ? { kind: "server.connected", ...about }
        : { kind: "server.trouble", ...about, reason: { code, params: {} } },
  });
}
