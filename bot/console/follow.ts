// Keeps a reply current that changes by itself (a running pull), and knows which replies are already on the screen.
import type { Clock } from "../clock.ts";
import type { Reply } from "../reply.ts";
import type { Answer, Conversation } from "./conversation.ts";

export interface Followed {
  /** Asks again each second until the reply is final or `signal` aborts; resolves with the last state. */
  follow(answer: Answer, onUpdate: (reply: Reply) => void, signal: AbortSignal): Promise<Reply>;
  /** The reply is being followed, or was the last of its key on the screen: showing it would be the second time. */
  isShown(reply: Reply): boolean;
  noteShown(reply: Reply): void;
}

const everyMs = 1000;

export function createFollowed(conversation: Conversation, clock: Clock): Followed {
  const running = new Set<string>();
  const lastShown = new Map<string, string>();

  return {
    async follow(answer, onUpdate, signal) {
      const key = answer.reply.editKey ?? "";
      running.add(key);
      lastShown.delete(key);
      let { reply } = answer;
      while (reply.follow !== undefined && !signal.aborted) {
        await clock.wait(everyMs, signal);
        if (signal.aborted) break;
        const next = await conversation.askAgain(reply.follow, answer.speaker);
        // The core is away: the pull goes on without being watched.
        if (next.isTemporary) continue;
        reply = next;
        onUpdate(reply);
      }
      running.delete(key);
      return reply;
    },
    isShown(reply) {
      const key = reply.editKey;
      return key !== undefined && (running.has(key) || lastShown.get(key) === JSON.stringify(reply.blocks));
    },
    noteShown({ editKey, blocks }) {
      if (editKey !== undefined) lastShown.set(editKey, JSON.stringify(blocks));
    },
  };
}
