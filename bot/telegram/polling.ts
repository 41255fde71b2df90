// The long poll, for as long as the bot lives. telegraf's own loop is not used: it waits for every handler before it asks
// again, gives up a dead connection after 500 s only, sleeps without an ear for the end, and forgets how far it was when it
// is started anew after a 409, so that the last updates come twice.
import type { Logger } from "pino";
import { AdapterProblem } from "../adapter.ts";
import { backOffMs } from "../chat/back-off.ts";
import type { Clock } from "../clock.ts";
import type { Call } from "./api.ts";
import type { Confirming } from "./confirming.ts";
import { createConfirming } from "./confirming.ts";
import type { Verdict } from "./failures.ts";
import { judgeError, TelegramFailure } from "./failures.ts";
import type { Self, Update } from "./wire.ts";
import { allowedUpdates } from "./wire.ts";

export interface PollingDeps {
  call: Call;
  clock: Clock;
  log: Logger;
  random: () => number;
  /** Each time that Telegram was reached anew. Must not take its time. */
  onSelf: (self: Self) => void;
  /**
   * Must not take its time: the next updates are asked for when it has returned. What it gives settles, never rejecting,
   * when the update was worked on; undefined for one that was heard before.
   */
  onUpdate: (update: Update) => Promise<void> | undefined;
}

const timeoutS = 50;
/** The server answers after `timeoutS` at the latest; longer than this is a connection that has died. */
const limitMs = (timeoutS + 15) * 1000;
const farewellMs = 500;
const logEveryMs = 60_000;
/** Against a server that does not wait. */
const shortestRoundMs = 200;

/** At most so many come at once. */
const limit = 100;

/**
 * Resolves when `signal` aborts, with the way to tell Telegram what need not come again at the next start.
 * @throws AdapterProblem when Telegram does not know the token
 */
export async function poll(deps: PollingDeps, signal: AbortSignal): Promise<() => Promise<void>> {
  const { clock, log } = deps;
  const place: Place = { confirming: createConfirming(clock), confirmed: 0 };
  const complain = createComplaints(log, clock);
  let failures = 0;
  const onReached = () => {
    if (failures > 0) log.info("Telegram answers again");
    failures = 0;
  };
  while (!signal.aborted) {
    try {
      await introduce(deps, signal);
      while (!signal.aborted) {
        await ask(deps, place, signal);
        onReached();
      }
    } catch (error) {
      if (signal.aborted) break;
      const verdict = judgeError(error);
      if (isBarred(error, verdict)) throw new AdapterProblem(barredSentence);
      complain(error, verdict);
      const waitMs = verdict.kind === "busy" ? verdict.waitMs : backOffMs(failures, deps.random());
      failures += 1;
      await clock.wait(waitMs, signal);
    }
  }
  return () => sayGoodbye(deps.call, place);
}

const barredSentence =
  "Telegram does not accept TELEGRAM_BOT_TOKEN: copy the token again from @BotFather (/mybots, API Token) and start FonShare again.";

/** An address of the API with a malformed token is answered by 404. */
function isBarred(error: unknown, { kind }: Verdict): boolean {
  return kind === "barred" || (error instanceof TelegramFailure && error.code === 404 && error.method === "getMe");
}

/** Who the bot is; and a webhook, under which nothing could be polled, is taken away. Updates that wait are kept. */
async function introduce({ call, onSelf }: PollingDeps, signal: AbortSignal): Promise<void> {
  const { id, username } = await call<Self>("getMe", {}, { signal });
  await call("deleteWebhook", { drop_pending_updates: false }, { signal });
  onSelf({ id, username });
}

interface Place {
  confirming: Confirming;
  /** Telegram knows that everything before was worked on. */
  confirmed: number;
}

async function ask({ call, clock, onUpdate }: PollingDeps, place: Place, signal: AbortSignal): Promise<void> {
  const { confirming } = place;
  const askedAt = clock.now().getTime();
  const offset = confirming.offset();
  const updates = await call<Update[]>(
    "getUpdates",
    { timeout: timeoutS, limit, offset, allowed_updates: allowedUpdates },
    { signal, limitMs },
  );
  place.confirmed = offset;
  for (const update of updates) confirming.take(update.update_id, onUpdate(update));
  if (updates.length === limit) confirming.letGo();
  if (confirming.isHolding()) return confirming.rest(signal);
  const tookMs = clock.now().getTime() - askedAt;
  if (updates.length === 0 && tookMs < shortestRoundMs) await clock.wait(shortestRoundMs - tookMs, signal);
}

/** What was done last must not come again after the next start. */
async function sayGoodbye(call: Call, { confirming, confirmed }: Place): Promise<void> {
  const offset = confirming.offset();
  if (offset === confirmed) return;
  await call("getUpdates", { timeout: 0, limit: 1, offset }, { limitMs: farewellMs }).catch(() => undefined);
}

const sentences: Partial<Record<Verdict["kind"], string>> = {
  taken:
    "Another process polls Telegram with the same token: only one of them hears what people say. Stop the other one.",
  busy: "Telegram asks the bot to wait",
  away: "Telegram cannot be reached; it is tried again",
};

/** Each kind of trouble in the log at most once a minute. */
function createComplaints(log: Logger, clock: Clock): (error: unknown, verdict: Verdict) => void {
  const saidAt = new Map<string, number>();
  return (error, { kind }) => {
    const now = clock.now().getTime();
    if (now - (saidAt.get(kind) ?? Number.NEGATIVE_INFINITY) < logEveryMs) return;
    saidAt.set(kind, now);
    log.warn({ err: error }, sentences[kind] ?? "Telegram refused to tell what is new; it is tried again");
  };
}
