// The demo in a terminal: everybody is settled, then the console bot has the terminal, and Anna adds photos meanwhile.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { botArguments } from "../bot/process.ts";
import { openChat } from "./chat.ts";
import { consoleContext } from "./core-process.ts";
import { addNews } from "./news.ts";
import { anna, friends, groupName, you } from "./people.ts";
import type { World } from "./world.ts";
import { gatherFriends } from "./world.ts";

export interface PlayChatDeps {
  world: World;
  print: (text: string) => void;
}

const newsAfterMs = 25_000;

/** Resolves when the person leaves the chat or `signal` aborts. */
export async function playChat({ world, print }: PlayChatDeps, signal: AbortSignal): Promise<void> {
  print("  settling everybody: servers enrolled, folders shared and read\n");
  await settleEverybody(world, signal);
  print(invitation(dirname(world.homeOf(you).root)));
  const left = new AbortController();
  // Settings of an installation of one's own are not for the demo.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("FONSHARE_")));
  const bot = spawn(process.execPath, [...botArguments(), "--as", you.name], {
    env: { ...env, FONSHARE_API: world.core.apiAddress },
    stdio: "inherit",
  });
  const ended = once(bot, "exit");
  signal.addEventListener("abort", () => bot.kill("SIGTERM"), { once: true });
  const news = surprise(world, left.signal);
  if (signal.aborted) bot.kill("SIGTERM");
  await ended;
  left.abort();
  await news;
}

/** A bot that nobody sees tells the group what was shared: the person's own then begins with a quiet screen. */
async function settleEverybody(world: World, signal: AbortSignal): Promise<void> {
  const chat = openChat(world.core.apiAddress, you.name, () => {});
  const leave = () => void chat.stop();
  signal.addEventListener("abort", leave, { once: true });
  try {
    await gatherFriends(world, [you, ...friends]);
    for (const _person of [you, ...friends]) await chat.hear(/ shares /);
  } finally {
    signal.removeEventListener("abort", leave);
    await chat.stop();
  }
  signal.throwIfAborted();
}

function invitation(folder: string): string {
  return `
You are ${you.name}, in the group "${groupName}" with Anna, Ben and Chloé. Try:
  /search stations   one search over everybody's servers
  /pull 1            bring a result to your own server, as fast as a home line
  /browse            look around
  /as ben            be somebody else
In a moment Anna adds photos: /react pull fetches them.
All files lie below ${folder}

`;
}

async function surprise(world: World, signal: AbortSignal): Promise<void> {
  try {
    await delay(newsAfterMs, undefined, { signal });
    await addNews(world.homeOf(anna));
    await world.core.api.catalog.reindex(consoleContext(anna.name), {});
  } catch {
    // The person left, or Anna's server was removed in the meantime: then there is no news.
  }
}
