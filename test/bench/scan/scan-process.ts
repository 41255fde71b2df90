// Scans by a core of its own, as the worker thread of core/jobs/scan.ts runs them: `node --expose-gc scan-process.ts <options as JSON>`.
// Composes, and for each message scans what is due and answers how long it took and how it felt. It ends when nobody listens any more.

import type { ComposeOptions } from "../../../core/compose.ts";
import { compose } from "../../../core/compose.ts";
import { systemClock } from "../../../core/platform/clock.ts";
import { createLog } from "../../../core/platform/log.ts";
import { watch } from "../../hostile/watch.ts";

/** Message to the process. */
export interface ScanWish {
  /** The clock is so much ahead, so that what was scanned a moment ago is due again. */
  aheadMs: number;
}

export interface ScanFigures {
  tookMs: number;
  scans: number;
  longestTurnMs: number;
  /** Of the process, highest and before the scan. */
  peakRssBytes: number;
  rssBeforeBytes: number;
  cpuMs: number;
}

const options = JSON.parse(process.argv[2] ?? "{}") as ComposeOptions;
let aheadMs = 0;
const clock = {
  ...systemClock,
  now: () => new Date(Date.now() + aheadMs),
  monotonicMs: () => performance.now() + aheadMs,
};

// Not longer than whoever started it.
process.once("disconnect", () => void core.close().finally(() => process.exit()));
const core = await compose(options, { clock, log: createLog("silent", "bench") });
process.on("message", (wish: ScanWish) => {
  aheadMs = wish.aheadMs;
  void scan();
});
process.send?.("ready");

async function scan(): Promise<void> {
  global.gc?.();
  const rssBeforeBytes = process.memoryUsage.rss();
  const cpuBefore = process.cpuUsage();
  const feeling = watch();
  const startedMs = performance.now();
  const scans = await core.scanner.scanDue(new AbortController().signal);
  const tookMs = performance.now() - startedMs;
  const { longestBlockMs } = feeling.end();
  const { user, system } = process.cpuUsage(cpuBefore);
  await core.scanner.settled();
  const peakRssBytes = process.resourceUsage().maxRSS * 1024;
  const cpuMs = (user + system) / 1000;
  const figures = { tookMs, scans, longestTurnMs: longestBlockMs, peakRssBytes, rssBeforeBytes, cpuMs };
  process.send?.(figures satisfies ScanFigures);
}
