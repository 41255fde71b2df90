// Carries events to the rooms and people of one platform, and tells the core which message shows an announcement.
import type { Logger } from "pino";
import type { Client, FonEvent, Platform } from "#contract";
import { CallError } from "#contract";
import type { Adapter, Told } from "./adapter.ts";
import type { Clock } from "./clock.ts";
import { describeTelling } from "./telling.ts";

export interface AnnounceDeps {
  adapter: Adapter;
  client: Client;
  clock: Clock;
  log: Logger;
}

/**
 * Tells one event. Rejects when the core went away in between; told again, it then only makes up for what is missing.
 */
export function createAnnounce({ adapter, client, clock, log }: AnnounceDeps): (event: FonEvent) => Promise<void> {
  /** Messages of the event that is being told: it may come again after the core was away. */
  let shown: { key: string; messages: Map<string, string | undefined> } | undefined;

  return async (event) => {
    const told: Told = {
      key: event.key,
      eventId: event.id,
      describe: (tongue, isOverheard) => describeTelling(event.telling, tongue, clock.now(), isOverheard),
    };
    if (shown?.key !== event.key) shown = { key: event.key, messages: new Map() };
    const { messages } = shown;
    const tellRoom = async ({ platform, roomId, language }: FonEvent["rooms"][number]) => {
      if (platform !== adapter.platform) return;
      const at = `room:${roomId}`;
      if (!messages.has(at)) messages.set(at, await adapter.tellRoom(roomId, told, language));
      const messageId = messages.get(at);
      if (messageId !== undefined && "announcement" in event.telling) {
        const { announcement } = event.telling;
        await remember(client, log, platform, { announcement, roomId, messageId });
      }
    };
    // A room that makes the bot wait keeps no other room waiting.
    const outcomes = await Promise.allSettled(event.rooms.map(tellRoom));
    const failed = outcomes.find((outcome) => outcome.status === "rejected");
    if (failed) throw failed.reason;
    for (const { platform, userId, language } of event.people) {
      const at = `person:${userId}`;
      if (platform !== adapter.platform || messages.has(at)) continue;
      await adapter.tellPerson(userId, language, told);
      messages.set(at, undefined);
    }
  };
}

type Posted = Parameters<Client["announcements"]["posted"]>[1];

async function remember(client: Client, log: Logger, platform: Platform, posted: Posted): Promise<void> {
  try {
    await client.announcements.posted(platform, posted);
  } catch (error) {
    // Gone in the meantime: then nobody can react to it either.
    if (!(error instanceof CallError) || error.code === "core.unavailable") throw error;
    log.info({ announcement: posted.announcement, code: error.code }, "a message was not remembered");
  }
}
