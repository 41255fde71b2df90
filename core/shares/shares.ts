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
  /** The same rule for one path (relative to the server's share folder) and group. */
  maySee(personId: number, serverId: number, path: string, groupId: number): Promise<boolean>;
}

export function createShares({ db, groups }: { db: Db; groups: Groups }): Shares {
  return {
    async visible(person, room) {
      if (room.kind === "private") return selectVisible(db, person.id);
      const here = await groups.groupOfRoom(room);
      return here ? selectVisible(db, person.id, here.id) : [];
    },
    ofGroup: (groupId) => selectOfGroup(db, groupId),
    async maySee(personId, serverId, path, groupId) {
      const seen = await selectVisible(db, personId, groupId);
      const isHostile = path.split("/").includes("..");
      return !isHostile && seen.some((share) => share.serverId === serverId && isBelow(path, share.path));
    },
  };
}
