// Real FTP daemons for tests: one call starts one on a loopback address, ready to be logged in to.
// Installing them is install.ts; the configuration of each is in the file named after it.
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../../demo/free-port.ts";
import { giveTo, isEnterable, makeFolder, serviceAccount } from "./account.ts";
import { testCertificate } from "./certificate.ts";
import { freshAddress, isListening } from "./listening.ts";
import type { ProcessTree } from "./processes.ts";
import { startTree } from "./processes.ts";
import { prepareProftpd } from "./proftpd.ts";
import { preparePureFtpd } from "./pure-ftpd.ts";
import { preparePyftpdlib } from "./pyftpdlib.ts";
import type { Daemon, DaemonKind, DaemonOptions, DaemonSetup, DaemonUser, Launch } from "./types.ts";
import { prepareVsftpd } from "./vsftpd.ts";

export { makeFolder } from "./account.ts";
export { installDaemons } from "./install.ts";
export { freshAddress } from "./listening.ts";
export type { Daemon, DaemonKind, DaemonOptions, DaemonTls, DaemonUser, InstallReport } from "./types.ts";
export { daemonKinds } from "./types.ts";

const prepare: Record<DaemonKind, (setup: DaemonSetup) => Promise<Launch>> = {
  vsftpd: prepareVsftpd,
  proftpd: prepareProftpd,
  "pure-ftpd": preparePureFtpd,
  pyftpdlib: preparePyftpdlib,
};
const defaultUsers: readonly DaemonUser[] = [{ username: "anna", password: "correct-horse-7" }];
const readyWithinMs = 20_000;
// ProFTPD takes 0.4 s for its farewell, and nothing is lost with it: its files are removed here anyway.
const graceMs = 100;

/** Start a daemon and wait until it listens. Rejects when it is not installed or does not come up. */
export async function startDaemon(kind: DaemonKind, options: DaemonOptions = {}): Promise<Daemon> {
  const workFolder = await makeFolder();
  try {
    const { setup, root, fingerprint } = await makeSetup(kind, workFolder, options);
    const launch = await prepare[kind](setup);
    if (launch.asAccount) {
      await giveTo(setup.account, workFolder);
    }
    const run = createRunner(kind, setup, launch);
    await run.start().catch(async (error: unknown) => {
      await run.stop();
      throw error;
    });
    return createDaemon({ kind, setup, root, fingerprint, run });
  } catch (error) {
    await rm(workFolder, { recursive: true, force: true });
    throw error;
  }
}

async function makeSetup(kind: DaemonKind, workFolder: string, options: DaemonOptions) {
  const host = options.address ?? freshAddress();
  const tls = typeof options.tls === "object" ? options.tls : options.tls ? {} : undefined;
  if (tls?.implicit && (kind === "pure-ftpd" || kind === "pyftpdlib")) {
    throw new Error(`${kind} has no implicit TLS`);
  }
  const account = await serviceAccount();
  const top = options.root ?? join(workFolder, "root");
  const users = (options.users ?? defaultUsers).map((user) => ({
    username: user.username,
    password: user.password,
    readOnly: options.readOnly ?? user.readOnly ?? false,
    folder: join(top, user.folder ?? ""),
  }));
  await makeRoots(
    top,
    users.map((user) => user.folder),
  );
  await giveTo(account, top);
  const certificate = tls ? await testCertificate() : undefined;
  const pemFile = join(workFolder, "certificate.pem");
  await writeFile(pemFile, certificate?.pem ?? "", { mode: 0o600 });
  const setup: DaemonSetup = {
    host,
    port: await freePort(host),
    tls,
    fxp: options.fxp ?? true,
    users,
    hashes: options.hashes ?? false,
    rateBytesPerS: options.rateBytesPerS,
    maxClients: options.maxClients ?? 100,
    recursiveListing: options.recursiveListing ?? true,
    listingLimit: options.listingLimit,
    accessFiles: options.accessFiles ?? true,
    passive: options.passive,
    workFolder,
    pemFile,
    account,
  };
  return { setup, root: users[0]?.folder ?? top, fingerprint: certificate?.fingerprint };
}

async function makeRoots(top: string, folders: string[]): Promise<void> {
  if (!isAbsolute(top)) {
    throw new Error("the root of a daemon must be an absolute path");
  }
  for (const folder of [top, ...folders]) {
    await mkdir(folder, { recursive: true });
  }
  if (process.getuid?.() === 0 && !(await isEnterable(top))) {
    throw new Error("the root of a daemon must be where other accounts can enter: make it with makeFolder()");
  }
}

type Runner = ReturnType<typeof createRunner>;

/** Starts and ends the processes of one daemon, any number of times on the same files. */
function createRunner(kind: DaemonKind, setup: DaemonSetup, launch: Launch) {
  const { host, port, workFolder, account } = setup;
  const files = [workFolder, ...(launch.outsideFiles ?? [])];
  let tree: ProcessTree | undefined;
  const start = async () => {
    tree = await startTree({
      command: launch.command,
      args: launch.args,
      cwd: workFolder,
      logFile: join(workFolder, "output.log"),
      filesToRemove: files,
      ...(launch.asAccount ? { uid: account.uid, gid: account.gid } : {}),
    });
    await untilReady(kind, tree, (pids) => isListening(pids, host, port), log);
  };
  const log = () =>
    readdirSync(workFolder)
      .filter((name) => name.endsWith(".log"))
      .map((name) => readFileSync(join(workFolder, name), "utf8"))
      .join("");
  const kill9 = async () => {
    await tree?.kill9();
    await launch.sweep?.();
  };
  const stop = async () => {
    await tree?.end(graceMs);
    await launch.sweep?.();
    for (const file of files) {
      await rm(file, { recursive: true, force: true });
    }
  };
  return { start, stop, kill9, log, tree: () => tree };
}

async function untilReady(
  kind: DaemonKind,
  tree: ProcessTree,
  isReady: (pids: number[]) => boolean,
  log: () => string,
): Promise<void> {
  const deadline = performance.now() + readyWithinMs;
  while (!tree.exited && performance.now() < deadline) {
    if (isReady(tree.pids())) {
      return;
    }
    await delay(5);
  }
  const hasEnded = tree.exited;
  await tree.kill9();
  throw new Error(`${kind} ${hasEnded ? "ended" : "did not listen"} at its start: ${log().slice(-2000)}`);
}

interface Parts {
  kind: DaemonKind;
  setup: DaemonSetup;
  root: string;
  fingerprint: string | undefined;
  run: Runner;
}

function createDaemon({ kind, setup, root, fingerprint, run }: Parts): Daemon {
  const first = setup.users[0] ?? { username: "", password: "" };
  return {
    kind,
    host: setup.host,
    port: setup.port,
    username: first.username,
    password: first.password,
    users: setup.users,
    root,
    fingerprint,
    pids: () => run.tree()?.pids() ?? [],
    own: (path = root) => giveTo(setup.account, path),
    kill9: run.kill9,
    freeze: async () => run.tree()?.freeze(),
    thaw: () => run.tree()?.thaw(),
    restart: run.start,
    stop: run.stop,
    log: run.log,
  };
}
