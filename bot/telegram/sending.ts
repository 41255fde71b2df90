// The queue of everything that is written into chats: in each chat one after the other at the pace that Telegram allows, 30
// a second in all. What Telegram refuses for a while (429) is sent again when it says so.
//
// Telegram has no key that makes a message unique: when the answer to a new message is lost or is a 5xx, the message may
// stand or not. It is sent again all the same. A second copy does no harm: its buttons have the same ids, and commands are
// done once by their request id; a message that never came would be worse. Edits and deletions are harmless by nature.
import PQueue from "p-queue";
import type { Clock } from "../clock.ts";
import type { Call, Payload } from "./api.ts";
import { TelegramFailure } from "./failures.ts";
import type { InsistDeps } from "./insist.ts";
import { insist } from "./insist.ts";
import { longestWindowMs, waitBefore } from "./rates.ts";

export interface SendingDeps extends InsistDeps {
  call: Call;
  clock: Clock;
}

export interface Sending {
  /**
   * Resolves with the API's result when it is done. `isNeeded` is asked when its turn comes; undefined when it says no.
   * @throws TelegramFailure when it was refused for good, or the platform is away for half a minute
   */
  send<T>(method: string, payload: Payload & { chat_id: number }, isNeeded?: () => boolean): Promise<T | undefined>;
}

/** Waits of about 1, 2, 4, 8 and 16 s in between; whoever wanted it said decides then. */
const attempts = 6;
/** A little more than a second, because requests do not all travel equally long. */
const inAll = { intervalCap: 30, interval: 1100, strict: true };
const documentLimitMs = 120_000;
const mostLanes = 2000;

interface Lane {
  tail: Promise<unknown>;
  doneAt: number[];
  waiting: number;
}

/** `signal` ends all waiting and all calls; what is not done by then fails. */
export function createSending(deps: SendingDeps): Sending {
  const { call, clock, signal } = deps;
  const queue = new PQueue(inAll);
  const lanes = new Map<number, Lane>();
  const now = () => clock.now().getTime();

  function laneOf(chatId: number): Lane {
    if (lanes.size > mostLanes) dropIdle(lanes, now());
    const lane = lanes.get(chatId) ?? { tail: Promise.resolve(), doneAt: [], waiting: 0 };
    lanes.set(chatId, lane);
    return lane;
  }

  async function sendNow<T>(lane: Lane, method: string, payload: Payload & { chat_id: number }): Promise<T> {
    const limit = method === "sendDocument" ? { limitMs: documentLimitMs } : {};
    const attempt = async () => {
      await clock.wait(waitBefore(lane.doneAt, now(), payload.chat_id < 0), signal);
      try {
        return await queue.add(() => call<T>(method, { ...payload }, { ...limit, signal }), { signal });
      } catch (error) {
        // The queue has an error of its own for what is taken out of it.
        throw error instanceof TelegramFailure ? error : new TelegramFailure(method, 0, "stopped");
      } finally {
        lane.doneAt = [...lane.doneAt.filter((at) => at > now() - longestWindowMs), now()];
      }
    };
    return insist(attempt, attempts, deps);
  }

  return {
    async send<T>(method: string, payload: Payload & { chat_id: number }, isNeeded: () => boolean = () => true) {
      const lane = laneOf(payload.chat_id);
      lane.waiting += 1;
      const turn = lane.tail.then(() => (isNeeded() ? sendNow<T>(lane, method, payload) : undefined));
      lane.tail = turn.catch(() => undefined);
      return turn.finally(() => {
        lane.waiting -= 1;
      });
    },
  };
}

function dropIdle(lanes: Map<number, Lane>, now: number): void {
  for (const [chatId, { waiting, doneAt }] of lanes) {
    if (waiting === 0 && (doneAt.at(-1) ?? 0) < now - longestWindowMs) lanes.delete(chatId);
  }
}
