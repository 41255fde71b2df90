// `npm run demo`: builds the demo's world, then an interactive chat in a terminal or, without one, the guided tour.
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { botArguments } from "./chat.ts";
import { groupName, you } from "./people.ts";
import { playTour } from "./tour.ts";
import type { World } from "./world.ts";
import { createWorld, gatherFriends } from "./world.ts";

const print = (text: string) => void process.stdout.write(text);
const nowMs = () => performance.now();
const isTerminal = Boolean(process.stdin.isTTY && process.stdout.isTTY);

async function run(signal: AbortSignal): Promise<void> {
  const startedMs = nowMs();
  print("FonShare demo: everything runs on this machine, in a temporary folder that goes when you leave.\n");
  const world = await createWorld((step) => print(`  starting ${step}\n`), signal);
  try {
    await gatherFriends(world);
    print(`  ready after ${((nowMs() - startedMs) / 1000).toFixed(1)} s\n`);
    await (isTerminal ? chat(world, signal) : untilAborted(playTour({ world, print, nowMs }), signal));
    if (!isTerminal) print(`  all of it took ${((nowMs() - startedMs) / 1000).toFixed(1)} s\n`);
  } finally {
    await world.stop();
  }
}

/** The console bot on this terminal, until the person leaves it. */
async function chat(world: World, signal: AbortSignal): Promise<void> {
  await world.settle(you);
  print(`\nYou are in "${groupName}" with Anna, Ben and Chloé. Try: /search zurich · /browse · /pull 1 · /help\n`);
  print(`Change who speaks with /as ben. Their files lie below ${resolve(world.homeOf(you).root, "..")}\n\n`);
  const env = { ...process.env, FONSHARE_API: world.core.apiAddress };
  const bot = spawn(process.execPath, [...botArguments, "--as", you.name], { env, stdio: "inherit" });
  signal.addEventListener("abort", () => bot.kill("SIGTERM"), { once: true });
  await endOf(bot);
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = once(signal, "abort").then(() => signal.throwIfAborted());
  await Promise.race([work, aborted]);
}

const leaving = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => leaving.abort(new Error("left")));

try {
  await run(leaving.signal);
} catch (error) {
  if (!leaving.signal.aborted) {
    process.stderr.write(`\nThe demo stopped: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
process.exit(leaving.signal.aborted ? 130 : (process.exitCode ?? 0));
