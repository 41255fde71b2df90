// The part of the core that a hostile server meets, in a process of its own, so that what it feels is not the server's doing.
// Gets jobs over IPC, one at a time, and answers each with how it went and how it felt.
import { createScanner, defaultScanLimits } from "../../core/catalog/index.ts";
import type { FtpTarget } from "../../core/ftp/index.ts";
import { createConnector } from "../../core/ftp/index.ts";
import { systemClock } from "../../core/platform/clock.ts";
import type { DatabaseAddress } from "../../core/platform/db.ts";
import { openDatabase } from "../../core/platform/db.ts";
import { createLog } from "../../core/platform/log.ts";
import { Secret } from "../../core/platform/secret.ts";
import type { Felt } from "./watch.ts";
import { watch } from "./watch.ts";

export interface ScanJob {
  serverId: number;
  host: string;
  port: number;
  security: FtpTarget["security"];
  username: string;
  password: string;
  root: string;
  fingerprint?: string;
  /** Of the whole scan. */
  durationMs: number;
  /** The server does nothing bad: it has all the time that one gets, on a busy machine as well. */
  isFriendly?: boolean;
  entries: number;
}

export interface ScanAnswer extends Felt {
  /** All that the core logged, at the loudest. */
  log: string;
  /** FTP connections that are still open. */
  sockets: number;
  scans: number;
}

const address = JSON.parse(process.argv[2] ?? "") as DatabaseAddress;
const { db } = openDatabase(address, 3);
let log: string[] = [];
const logger = createLog("trace", "test", { write: (line) => void log.push(line) });
/** So that what is silent is met soon; what is not silent keeps these on a busy machine, too. */
const hasty = { connectMs: 2_000, replyMs: 1_000, dataMs: 1_000 };

async function scan(job: ScanJob): Promise<ScanAnswer> {
  log = [];
  const { host, port, security, fingerprint } = job;
  const login = { username: new Secret(job.username), password: new Secret(job.password) };
  const connector = createConnector({
    policy: { allowNetworks: ["127.0.0.0/8"] },
    clock: systemClock,
    ...(job.isFriendly ? {} : { timeouts: hasty }),
    onRefusal: (refusal) => logger.debug(refusal, "refused"),
  });
  const target = { host, port, security, ...login, ...(fingerprint === undefined ? {} : { fingerprint }) };
  const scanner = createScanner({
    db,
    connect: (wish) => openDatabase(address, 1, wish),
    clock: systemClock,
    async open(_serverId, { use, signal }) {
      const session = await connector.connect(target, { use, ...(signal ? { signal } : {}) });
      return { session, root: job.root, release: () => session.close() };
    },
    onApplied: async () => undefined,
    log: logger,
    limits: { ...defaultScanLimits, servers: 1, settleMs: 0, durationMs: job.durationMs, entries: job.entries },
    random: () => 0.5,
  });
  global.gc?.();
  const feeling = watch();
  const scans = await scanner.scanDue(new AbortController().signal);
  const felt = feeling.end();
  await scanner.settled();
  // Sockets that were told to close do so in the next turns.
  for (let turns = 0; turns < 20 && sockets() > 0; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  return { ...felt, scans, log: log.join(""), sockets: sockets() };
}

function sockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
}

process.on("message", (job: ScanJob) => {
  scan(job).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ crash: String(error) }),
  );
});
// Not longer than whoever started it.
process.once("disconnect", () => process.exit());
process.send?.("ready");
