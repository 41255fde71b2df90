// What every platform's adapter is to the rest of the bot.
import type { Language, Platform } from "#contract";
import type { Reply } from "./reply.ts";
import type { Tongue } from "./words/index.ts";

/** Something to tell unasked. `key` is stable: an adapter that has told it already edits that message. */
export interface Told {
  key: string;
  eventId: number;
  describe(tongue: Tongue): Reply;
}

export interface Adapter {
  platform: Platform;
  /** Resolves with the id of the message, undefined when the room is gone. Rejects when it must be told again later. */
  tellRoom(roomId: string, told: Told): Promise<string | undefined>;
  tellPerson(userId: string, language: Language, told: Told): Promise<void>;
  /** The core was lost (false) or is back (true). */
  onReach(isReached: boolean): void;
  /** Works until `signal` aborts or the adapter itself is done; resolves with the exit code of the process. */
  run(signal: AbortSignal): Promise<number>;
}
