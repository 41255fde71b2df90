// Connecting for somebody who asks whether a server is there: whoever is not there is told after the same time, whether
// the connection was refused, swallowed or answered in another protocol. Not for transfers and scans, which tell nobody.
import type { Connector } from "../ftp/index.ts";
import { isUnroutable } from "../ftp/index.ts";
import type { Clock } from "../platform/clock.ts";
import { asFonError } from "../platform/errors.ts";

/** Longer than a connection or a greeting is waited for. */
const answerAfterMs = 21_000;

interface Deps {
  connector: Connector;
  clock: Clock;
  /** Networks that are not everybody's to look into; without any, nothing has to be hidden. */
  allowNetworks: readonly string[];
}

/** Addresses of the internet are left out: anybody can try those from anywhere. */
export function createSteadyConnector({ connector, clock, allowNetworks }: Deps): Connector {
  if (allowNetworks.length === 0) return connector;
  return {
    async connect(target, options) {
      const beganMs = clock.monotonicMs();
      try {
        return await connector.connect(target, options);
      } catch (error) {
        if (asFonError(error)?.code === "server.offline" && isUnroutable(target.host)) {
          await clock.wait(Math.max(0, answerAfterMs - (clock.monotonicMs() - beganMs)), options.signal);
        }
        throw error;
      }
    },
  };
}
