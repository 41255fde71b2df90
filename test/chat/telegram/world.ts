// What all parts of the stand-in share: the state, the clock, the queue, the limits, and the list of sins.
import type { Limits } from "./limits.ts";
import { createLimits } from "./limits.ts";
import type { Chat, Message, Person, State } from "./state.ts";
import { createState } from "./state.ts";
import type { Updates } from "./updates.ts";
import { createUpdates } from "./updates.ts";

/** A pressed button that waits for its answer. */
export interface Press {
  id: string;
  person: Person;
  message: Message;
  data: string;
  /** Of `performance.now()`, for measuring. */
  pressedAt: number;
  /** Of the stand-in's clock, for the deadline. */
  at: number;
  answeredInMs?: number;
}

export interface Notice {
  person: Person;
  text: string;
  isAlert: boolean;
}

export interface World {
  state: State;
  updates: Updates;
  limits: Limits;
  presses: Map<string, Press>;
  notices: Notice[];
  sins: string[];
  /** Milliseconds since the epoch on the stand-in's own clock, which tests can move. */
  now(): number;
  moveClock(ms: number): void;
  blame(sentence: string): void;
  /** Something that a test may wait for has happened. */
  changed(): void;
  onChange(look: () => void): () => void;
  /** A person's client opens an address that leads to the bot; set by the crowd. */
  follow(person: Person, url: string): void;
  /** The bot is out of the chat by its own wish; set by the crowd. */
  botLeaves(chat: Chat): void;
}

export function createWorld(): World {
  let shiftMs = 0;
  const looks = new Set<() => void>();
  const sins: string[] = [];
  const now = () => Date.now() + shiftMs;
  const blame = (sentence: string) => void sins.push(sentence);
  return {
    state: createState(),
    updates: createUpdates(),
    limits: createLimits({ now, blame }),
    presses: new Map(),
    notices: [],
    sins,
    now,
    moveClock(ms) {
      shiftMs += ms;
    },
    blame,
    changed: () => {
      for (const look of [...looks]) look();
    },
    onChange(look) {
      looks.add(look);
      return () => looks.delete(look);
    },
    follow: () => {},
    botLeaves: () => {},
  };
}

export const seconds = (world: World) => Math.floor(world.now() / 1000);

/** The platform keeps an unanswered press this long. */
export const pressLivesMs = 15_000;
