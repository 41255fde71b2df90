// Messages that show something which changes by itself (a running pull): edited at a polite pace until it is final, also by
// a bot that was started anew in between.
import type { Logger } from "pino";
import type { Client, Context } from "#contract";
import type { Clock } from "../clock.ts";
import type { Dispatch } from "../dispatch.ts";
import type { Reply } from "../reply.ts";
import { createBoundedMap } from "./bounded-map.ts";
import type { Fate, Message, Port, Spot } from "./port.ts";

export interface FollowingDeps {
  port: Port;
  dispatch: Dispatch;
  client: Client;
  clock: Clock;
  log: Logger;
  prepare: (reply: Reply, context: Context, command: string) => Promise<Message>;
  signal: AbortSignal;
}

export interface Followed {
  /** The reply's edit key: one message of each is followed in a chat, the newest. */
  editKey: string;
  command: string;
  context: Context;
  spot: Spot | undefined;
  edit(message: Message): Promise<Fate>;
}

export interface Following {
  /** A message that will be followed is on its way. Call what it returns once that is started, or will never be. */
  expect(editKey: string, userId: string): () => void;
  /** Resolves when no such message is on its way any more, after some seconds in any case. */
  whenArrived(editKey: string, userId: string): Promise<void>;
  start(followed: Followed): Promise<void>;
  /** Shows the last state, as the core told it, without waiting for the next look. */
  finish(editKey: string, userId: string, reply: Reply): Promise<void>;
  /** The end was just seen by this person in a message that they have had open for a moment only. */
  isFresh(editKey: string, userId: string): boolean;
  /** Goes on with what a former process of the bot followed. */
  resume(): Promise<void>;
}

interface Running {
  stop: AbortController;
  followed: Followed;
  startedAt: number;
}

/** Edits of all messages together, at most so often. */
const togetherEveryMs = 250;
/** Who has just asked still looks at the message. */
const freshMs = 30_000;
const mostRemembered = 1000;
/** What ends before its message stands waits so long for it; everything else that is told waits too. */
const arrivalMs = 10_000;
const keyPrefix = "follow:";

export function createFollowing(deps: FollowingDeps): Following {
  const { port, client, clock, log } = deps;
  const running = new Map<string, Running>();
  const freshUntil = createBoundedMap<number>(mostRemembered);
  const arriving = new Map<string, Promise<void>>();
  const nameOf = (editKey: string, userId: string) => `${editKey} ${userId}`;

  const paceMs = () => Math.max(port.editEveryMs, running.size * togetherEveryMs);

  /** Without it the message is still followed, by this process. */
  async function remember({ editKey, command, context, spot }: Followed): Promise<void> {
    if (!spot) return;
    const follow = { command, context };
    await client.messages
      .remember(port.platform, { key: keyPrefix + editKey, ...spot, follow })
      .catch(() => log.debug("a followed message could not be remembered"));
  }

  async function forget({ editKey, spot }: Followed): Promise<void> {
    if (spot) await client.messages.forget(port.platform, { key: keyPrefix + editKey, chatId: spot.chatId });
  }

  function end(name: string, run: Running, isSeen = true): void {
    run.stop.abort();
    if (running.get(name) === run) running.delete(name);
    if (isSeen && run.startedAt > 0) freshUntil.set(name, run.startedAt + freshMs);
  }

  /** One look; undefined while there is more to follow. */
  async function look({ followed }: Running, last: { shown: string }): Promise<Fate | undefined> {
    const { command, context } = followed;
    const reply = await deps.dispatch.run({ text: command, context, requestId: `follow:${followed.editKey}` });
    if (reply.isTemporary) return undefined;
    const shown = JSON.stringify([reply.blocks, reply.buttons]);
    if (shown !== last.shown) {
      const fate = await followed.edit(await deps.prepare(reply, context, command));
      if (fate === "gone") return "gone";
      last.shown = shown;
    }
    return reply.follow === undefined ? "done" : undefined;
  }

  async function run(name: string, it: Running): Promise<void> {
    const signal = AbortSignal.any([deps.signal, it.stop.signal]);
    const last = { shown: "" };
    while (!signal.aborted) {
      await clock.wait(paceMs(), signal);
      if (signal.aborted) return;
      try {
        const fate = await look(it, last);
        if (fate === undefined) continue;
        end(name, it, fate === "done");
        return await forget(it.followed);
      } catch (error) {
        // Core or platform are away: the pull goes on without being watched, and the next look may work.
        log.debug({ reason: error instanceof Error ? error.name : "unknown" }, "a message could not be kept current");
      }
    }
  }

  function begin(followed: Followed, startedAt: number): void {
    const name = nameOf(followed.editKey, followed.context.actor.userId);
    running.get(name)?.stop.abort();
    const it: Running = { stop: new AbortController(), followed, startedAt };
    running.set(name, it);
    void run(name, it);
  }

  return {
    expect(editKey, userId) {
      const name = nameOf(editKey, userId);
      const { promise, resolve } = Promise.withResolvers<void>();
      arriving.set(name, promise);
      return () => {
        if (arriving.get(name) === promise) arriving.delete(name);
        resolve();
      };
    },
    async whenArrived(editKey, userId) {
      const arrival = arriving.get(nameOf(editKey, userId));
      if (!arrival) return;
      const enough = new AbortController();
      const signal = AbortSignal.any([deps.signal, enough.signal]);
      await Promise.race([arrival, clock.wait(arrivalMs, signal)]);
      enough.abort();
    },
    async start(followed) {
      begin(followed, clock.now().getTime());
      await remember(followed);
    },
    async finish(editKey, userId, reply) {
      const name = nameOf(editKey, userId);
      const it = running.get(name);
      if (!it) return;
      const fate = await it.followed.edit(await deps.prepare(reply, it.followed.context, it.followed.command));
      // Of a message that is gone nobody has seen the end.
      end(name, it, fate === "done");
      await forget(it.followed);
    },
    isFresh: (editKey, userId) => (freshUntil.get(nameOf(editKey, userId)) ?? 0) > clock.now().getTime(),
    async resume() {
      const { messages } = await client.messages.followed(port.platform, {});
      for (const { key, chatId, messageId, command, context } of messages) {
        const spot = { chatId, messageId };
        const edit = (message: Message) => port.edit(spot, message);
        begin({ editKey: key.slice(keyPrefix.length), command, context, spot, edit }, 0);
      }
    },
  };
}
