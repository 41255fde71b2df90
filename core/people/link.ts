// Joins two identities into one person: the newer one's things move to the older one.
import type { Db } from "../platform/db.ts";
import { FonError } from "../platform/errors.ts";
import { signal } from "../platform/signals.ts";
import { takeCode } from "./codes.ts";
import { lockBoth, lockLinking, moveEverything } from "./store/merge.ts";

/** @throws `group.code-invalid`: unknown, used or expired, or one's own on the platform where one is already that person */
export async function linkPeople(db: Db, personId: number, typed: string, now: Date): Promise<void> {
  await db.transaction(async (tx) => {
    await lockLinking(tx);
    const taken = await takeCode(tx, typed, "link", now);
    if (!taken || taken.personId === personId) throw new FonError("group.code-invalid");
    const [older, newer] = await lockBoth(tx, [taken.personId, personId]);
    if (!older || !newer) throw new FonError("group.code-invalid");
    await moveEverything(tx, newer.id, older.id);
    await signal(tx, "rights");
  });
}
