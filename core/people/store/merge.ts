// Moves everything of one person to another, when two identities turn out to be the same human.
import { and, eq, inArray, sql } from "drizzle-orm";
import type { Tx } from "../../platform/db.ts";
import { takeLock } from "../../platform/locks.ts";
import {
  announcementMark,
  code,
  enrolment,
  identity,
  lastList,
  member,
  outbox,
  person,
  pull,
  server,
  transfer,
  volume,
} from "../../schema/index.ts";
import { freeLabel } from "../free-label.ts";

/** One link at a time: two people with each other's codes would wait for each other. */
export async function lockLinking(tx: Tx): Promise<void> {
  await takeLock(tx, "linking");
}

/** Both rows, held until the transaction ends; the older person first. */
export async function lockBoth(tx: Tx, ids: [number, number]) {
  return tx.select({ id: person.id }).from(person).where(inArray(person.id, ids)).orderBy(person.id).for("update");
}

/** After it nothing of `from` is left. */
export async function moveEverything(tx: Tx, from: number, to: number): Promise<void> {
  await moveMemberships(tx, from, to);
  await moveServers(tx, from, to);
  await movePulls(tx, from, to);
  await moveMarks(tx, from, to);
  await tx.delete(lastList).where(eq(lastList.personId, from));
  await tx.delete(code).where(and(inArray(code.personId, [from, to]), eq(code.purpose, "link")));
  await tx.update(code).set({ personId: to }).where(eq(code.personId, from));
  await tx.update(enrolment).set({ personId: to }).where(eq(enrolment.personId, from));
  await tx.update(outbox).set({ personId: to }).where(eq(outbox.personId, from));
  await tx.update(identity).set({ personId: to }).where(eq(identity.personId, from));
  await tx.delete(person).where(eq(person.id, from));
}

/** In a group where both were, the person is a member since the earlier day, an admin if either was, in the room of either. */
async function moveMemberships(tx: Tx, from: number, to: number): Promise<void> {
  await tx.execute(sql`
    insert into ${member} (group_id, person_id, role, joined_at, platform, room_id)
    select group_id, ${to}, role, joined_at, platform, room_id from ${member} where person_id = ${from}
    on conflict (group_id, person_id) do update set
      role = case when excluded.role = 'admin' then 'admin' else ${member.role} end,
      joined_at = least(excluded.joined_at, ${member.joinedAt}),
      platform = coalesce(${member.platform}, excluded.platform),
      room_id = coalesce(${member.roomId}, excluded.room_id)`);
  await tx.delete(member).where(eq(member.personId, from));
}

async function moveServers(tx: Tx, from: number, to: number): Promise<void> {
  const taken = await tx.select({ label: server.label }).from(server).where(eq(server.ownerId, to));
  const labels = taken.map((row) => row.label);
  const moved = await tx.select().from(server).where(eq(server.ownerId, from)).orderBy(server.id);
  for (const { id, label } of moved) {
    const free = freeLabel(label, labels);
    labels.push(free);
    await tx.update(server).set({ ownerId: to, label: free }).where(eq(server.id, id));
  }
}

async function moveMarks(tx: Tx, from: number, to: number): Promise<void> {
  await tx.execute(sql`
    insert into ${announcementMark} (announcement_id, person_id, kind, marked_at)
    select announcement_id, ${to}, kind, marked_at from ${announcementMark} where person_id = ${from}
    on conflict do nothing`);
  await tx.delete(announcementMark).where(eq(announcementMark.personId, from));
}

/** Request ids are the callers' random ones; should two agree, the older person's pull is the one that stays. */
async function movePulls(tx: Tx, from: number, to: number): Promise<void> {
  const same = tx.select({ requestId: pull.requestId }).from(pull).where(eq(pull.personId, to));
  await tx.delete(pull).where(and(eq(pull.personId, from), inArray(pull.requestId, same)));
  await tx.update(pull).set({ personId: to }).where(eq(pull.personId, from));
  await tx.update(transfer).set({ personId: to }).where(eq(transfer.personId, from));
  await tx.execute(sql`
    insert into ${volume} (server_id, person_id, group_id, day, bytes)
    select server_id, ${to}, group_id, day, bytes from ${volume} where person_id = ${from}
    on conflict (server_id, person_id, group_id, day) do update set bytes = ${volume.bytes} + excluded.bytes`);
  await tx.delete(volume).where(eq(volume.personId, from));
}
