// The contract's procedures about oneself: greeting, two platforms joined, what is known, erase.
import type { api } from "#contract";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import type { Handlers } from "../platform/handler.ts";
import { signal } from "../platform/signals.ts";
import type { RandomCode } from "./codes.ts";
import { issueCode } from "./codes.ts";
import { linkPeople } from "./link.ts";
import type { Identity } from "./people.ts";
import { deletePerson } from "./store/erase.ts";
import { countServers, selectGroupOfRoom, selectGroups, selectRest, selectShares } from "./store/known.ts";
import { selectIdentities } from "./store/people.ts";

const linkCodeLivesMs = 15 * 60_000;

export interface PeopleApiDeps {
  db: Db;
  clock: Clock;
  randomCode: RandomCode;
  /** What features on the right must do before a person goes; runs in the transaction of the erasure. */
  beforeErase: (tx: Tx, personId: number, identities: readonly Identity[]) => Promise<void>;
}

export function createPeopleApi(deps: PeopleApiDeps): Handlers<typeof api.people> {
  const { db, clock } = deps;
  return {
    async hello({ person, room }) {
      const [here, groups] = await Promise.all([selectGroupOfRoom(db, room), selectGroups(db, person.id)]);
      return {
        name: person.displayName,
        group: here?.name ?? null,
        isMember: groups.some((group) => group.id === here?.id),
        groups: groups.map((group) => group.name),
        servers: await countServers(db, person.id),
        shares: (await selectShares(db, person.id)).length,
      };
    },
    async linkCode({ person }) {
      const code = { purpose: "link" as const, personId: person.id, groupId: null };
      const issued = await issueCode(deps, code, linkCodeLivesMs);
      return { code: issued.code, expiresAt: issued.expiresAt.toISOString() };
    },
    async link({ person }, { code }) {
      await linkPeople(db, person.id, code, clock.now());
      return { done: true };
    },
    async export({ person }) {
      const groups = (await selectGroups(db, person.id)).map(({ id: _, ...group }) => group);
      const data = { ...(await selectRest(db, person.id)), groups, shares: await selectShares(db, person.id) };
      return { data: JSON.parse(JSON.stringify(data)) as Record<string, unknown> };
    },
    async erase({ person }) {
      await db.transaction(async (tx) => {
        await deps.beforeErase(tx, person.id, await selectIdentities(tx, person.id));
        await deletePerson(tx, person.id);
        await signal(tx, "rights");
      });
      return { done: true };
    },
  };
}
