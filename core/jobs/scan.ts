// The job that scans: a worker thread with a core of its own, so that long listings never hold up an answer. It stays for a
// while after its work, as making that core takes longer than most scans; idle it costs memory and a few connections.
import { compose } from "../compose.ts";
import { applicationNames, connections } from "../connections.ts";
import { systemClock } from "../platform/clock.ts";
import { createLog } from "../platform/log.ts";
import { runJob } from "./job.ts";

/** Longer than servers with changes wait for their next scan, as usual settings have it (see scan/interval.ts). */
const patienceMs = 10 * 60_000;

await runJob(async ({ options, logLevel }, { signal, isWantedAgain }) => {
  const log = createLog(logLevel, "scan");
  const core = await compose(
    { ...options, connections: connections.scanThread, application: applicationNames.scan },
    { clock: systemClock, log },
  );
  try {
    do {
      const count = await core.scanner.scanDue(signal);
      log.debug({ count }, "scans ended");
    } while (await isWantedAgain(patienceMs));
  } finally {
    await core.scanner.settled();
    await core.close();
  }
});
