// What other features ask about shares: what a person may see here and now.
import type { Room } from "#contract";
import type { Groups } from "../groups/index.ts";
import type { Db } from "../platform/db.ts";
import { isBelow } from "./path.ts";
import type { VisibleShare } from "./store.ts";
import { selectOfGroup, selectVisible } from "./store.ts";

export interface Shares {
  /**
   * In a group room: the shares of its group, for a member; nothing for anybody else. In private: those
   * of all the person's groups. Shares of paused or unreachable servers are among them.
   */
  visible(person: { id: number }, room: Room): Promise<VisibleShare[]>;
  /** What all members of a group see in its rooms. */
  ofGroup(groupId: number): Promise<VisibleShare[]>;
  /** The same rule for any path, as the person stands in the group at this moment. */
  sight(personId: number, groupId: number): Promise<Sight>;
}

/** Is it seen? @param path relative to the server's share folder */
export type Sight = (serverId: number, path: string) => boolean;

export function createShares({ db, groups }: { db: Db; groups: Groups }): Shares {
  return {
    async visible(person, room) {
      if (room.kind === "private") return selectVisible(db, person.id);
      const here = await groups.groupOfRoom(room);
      return here ? selectVisible(db, person.id, here.id) : [];
    },
    ofGroup: (groupId) => selectOfGroup(db, groupId),
    async sight(personId, groupId) {
      const seen = Map.groupBy(await selectVisible(db, personId, groupId), (share) => share.serverId);
      return (serverId, path) => {
        const isHostile = path.split("/").includes("..");
        return !isHostile && (seen.get(serverId) ?? []).some((share) => isBelow(path, share.path));
      };
    },
  };
}
