// What every platform's adapter is to the rest of the bot.
import type { Language, Platform } from "#contract";
import type { Reply } from "./reply.ts";
import type { Tongue } from "./words/index.ts";

/** Something to tell unasked. `key` is stable: an adapter that has told it already edits that message. */
export interface Told {
  key: string;
  eventId: number;
  /** @param isOverheard others read it as well: something personal then leaves out what only its owner knows */
  describe(tongue: Tongue, isOverheard?: boolean): Reply;
}

/** The adapter cannot work until somebody changes something: a wrong token, a missing right. */
export class AdapterProblem extends Error {
  override name = "AdapterProblem";
  /** One sentence that says what to do. */
  readonly sentence: string;

  constructor(sentence: string, options: { cause?: unknown } = {}) {
    super(sentence, options);
    this.sentence = sentence;
  }
}

export interface Adapter {
  platform: Platform;
  /** Resolves with the id of the message, undefined when the room is gone. Rejects when it must be told again later. */
  tellRoom(roomId: string, told: Told, language: Language): Promise<string | undefined>;
  tellPerson(userId: string, language: Language, told: Told): Promise<void>;
  /** The core was lost (false) or is back (true). */
  onReach(isReached: boolean): void;
  /**
   * Works until `signal` aborts or the adapter itself is done; resolves with the exit code of the process. A platform
   * that cannot be reached is tried again and again. @throws AdapterProblem
   */
  run(signal: AbortSignal): Promise<number>;
}
