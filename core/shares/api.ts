// The contract's procedures about shares.
import type { api, OutputOf } from "#contract";
import type { Groups, Membership } from "../groups/index.ts";
import { isAdminHere } from "../groups/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { FonError } from "../platform/errors.ts";
import type { Caller, Handlers } from "../platform/handler.ts";
import { signal } from "../platform/signals.ts";
import type { Servers } from "../servers/index.ts";
import { addShare } from "./add.ts";
import type { Shares } from "./shares.ts";
import type { VisibleShare } from "./store.ts";
import { countFiles, deleteShare, selectServerFacts } from "./store.ts";

export interface SharesApiDeps {
  db: Db;
  clock: Clock;
  groups: Groups;
  servers: Servers;
  shares: Shares;
}

export function createSharesApi(deps: SharesApiDeps): Handlers<typeof api.shares> {
  const { db, groups, servers, shares } = deps;
  return {
    list: async ({ person, room }) => listShares(db, person.id, await shares.visible(person, room)),
    async add({ person, room }, { server, path, name, group }) {
      const membership =
        group === undefined
          ? await groups.requireMember(person, room)
          : pickGroup(await groups.membershipsOf(person.id), group);
      return addShare(deps, membership, await servers.findOwn(person.id, server), { path, name });
    },
    async remove(caller, { name }) {
      const share = pickShare(await shares.visible(caller.person, caller.room), caller, name);
      await requireMayRemove(groups, caller, share);
      await db.transaction(async (tx) => {
        await deleteShare(tx, share.id);
        await signal(tx, "rights");
        await signal(tx, "scan");
      });
      return { name: share.name };
    },
  };
}

async function listShares(db: Db, personId: number, seen: VisibleShare[]): Promise<OutputOf<typeof api.shares.list>> {
  const [sizes, facts] = await Promise.all([
    countFiles(
      db,
      seen.map((share) => share.id),
    ),
    selectServerFacts(
      db,
      seen.map((share) => share.serverId),
    ),
  ]);
  const shares = seen.map((share) => {
    const isYours = share.ownerId === personId;
    const fact = facts.get(share.serverId);
    return {
      name: share.name,
      owner: share.ownerName,
      isYours,
      server: isYours ? (fact?.label ?? null) : null,
      ...(sizes.get(share.id) ?? { files: 0, bytes: 0 }),
      scannedAt: fact?.scannedAt?.toISOString() ?? null,
    };
  });
  return { shares };
}

/** Somebody else's group and one that is not there are told alike. @throws `group.not-a-member` */
function pickGroup(memberships: Membership[], name: string): Membership {
  const named = memberships.filter(({ groupName }) => groupName.toLowerCase() === name.toLowerCase());
  const found = named.find(({ groupName }) => groupName === name) ?? named[0];
  if (!found) throw new FonError("group.not-a-member", { group: name });
  return found;
}

/** One's own first: in private, two groups may each have a share of this name. */
function pickShare(seen: VisibleShare[], { person }: Caller, name: string): VisibleShare {
  const named = seen.filter((share) => share.name.toLowerCase() === name.toLowerCase());
  const own = named.filter((share) => share.ownerId === person.id);
  const [first, ...others] = own.length > 0 ? own : named;
  if (!first) throw new FonError("share.unknown", { name });
  if (others.length > 0) throw new FonError("group.none-here");
  return first;
}

async function requireMayRemove(groups: Groups, { person, room }: Caller, share: VisibleShare): Promise<void> {
  if (share.ownerId === person.id) return;
  const memberships = await groups.membershipsOf(person.id);
  const membership = memberships.find((one) => one.groupId === share.groupId);
  if (!membership || !isAdminHere(membership, room)) throw new FonError("group.admin-only");
}
