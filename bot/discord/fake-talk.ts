// A talk that notes what it is told and answers as a test says; for the adapter's own tests.
import { EventEmitter, once } from "node:events";
import type { ChatTalk } from "../chat/talk.ts";

type Heard = Parameters<ChatTalk["hear"]>[0];
type Pressed = Parameters<ChatTalk["press"]>[0];

export interface FakeTalk extends ChatTalk {
  /** `["lose", roomId, userId]` and so on, oldest first. */
  told: [what: string, ...values: unknown[]][];
  onHear: (heard: Heard) => Promise<unknown>;
  onPress: (pressed: Pressed) => Promise<unknown>;
  completions: string[];
  recent: { roomId: string; messageId: string }[];
  onReview: () => void;
  /** Why an answer failed. */
  failures: unknown[];
  /** Resolves with what was told of one kind, when it was told so often. `answered` follows `hear` and `press`. */
  until(what: string, count?: number): Promise<unknown[][]>;
}

const patienceMs = 20_000;

export function createFakeTalk(): FakeTalk {
  const told: FakeTalk["told"] = [];
  const changes = new EventEmitter();
  const note = (...what: FakeTalk["told"][number]) => {
    told.push(what);
    changes.emit("told");
  };
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      fake.failures.push(error);
    }
    note("answered");
  };
  const fake: FakeTalk = {
    told,
    onHear: async () => undefined,
    onPress: async () => undefined,
    completions: [],
    recent: [],
    onReview: () => undefined,
    failures: [],
    async until(what, count = 1) {
      const signal = AbortSignal.timeout(patienceMs);
      for (;;) {
        const found = told.filter(([name]) => name === what);
        if (found.length >= count) return found;
        await once(changes, "told", { signal });
      }
    },
    async hear(heard) {
      note("hear", heard.text, heard);
      await attempt(() => fake.onHear(heard));
    },
    async press(pressed) {
      note("press", pressed.buttonId, pressed);
      await attempt(() => fake.onPress(pressed));
    },
    react: async (reacted) => note("react", reacted.reaction, reacted),
    complete: async ({ query }) => {
      note("complete", query);
      return fake.completions;
    },
    isOpen: (text) => text.startsWith("/search"),
    arrive: async (place, language) => note("arrive", place, language),
    depart: async (roomId) => note("depart", roomId),
    move: async (from, to) => note("move", from, to),
    lose: async (roomId, userId) => note("lose", roomId, userId),
    recentAnnouncements: async () => fake.recent,
    review: async () => {
      fake.onReview();
      note("review");
    },
    tellRoom: async () => undefined,
    tellPerson: async () => undefined,
    resume: async () => note("resume"),
  };
  return fake;
}
