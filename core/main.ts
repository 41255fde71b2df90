// The core as a process: `npm run core` (see process.ts), with `--check` to try out the installation and end, or with
// `--rotate-key` to put a fresh master key in use and seal every secret anew, also while other cores run.
// Exit codes: 0 ended in order, 1 could not start or broke, 2 the configuration is wrong.

import type { Config } from "./config.ts";
import { readConfig } from "./config.ts";
import { systemClock } from "./platform/clock.ts";
import type { Log } from "./platform/log.ts";
import { createLog } from "./platform/log.ts";
import type { RunningCore } from "./run.ts";
import { createCore } from "./run.ts";

/** A stop that takes longer is cut off: nothing is lost by it, all that matters is in the database's log. */
const stopWithinMs = 4900;

async function main(): Promise<void> {
  const config = readOrExplain();
  if (!config) return leave(2);
  const log = createLog(config.logLevel, "core");
  let isEnding = false;
  const end = async (code: number): Promise<void> => {
    if (isEnding) return;
    isEnding = true;
    setTimeout(() => leave(code || 1), stopWithinMs).unref();
    await core.stop();
    log.info("stopped");
    leave(code);
  };
  const onBroken = (err: unknown) => {
    log.fatal({ err }, "the core broke and is stopped");
    void end(1);
  };
  const core = createCore({ config, clock: systemClock, log, onBroken });
  process.on("uncaughtException", onBroken);
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void end(0));
  // Whoever started the core with a channel and died must not leave it behind.
  if (process.send) process.once("disconnect", () => void end(0));
  await serve(core, log).then(
    (isOver) => (isOver ? end(0) : undefined),
    (error: unknown) => {
      if (!isEnding) explain(error, log);
      return end(1);
    },
  );
}

/** True when there is nothing more to do. */
async function serve(core: RunningCore, log: Log): Promise<boolean> {
  if (process.argv.includes("--check")) {
    await core.prepare();
    log.info("the configuration, the database, its migrations and the master key are in order");
    return true;
  }
  if (process.argv.includes("--rotate-key")) {
    const { secrets, isFinishing } = await core.rotateKey();
    log.info({ secrets }, isFinishing ? "the rotation that had begun is complete" : "a fresh master key is in use");
    return true;
  }
  const { webUrl } = await core.start();
  log.info({ web: webUrl }, "ready");
  process.send?.({ ready: true });
  return false;
}

function readOrExplain(): Config | undefined {
  try {
    return readConfig();
  } catch (error) {
    process.stderr.write(`FonShare cannot start:\n${(error as Error).message}\n`);
    return undefined;
  }
}

const sentenceErrors = new Set(["StartProblem", "KeyFileError"]);

/** What an operator can mend is a sentence; anything else goes to the log with its places. */
function explain(error: unknown, log: Log): void {
  if (error instanceof Error && sentenceErrors.has(error.name)) {
    process.stderr.write(`FonShare cannot start: ${error.message}\n`);
    log.fatal(`could not start: ${error.message}`);
  } else {
    process.stderr.write("FonShare cannot start; the log says why.\n");
    log.fatal({ err: error }, "could not start");
  }
}

function leave(code: number): never {
  process.exit(code);
}

// Last, because it uses what stands above.
await main();
