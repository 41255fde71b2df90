// The one answer that Telegram wants to every pressed button, soon: nothing to see, a short notice, or a way into the
// private chat. It passes by the queue of messages.
import type { Logger } from "pino";
import type { Call, Payload } from "./api.ts";
import { judgeError } from "./failures.ts";
import type { InsistDeps } from "./insist.ts";
import { insist } from "./insist.ts";

export interface Acknowledgement {
  /** Can still carry a notice or a link. */
  isOpen(): boolean;
  /** Nothing to see; done only once, whoever asks. */
  plain(): Promise<void>;
  /** At most 200 characters; false when it did not arrive. `isAlert`: must be clicked away. */
  notice(text: string, isAlert: boolean): Promise<boolean>;
  /** Opens the private chat by a `t.me/<bot>?start=…` address; false when it did not. */
  open(url: string): Promise<boolean>;
}

/** `signal` ends waiting and calls. */
export interface AcknowledgeDeps extends InsistDeps {
  call: Call;
  log: Logger;
}

/** The client shows a turning wheel until then. */
const patienceMs = 1500;
const limitMs = 10_000;
/** About 15 s are all that Telegram gives. */
const attempts = 4;
export const longestNotice = 200;

/** Starts the time at once: the press itself may have to wait for the same person's earlier ones. */
export function createAcknowledgement(queryId: string, deps: AcknowledgeDeps): Acknowledgement {
  const { call, clock, log, signal } = deps;
  const answered = new AbortController();

  async function answer(how: Payload): Promise<boolean> {
    if (answered.signal.aborted) return false;
    answered.abort();
    try {
      const payload = { callback_query_id: queryId, ...how };
      await insist(() => call("answerCallbackQuery", payload, { signal, limitMs }), attempts, deps);
      return true;
    } catch (error) {
      // After a crash or a long silence: the person has seen the wheel stop by itself.
      const isForeseen = judgeError(error).kind === "tooOld" || signal.aborted;
      log[isForeseen ? "debug" : "warn"]({ err: error }, "a pressed button could not be acknowledged");
      return false;
    }
  }

  const plain = async () => void (await answer({}));
  const stopped = AbortSignal.any([answered.signal, signal]);
  void clock.wait(patienceMs, stopped).then(() => (stopped.aborted ? undefined : plain()));
  return {
    isOpen: () => !answered.signal.aborted,
    plain,
    notice: (text, isAlert) => answer({ text, ...(isAlert ? { show_alert: true } : {}) }),
    open: (url) => answer({ url }),
  };
}
