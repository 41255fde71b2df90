// The data folder of the embedded PostgreSQL: made whole or not at all, owned by who runs it.
import { execFile } from "node:child_process";
import { mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { StartProblem } from "../start-problem.ts";
import type { RunAs } from "./account.ts";
import { bareEnvironment, commandOf, giveTo } from "./account.ts";

const run = promisify(execFile);

/** The superuser of the database; it has no password, the socket's folder is private. */
export const databaseUser = "fonshare";

const initdbFlags = [
  "--encoding=UTF8",
  "--locale=C.UTF-8",
  "--data-checksums",
  "--auth-local=trust",
  "--auth-host=reject",
];

/** Runs initdb unless `folder` holds a cluster. A crash in the middle leaves nothing that looks like one. */
export async function makeCluster(folder: string, initdb: string, runAs: RunAs): Promise<void> {
  if (await isThere(join(folder, "PG_VERSION"))) return takeOver(folder, runAs);
  const unfinished = `${folder}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  if (runAs.account) giveTo(runAs.account, unfinished);
  const flags = [...initdbFlags, `--username=${databaseUser}`, `--pgdata=${unfinished}`];
  const { file, words } = commandOf(runAs, initdb, flags);
  await run(file, words, { ...runAs.options, cwd: "/", env: bareEnvironment }).catch((cause) => {
    throw new StartProblem(`The database could not be made in ${folder}: ${lastLine(cause)}`, { cause });
  });
  await rename(unfinished, folder);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw new StartProblem(`The database in ${dirname(path)} cannot be read by this user: start FonShare as before.`);
    },
  );
}

/** Data that another user ran before (an ordinary user, then root) changes hands. */
async function takeOver(folder: string, { account }: RunAs): Promise<void> {
  const owner = (await stat(join(folder, "PG_VERSION"))).uid;
  if (account && owner !== account.uid) giveTo(account, folder);
  if (!account && owner !== process.getuid?.()) {
    throw new StartProblem(
      `The database in ${folder} belongs to another user: start FonShare as before (it was root's), or give the folder to this user.`,
    );
  }
}

/** Refuses data of another major version: PostgreSQL cannot read it, and pg_upgrade is the operator's decision. */
export async function checkVersion(folder: string, postgres: string): Promise<void> {
  const written = await readFile(join(folder, "PG_VERSION"), "utf8").then(
    (text) => text.trim(),
    () => undefined,
  );
  const installed = /(\d+)/.exec((await run(postgres, ["--version"], { env: bareEnvironment })).stdout)?.[1];
  if (written === undefined || written === installed) return;
  throw new StartProblem(
    `The database in ${folder} was written by PostgreSQL ${written}, but ${installed} is installed: move the data with pg_dump and pg_restore, or install the FonShare version that made it.`,
  );
}

function lastLine(error: unknown): string {
  const text = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
  return text.trim().split("\n").at(-1) ?? "";
}
