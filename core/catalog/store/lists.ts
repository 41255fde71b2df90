// The last list that a person was shown in a room, so that `/pull 2` finds its second line.
import { and, eq } from "drizzle-orm";
import type { Db } from "../../platform/db.ts";
import { lastList } from "../../schema/index.ts";

export interface Reader {
  personId: number;
  platform: string;
  roomId: string;
}

function ofReader({ personId, platform, roomId }: Reader) {
  return and(eq(lastList.personId, personId), eq(lastList.platform, platform), eq(lastList.roomId, roomId));
}

/** References in the order of their numbers; undefined when nothing was shown yet. */
export async function readList(db: Db, reader: Reader): Promise<string[] | undefined> {
  return (await db.select({ refs: lastList.refs }).from(lastList).where(ofReader(reader)))[0]?.refs;
}

export async function writeList(db: Db, reader: Reader, refs: string[], shownAt: Date): Promise<void> {
  const target = [lastList.personId, lastList.platform, lastList.roomId];
  const row = { ...reader, refs, shownAt };
  await db.insert(lastList).values(row).onConflictDoUpdate({ target, set: { refs, shownAt } });
}
