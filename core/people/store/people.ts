// The tables of people and their identities.
import { and, eq, sql } from "drizzle-orm";
import type { Actor, Language, Platform } from "#contract";
import type { Db, Tx } from "../../platform/db.ts";
import type { Person } from "../../platform/handler.ts";
import { takeLockNamed } from "../../platform/locks.ts";
import { identity, person } from "../../schema/index.ts";

type Account = Pick<Actor, "platform" | "userId">;

const personColumns = { id: person.id, displayName: person.displayName, language: sql<Language>`${person.language}` };

export async function findByIdentity(db: Db | Tx, account: Account): Promise<Person | undefined> {
  const [found] = await db
    .select(personColumns)
    .from(identity)
    .innerJoin(person, eq(person.id, identity.personId))
    .where(and(eq(identity.platform, account.platform), eq(identity.userId, account.userId)));
  return found;
}

export async function selectPerson(db: Db | Tx, personId: number): Promise<Person | undefined> {
  const [found] = await db.select(personColumns).from(person).where(eq(person.id, personId));
  return found;
}

/** Makes the person, or gives the one that another call made in the same moment. */
export function insertPerson(
  db: Db,
  { platform, userId }: Account,
  shown: { displayName: string; language: Language; createdAt: Date },
): Promise<Person> {
  return db.transaction(async (tx) => {
    await takeLockNamed(tx, `identity ${platform} ${userId}`);
    const other = await findByIdentity(tx, { platform, userId });
    if (other) return other;
    const [made] = await tx.insert(person).values(shown).returning(personColumns);
    if (!made) throw new Error("no row came back");
    await tx.insert(identity).values({ platform, userId, personId: made.id });
    return made;
  });
}

export async function updatePerson(
  db: Db | Tx,
  personId: number,
  shown: { displayName: string; language: Language },
): Promise<void> {
  await db.update(person).set(shown).where(eq(person.id, personId));
}

export async function selectIdentities(
  db: Db | Tx,
  personId: number,
): Promise<{ platform: Platform; userId: string }[]> {
  return db
    .select({ platform: sql<Platform>`${identity.platform}`, userId: identity.userId })
    .from(identity)
    .where(eq(identity.personId, personId))
    .orderBy(identity.platform, identity.userId);
}
