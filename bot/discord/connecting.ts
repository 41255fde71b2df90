// Keeps the bot connected to Discord, for ever and politely, and does what each fresh session needs.

import type { Client } from "discord.js";
import { ApplicationFlags, Routes } from "discord.js";
import type { Language } from "#contract";
import { AdapterProblem } from "../adapter.ts";
import { backOffMs } from "../chat/back-off.ts";
import type { ChatTalk } from "../chat/talk.ts";
import type { Tongue } from "../words/index.ts";
import { defineCommands } from "./definitions.ts";
import { classifyFailure, describeFailure, tokenRefused } from "./failures.ts";
import type { Reactions } from "./reactions.ts";
import type { Rest } from "./rest.ts";
import type { Session, SessionDeps } from "./session.ts";
import { MembersRefused, openSession, problemOf } from "./session.ts";

export interface ConnectingDeps
  extends Pick<SessionDeps, "token" | "api" | "clock" | "log" | "listeners" | "onGuildJoined"> {
  rest: Rest;
  talk: ChatTalk;
  reactions: Reactions;
  tongueOf: (language: Language) => Tongue;
  random: () => number;
  /** The client of the session that begins, before anything is heard; undefined when it is over. */
  onClient: (client: Client | undefined) => void;
}

/** A session that lasted so long was a good one: the next attempt comes soon. */
const goodSessionMs = 60_000;
const reviewEveryMs = 10 * 60_000;
/** The longest that a timer can take. */
const foreverMs = 2 ** 31 - 1;

/** Resolves when `signal` aborts. @throws AdapterProblem */
export async function keepConnected(deps: ConnectingDeps, signal: AbortSignal): Promise<void> {
  const { clock, log, rest, talk } = deps;
  alongside(deps, insist(deps, "going on with former messages", signal, talk.resume));
  let mayHearMembers = true;
  for (let attempt = 0; !signal.aborted; attempt++) {
    const startedAt = clock.now().getTime();
    try {
      await runSession(deps, mayHearMembers && (await isAllowedMembers(rest)), signal);
    } catch (error) {
      if (error instanceof AdapterProblem) throw error;
      if (error instanceof MembersRefused) mayHearMembers = false;
      else if (!signal.aborted) log.warn({ ...describeFailure(error), attempt }, "Discord cannot be reached");
    }
    if (clock.now().getTime() - startedAt > goodSessionMs) attempt = 0;
    await clock.wait(backOffMs(attempt, deps.random()), signal);
  }
}

/** One session with all that goes on beside it. Resolves when it is over. */
async function runSession(deps: ConnectingDeps, hearsMembers: boolean, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const both = AbortSignal.any([signal, over.signal]);
  let catchingUp = Promise.resolve();
  let session: Session | undefined;
  try {
    const onFresh = (client: Client) => {
      catchingUp = catchingUp.then(() => catchUp(deps, client, both));
      alongside(deps, catchingUp);
    };
    session = await openSession({ ...deps, hearsMembers, onFresh, onOpened: deps.onClient }, signal);
    deps.log.info("connected to Discord");
    if (!hearsMembers) alongside(deps, reviewAgain(deps, both));
    const stopped = deps.clock.wait(foreverMs, both).then(() => undefined);
    const code = await Promise.race([session.ended, stopped]);
    const problem = code === undefined ? undefined : problemOf(code, undefined, hearsMembers);
    if (problem) throw problem;
  } finally {
    over.abort();
    await session?.close();
    deps.onClient(undefined);
  }
}

/** Commands, and what was not told meanwhile: reactions, people who left, rooms that are no more. */
async function catchUp(deps: ConnectingDeps, client: Client, signal: AbortSignal): Promise<void> {
  const { rest, reactions, talk, tongueOf } = deps;
  const id = client.application?.id;
  if (id !== undefined) {
    const body = defineCommands(tongueOf);
    await insist(deps, "registering commands", signal, () =>
      rest.asBot("put", Routes.applicationCommands(id), { body }),
    );
  }
  await insist(deps, "reading reactions", signal, () => reactions.catchUp(client.user?.id, signal));
  if (!signal.aborted) await talk.review(signal);
}

/** Where Discord does not tell who leaves. */
async function reviewAgain({ clock, talk }: ConnectingDeps, signal: AbortSignal): Promise<void> {
  for (;;) {
    await clock.wait(reviewEveryMs, signal);
    if (signal.aborted) return;
    await talk.review(signal);
  }
}

/** Tries until it works, more and more seldom, or until Discord says that it never will. */
async function insist(
  deps: ConnectingDeps,
  what: string,
  signal: AbortSignal,
  work: () => Promise<unknown>,
): Promise<void> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      await work();
      return;
    } catch (error) {
      if (signal.aborted) return;
      deps.log.warn({ ...describeFailure(error), attempt }, `${what} did not work`);
      if (classifyFailure(error) === "refused") return;
      await deps.clock.wait(backOffMs(attempt, deps.random()), signal);
    }
  }
}

function alongside({ log }: ConnectingDeps, work: Promise<void>): void {
  void work.catch((error: unknown) => log.warn(describeFailure(error), "something beside the talk failed"));
}

/** Asked first, because a gateway closes on an intent that is not switched on. False when Discord cannot say. */
async function isAllowedMembers(rest: Rest): Promise<boolean> {
  try {
    const { flags = 0 } = (await rest.asBot("get", Routes.currentApplication())) as { flags?: number };
    return (flags & (ApplicationFlags.GatewayGuildMembers | ApplicationFlags.GatewayGuildMembersLimited)) !== 0;
  } catch (error) {
    if (classifyFailure(error) === "fatal") throw new AdapterProblem(tokenRefused);
    return false;
  }
}
