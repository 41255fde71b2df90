// Rooms and the people in them as they come and go: told to the core, and looked after where the platform tells nothing.
import type { Logger } from "pino";
import type { Client } from "#contract";
import { CallError } from "#contract";
import type { Clock } from "../clock.ts";
import { offerReply } from "../commands/offer.ts";
import type { Reply } from "../reply.ts";
import type { Tongue } from "../words/index.ts";
import { shortKey } from "./key.ts";
import type { Message, Place, Port, Talk } from "./port.ts";
import type { Presence } from "./presence.ts";

export interface RoomsDeps {
  port: Port;
  client: Client;
  clock: Clock;
  log: Logger;
  presence: Presence;
  tongueOf: (language: Tongue["language"]) => Tongue;
  prepareForAll: (reply: Reply, place: Place, tongue: Tongue) => Promise<Message>;
  signal: AbortSignal;
}

export type Rooms = Pick<Talk, "arrive" | "depart" | "move" | "lose" | "review">;

const retryMs = 1000;
/** Between two questions of a review: people's own commands come first. */
const reviewEveryMs = 200;
const mostAbsent = 4;

export function createRooms(deps: RoomsDeps): Rooms {
  const { port, client, clock, log } = deps;
  const { platform } = port;

  /** What the platform says once must reach the core, however long it is away. */
  async function tellCore(call: () => Promise<unknown>): Promise<void> {
    while (!deps.signal.aborted) {
      try {
        await call();
        return;
      } catch (error) {
        if (!(error instanceof CallError) || error.code !== "core.unavailable") {
          return log.warn(
            { reason: error instanceof CallError ? error.code : "unknown" },
            "the core refused news of a room",
          );
        }
        await clock.wait(retryMs, deps.signal);
      }
    }
  }

  const depart = (roomId: string) => tellCore(() => client.groups.roomGone(platform, { roomId }));
  const lose = async (roomId: string, userId: string) => {
    deps.presence.forget(roomId, userId);
    await tellCore(() => client.groups.memberGone(platform, { roomId, userId }));
  };

  /** A core that is away is waited for: the next review may be an hour off. */
  async function watchedRooms(signal: AbortSignal): Promise<Watched[]> {
    while (!signal.aborted) {
      try {
        return (await client.groups.watched(platform, {})).rooms;
      } catch (error) {
        if (!(error instanceof CallError) || error.code !== "core.unavailable") return [];
        await clock.wait(retryMs, signal);
      }
    }
    return [];
  }

  async function reviewRoom(room: Watched, signal: AbortSignal): Promise<void> {
    if (!(await port.isThere(room.roomId))) return depart(room.roomId);
    const place = { roomId: room.roomId, ...(room.parentId === null ? {} : { parentId: room.parentId }) };
    const absent: string[] = [];
    for (const userId of room.userIds) {
      await clock.wait(reviewEveryMs, signal);
      if (signal.aborted) return;
      if (!(await port.isPresent(place, userId))) absent.push(userId);
    }
    // Rather the platform is wrong, or the bot sees too little, than that most went unheard.
    if (absent.length >= mostAbsent && absent.length > room.userIds.length / 2)
      return log.warn({ roomId: room.roomId, absent: absent.length }, "most members seem to be gone; nobody is let go");
    for (const userId of absent) await lose(room.roomId, userId);
  }

  return {
    depart,
    lose,
    move: (from, to) => tellCore(() => client.groups.roomMoved(platform, { from, to })),
    async arrive(place, language) {
      try {
        const tongue = deps.tongueOf(language);
        const message = await deps.prepareForAll(offerReply(tongue, place.title), place, tongue);
        await port.post(place.roomId, message, shortKey("offer", place.roomId));
      } catch (error) {
        // /start makes the same offer.
        log.info({ reason: error instanceof Error ? error.name : "unknown" }, "a room could not be greeted");
      }
    },
    async review(signal) {
      for (const room of await watchedRooms(signal)) {
        if (signal.aborted) return;
        try {
          await reviewRoom(room, signal);
        } catch (error) {
          log.debug({ reason: error instanceof Error ? error.name : "unknown" }, "a room could not be reviewed");
        }
        await clock.wait(reviewEveryMs, signal);
      }
    },
  };
}

interface Watched {
  roomId: string;
  parentId: string | null;
  userIds: string[];
}
