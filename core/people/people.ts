// What other features ask about people: who an actor is, and where a person can be reached.
import type { Actor, Platform } from "#contract";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import type { Person } from "../platform/handler.ts";
import { cleanDisplayName } from "./display-name.ts";
import { findByIdentity, insertPerson, selectIdentities, selectPerson, updatePerson } from "./store/people.ts";

export interface Identity {
  platform: Platform;
  userId: string;
}

export interface People {
  /** The person behind an actor, made at first sight; keeps their display name and language current. */
  recognise(actor: Actor): Promise<Person>;
  find(personId: number): Promise<Person | undefined>;
  identitiesOf(personId: number): Promise<Identity[]>;
}

export function createPeople({ db, clock }: { db: Db; clock: Clock }): People {
  return {
    async recognise(actor) {
      const shown = { displayName: cleanDisplayName(actor.displayName), language: actor.language };
      const known = await findByIdentity(db, actor);
      if (!known) return insertPerson(db, actor, { ...shown, createdAt: clock.now() });
      const isSame = known.displayName === shown.displayName && known.language === shown.language;
      if (isSame || actor.isGuessed) return known;
      await updatePerson(db, known.id, shown);
      return { id: known.id, ...shown };
    },
    find: (personId) => selectPerson(db, personId),
    identitiesOf: (personId) => selectIdentities(db, personId),
  };
}
