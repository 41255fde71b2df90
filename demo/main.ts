// `npm run demo`: builds the demo's world, then an interactive chat in a terminal or, without one, the guided tour.
import { playChat } from "./interactive.ts";
import { playTour } from "./tour.ts";
import { createWorld, gatherFriends } from "./world.ts";

const print = (text: string) => void process.stdout.write(text);
const nowMs = () => performance.now();
const isTerminal = Boolean(process.stdin.isTTY && process.stdout.isTTY);
/** A home line: 64 MiB take ten seconds, time enough to watch, pause and resume. */
const lineBytesPerS = isTerminal ? 6_500_000 : undefined;

async function run(signal: AbortSignal): Promise<void> {
  const startedMs = nowMs();
  print("FonShare demo: all of it runs here, in a temporary folder that goes with you.\n");
  const world = await createWorld({ onStep: (step) => print(`  starting ${step}\n`), lineBytesPerS }, signal);
  try {
    if (isTerminal) await playChat({ world, print }, signal);
    else {
      await gatherFriends(world);
      print(`  ready after ${((nowMs() - startedMs) / 1000).toFixed(1)} s\n`);
      await untilAborted(playTour({ world, print, nowMs }), signal);
      print(`  all of it took ${((nowMs() - startedMs) / 1000).toFixed(1)} s\n`);
    }
  } finally {
    await world.stop();
  }
}

async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  signal.throwIfAborted();
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
