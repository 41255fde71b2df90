// Once for a run of the tests: one PostgreSQL with a migrated template database, and the FTP daemons installed.
// test/database.ts makes a database for each test file from the template.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { systemClock } from "../core/platform/clock.ts";
import { migrate, openDatabase } from "../core/platform/db.ts";
import type { EmbeddedPostgres } from "../core/platform/embedded-postgres.ts";
import { createEmbeddedPostgres } from "../core/platform/embedded-postgres.ts";
import { createLog } from "../core/platform/log.ts";
import { stopLeftover } from "../core/platform/postgres/leftover.ts";
import { findBrowser, howToAddBrowser, installBrowser } from "./browser.ts";
import { installDaemons } from "./daemons/index.ts";

declare module "vitest" {
  export interface ProvidedContext {
    postgres: { socket: string; database: string; user: string };
  }
}

const folderPrefix = "fonshare-tests-";

/** Durability is not what these databases are for. */
const fast = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "300" };

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  await clearLeftovers();
  const folder = mkdtempSync(join(tmpdir(), `${folderPrefix}${process.pid}-`));
  const postgres = createEmbeddedPostgres({
    dataFolder: folder,
    clock: systemClock,
    log: createLog("silent", "test"),
    settings: fast,
    onGivenUp: (error) => {
      throw error;
    },
  });
  const [template] = await Promise.all([makeTemplate(postgres), installSystemParts()]);
  project.provide("postgres", template);
  return async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

/** One after the other: both ask the package manager. Says plainly what is left out and how to add it. */
async function installSystemParts(): Promise<void> {
  const { missing } = await installDaemons();
  await installBrowser();
  const lacking = missing.map(({ how }) => how);
  if (!findBrowser()) lacking.push(howToAddBrowser);
  for (const how of lacking) process.stdout.write(`Left out: ${how}.\n`);
}

async function makeTemplate(postgres: EmbeddedPostgres) {
  const address = await postgres.start();
  if (!("socket" in address)) throw new Error("the embedded database listens on a socket");
  const database = openDatabase(address, 2);
  await migrate(database);
  await database.close();
  return address;
}

/** A killed run left its server: its folder's name holds the id of a process that is gone. */
async function clearLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(folderPrefix) || isRunning(Number(name.slice(folderPrefix.length).split("-")[0]))) continue;
    const folder = join(tmpdir(), name);
    await stopLeftover(join(folder, "postgres"), systemClock).catch(() => "none");
    rmSync(folder, { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
