// The job that scans: a worker thread with a core of its own, so that long listings never hold up an answer.
import { compose } from "../compose.ts";
import { applicationNames, connections } from "../connections.ts";
import { systemClock } from "../platform/clock.ts";
import { createLog } from "../platform/log.ts";
import { runJob } from "./job.ts";

await runJob(async ({ options, logLevel }, signal) => {
  const log = createLog(logLevel, "scan");
  const core = await compose(
    { ...options, connections: connections.scanThread, application: applicationNames.scan },
    { clock: systemClock, log },
  );
  try {
    const count = await core.scanner.scanDue(signal);
    log.debug({ count }, "scans ended");
  } finally {
    await core.scanner.settled();
    await core.close();
  }
});
