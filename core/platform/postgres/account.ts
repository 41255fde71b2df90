// As whom PostgreSQL runs. It refuses root; then it becomes the system user `postgres`, which may need one
// capability to walk through closed folders (0700) above its programs and its data.
import { execFile, execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { StartProblem } from "../start-problem.ts";

const run = promisify(execFile);
const accountName = "postgres";
const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The only variables PostgreSQL gets: nothing of the core's own environment reaches it. */
export const bareEnvironment = { PATH: systemPath, LC_MESSAGES: "C" };

export interface Account {
  uid: number;
  gid: number;
}

/** How to spawn a program of PostgreSQL: words put in front of it, and spawn's own uid and gid. */
export interface RunAs {
  prefix: string[];
  options: { uid?: number; gid?: number };
  /** Who must own the data; undefined for the user that runs the core. */
  account: Account | undefined;
}

/** The account of the database when the core is root (made if missing), undefined for an ordinary user. */
export async function findAccount(uid = process.getuid?.()): Promise<Account | undefined> {
  if (uid !== 0) return undefined;
  const known = await readAccount();
  if (known) return known;
  const made = await run("useradd", ["--system", "--user-group", "--no-create-home", accountName], {
    env: bareEnvironment,
  }).then(readAccount, () => undefined);
  if (made) return made;
  throw new StartProblem(
    `PostgreSQL does not run as root, and the system user "${accountName}" is missing and could not be made: make it (useradd --system ${accountName}), or start FonShare as an ordinary user.`,
  );
}

async function readAccount(): Promise<Account | undefined> {
  const ask = async (flag: string) => Number((await run("id", [flag, accountName], { env: bareEnvironment })).stdout);
  try {
    return { uid: await ask("-u"), gid: await ask("-g") };
  } catch {
    return undefined;
  }
}

/**
 * The first way in which `program` starts and `folder` is writable for the account.
 * Throws StartProblem when no way works.
 */
export async function chooseRunAs(account: Account | undefined, program: string, folder: string): Promise<RunAs> {
  if (!account) return { prefix: [], options: {}, account };
  for (const way of waysToRun(account, readCapabilities())) {
    if (await canWork(way, program, folder)) return way;
  }
  throw new StartProblem(
    `PostgreSQL does not run as root, and the system user "${accountName}" cannot reach ${folder} or the installed programs below a closed folder: set FONSHARE_DATA to another place (for example /var/lib/fonshare), or start FonShare as an ordinary user.`,
  );
}

/** Least first: no capability, then the right to pass closed folders, then (where only that is left) to write past modes. */
export function waysToRun(account: Account, capabilities: bigint): RunAs[] {
  const ways: RunAs[] = [{ prefix: [], options: { ...account }, account }];
  if (capabilities & (1n << 2n))
    ways.push({ prefix: keepCapability(account, "dac_read_search"), options: {}, account });
  if (capabilities & (1n << 1n)) ways.push({ prefix: keepCapability(account, "dac_override"), options: {}, account });
  return ways;
}

/** no_setuid_fixup: without it access(2), which initdb asks, drops the capability again. */
function keepCapability({ uid, gid }: Account, capability: string): string[] {
  const become = [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
  const keep = [`--inh-caps=+${capability}`, `--ambient-caps=+${capability}`];
  return ["setpriv", "--securebits=+no_setuid_fixup", ...become, ...keep];
}

/** CapEff of this process as a bit set; none on systems without /proc. */
function readCapabilities(): bigint {
  try {
    const line = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"));
    return line ? BigInt(`0x${line[1]}`) : 0n;
  } catch {
    return 0n;
  }
}

/** The command line that runs `program` as `runAs` says; spawn it with `runAs.options` too. */
export function commandOf(runAs: RunAs, program: string, words: string[]): { file: string; words: string[] } {
  const [first, ...prefix] = runAs.prefix;
  return first === undefined ? { file: program, words } : { file: first, words: [...prefix, program, ...words] };
}

const tryOut = '"$1" --version >/dev/null && cd "$2" && test -r . && test -w .';

async function canWork(way: RunAs, program: string, folder: string): Promise<boolean> {
  const { file, words } = commandOf(way, "/bin/sh", ["-c", tryOut, "sh", program, folder]);
  try {
    await run(file, words, { ...way.options, cwd: "/", env: bareEnvironment });
    return true;
  } catch {
    return false;
  }
}

/** Gives `folder` and all below to the account. */
export function giveTo(account: Account, folder: string): void {
  execFileSync("chown", ["-R", "-h", `${account.uid}:${account.gid}`, folder], { env: bareEnvironment });
}
