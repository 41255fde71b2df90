// Telegram as a chat platform: an adapter that hears, shows and asks, and leaves what is said to chat/talk.ts.
import type { Logger } from "pino";
import type { Language } from "#contract";
import type { Adapter } from "../adapter.ts";
import { backOffMs } from "../chat/back-off.ts";
import type { Port } from "../chat/port.ts";
import type { ChatTalk } from "../chat/talk.ts";
import type { Clock } from "../clock.ts";
import { suggestName } from "../suggest.ts";
import type { Tongue } from "../words/index.ts";
import { createAcknowledgement } from "./acknowledge.ts";
import type { Call } from "./api.ts";
import { createCall } from "./api.ts";
import { createAsking } from "./asking.ts";
import { insist } from "./insist.ts";
import type { Lanes } from "./lanes.ts";
import { createLanes } from "./lanes.ts";
import type { Menu } from "./menu.ts";
import { listMenus, listNames } from "./menu.ts";
import { createMessages } from "./messages.ts";
import { poll } from "./polling.ts";
import { createPort } from "./port.ts";
import { createSending } from "./sending.ts";
import type { UpdatesDeps } from "./updates.ts";
import { createUpdates } from "./updates.ts";
import type { Self, Update } from "./wire.ts";

export interface TelegramDeps {
  token: string;
  /** Undefined for Telegram's own. A path in it is kept. */
  apiRoot: string | undefined;
  makeTalk: (port: Port) => ChatTalk;
  clock: Clock;
  log: Logger;
  tongueOf: (language: Language) => Tongue;
  /** 0 up to 1; for waits that shall not be in step with others'. */
  random: () => number;
}

/** How long what is under way may take after the end was called. */
const farewellMs = 1000;
const reviewEveryMs = 60 * 60_000;
const menuAttempts = 3;
const menusAgainMs = 10 * 60_000;

export function createTelegram(deps: TelegramDeps): Adapter {
  const { clock, log, tongueOf, random } = deps;
  /** Ends what is being sent and waited for. */
  const ending = new AbortController();
  const { signal } = ending;
  const call = createCall(deps);
  const lanes = createLanes((error) => log.error({ err: error }, "an update could not be worked on"));
  let self: Self | undefined;

  const onMoved = (from: string, to: string) => talk.move(from, to);
  const onTopicGone = (roomId: string) => talk.depart(roomId);
  const sending = createSending({ call, clock, random, signal });
  const messages = createMessages({ sending, log, onMoved, onTopicGone });
  const asking = createAsking({ call, clock, random, signal, self: () => self, onMoved });
  const talk = deps.makeTalk(createPort({ messages, asking, botName: () => self?.username ?? "" }));

  const names = listNames(tongueOf);
  // A slip of the pen in a group is answered; what looks like another bot's command is left to that bot.
  const isOurs = (name: string) => suggestName(name, names) !== undefined;
  const acknowledge = (queryId: string) => createAcknowledgement(queryId, { call, clock, log, random, signal });
  const { isThere } = asking;
  const parts = { talk, lanes, messages, tongueOf, isOurs, acknowledge, isThere };

  return {
    platform: "telegram",
    tellRoom: talk.tellRoom,
    tellPerson: talk.tellPerson,
    onReach: (isReached) => log.info({ isReached }, isReached ? "the core is back" : "the core is away"),
    async run(stop) {
      const background = AbortSignal.any([stop, signal]);
      const keepMenus = createMenuKeeper({ call, lanes, signal: background, deps });
      let hear: (update: Update) => Promise<void> | undefined = () => undefined;
      const onSelf = (found: Self) => {
        if (self === undefined) log.info({ bot: found.username }, "Telegram is reached");
        if (self?.username !== found.username) hear = createUpdates(partsFor(parts, found));
        // Before it has a name, the bot cannot ask where it is.
        if (self === undefined) void lanes.run("review", () => review(talk, clock, background));
        self = found;
        keepMenus();
      };
      void lanes.run("resume", () => resume(talk, deps, background));
      try {
        const sayGoodbye = await poll({ call, clock, log, random, onSelf, onUpdate: (update) => hear(update) }, stop);
        await Promise.race([lanes.idle(), clock.wait(farewellMs, signal)]);
        await sayGoodbye();
        return 0;
      } finally {
        ending.abort();
      }
    },
  };
}

function partsFor(parts: Omit<UpdatesDeps, "botName">, { username }: Self): UpdatesDeps {
  return { ...parts, botName: username };
}

/** The menus are set once for each start; that they cannot be set keeps nobody from typing. */
function createMenuKeeper(it: { call: Call; lanes: Lanes; signal: AbortSignal; deps: TelegramDeps }): () => void {
  const { call, lanes, signal, deps } = it;
  const set = async (menu: Menu): Promise<boolean> => {
    try {
      await insist(() => call("setMyCommands", { ...menu }, { signal }), menuAttempts, { ...deps, signal });
      return true;
    } catch (error) {
      if (!signal.aborted) deps.log.warn({ err: error }, "a command menu could not be set; it is tried again later");
      return false;
    }
  };
  const setAll = async () => {
    let missing = listMenus(deps.tongueOf);
    while (missing.length > 0 && !signal.aborted) {
      const failed: Menu[] = [];
      for (const menu of missing) if (!(await set(menu))) failed.push(menu);
      missing = failed;
      if (missing.length > 0) await deps.clock.wait(menusAgainMs, signal);
    }
  };
  let isBegun = false;
  return () => {
    if (!isBegun) void lanes.run("menus", setAll);
    isBegun = true;
  };
}

async function resume(talk: ChatTalk, { clock, random, log }: TelegramDeps, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      return await talk.resume();
    } catch (error) {
      log.debug({ reason: error instanceof Error ? error.name : "unknown" }, "messages are not yet kept current");
      await clock.wait(backOffMs(failures, random()), signal);
    }
  }
}

async function review(talk: ChatTalk, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await talk.review(signal);
    await clock.wait(reviewEveryMs, signal);
  }
}
