// Looks whether a person still is where their membership comes from, before what they may only do as a member.
import type { Logger } from "pino";
import type { Client, Context } from "#contract";
import { CallError } from "#contract";
import type { Clock } from "../clock.ts";
import { createBoundedMap } from "./bounded-map.ts";
import type { Place, Port } from "./port.ts";

export interface PresenceDeps {
  port: Port;
  client: Client;
  clock: Clock;
  log: Logger;
}

export interface Presence {
  /**
   * Somebody who is gone has lost the group by then.
   * @throws CallError `room.not-there` for a room where they are no more
   */
  check(context: Context): Promise<void>;
  /** The platform itself has just said that this person is there. */
  note(roomId: string, userId: string): void;
  forget(roomId: string, userId: string): void;
}

/** How long an answer of the platform is believed. */
const believedMs = 3 * 60_000;
const mostRemembered = 50_000;

export function createPresence({ port, client, clock, log }: PresenceDeps): Presence {
  const seenAt = createBoundedMap<number>(mostRemembered);
  const keyOf = (roomId: string, userId: string) => `${roomId} ${userId}`;

  function note(roomId: string, userId: string): void {
    seenAt.set(keyOf(roomId, userId), clock.now().getTime());
  }

  async function checkRoom(place: Pick<Place, "roomId" | "parentId">, userId: string): Promise<boolean> {
    const seen = seenAt.get(keyOf(place.roomId, userId)) ?? 0;
    if (seen > clock.now().getTime() - believedMs) return true;
    try {
      if (await port.isPresent(place, userId)) {
        note(place.roomId, userId);
        return true;
      }
    } catch (error) {
      // The platform cannot say; it told us of this person a moment ago.
      log.debug({ reason: error instanceof Error ? error.name : "unknown" }, "membership could not be checked");
      return true;
    }
    await client.groups.memberGone(port.platform, { roomId: place.roomId, userId });
    if (place.parentId) await client.groups.memberGone(port.platform, { roomId: place.parentId, userId });
    return false;
  }

  return {
    async check(context) {
      const { room, actor } = context;
      if (room.kind === "group") {
        if (!(await checkRoom(room, actor.userId))) throw new CallError("room.not-there");
        return;
      }
      const { groups } = await client.groups.mine(context, {});
      const rooms = groups.flatMap(({ room: joined }) => (joined?.platform === port.platform ? [joined.roomId] : []));
      for (const roomId of new Set(rooms)) await checkRoom({ roomId }, actor.userId);
    },
    note,
    forget: (roomId, userId) => seenAt.delete(keyOf(roomId, userId)),
  };
}
