// The demo's world: a temporary folder, four personal FTP servers, a core, and the group that Anna made.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CoreProcess } from "./core-process.ts";
import { consoleContext, startCore } from "./core-process.ts";
import { enrolThroughPage } from "./enrol.ts";
import type { FtpHome } from "./ftp-home.ts";
import { createFtpHome } from "./ftp-home.ts";
import type { DemoPerson } from "./people.ts";
import { anna, everybody, friends, groupName, you } from "./people.ts";

export interface World {
  core: CoreProcess;
  homeOf(person: DemoPerson): FtpHome;
  /** Enrols the person's server through the page and shares its folder with the group. */
  settle(person: DemoPerson): Promise<void>;
  /** Ends every process and removes every file; may be called at any time, also twice. */
  stop(): Promise<void>;
}

export interface WorldOptions {
  onStep: (step: string) => void;
  /** How fast a friend's server sends; as fast as it can when left out. */
  lineBytesPerS?: number | undefined;
}

/** Builds it step by step; `stop` of what is there so far is safe from the first moment. */
export async function createWorld({ onStep, lineBytesPerS }: WorldOptions, signal: AbortSignal): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "fonshare-demo-"));
  const homes = new Map<DemoPerson, FtpHome>();
  const running: { core?: CoreProcess } = {};

  async function stop(): Promise<void> {
    await running.core?.stop();
    await Promise.all([...homes.values()].map((home) => home.stop()));
    await rm(folder, { recursive: true, force: true });
  }

  try {
    const starting = startCore({ dataFolder: join(folder, "data") });
    starting.catch(() => {});
    for (const person of everybody) {
      onStep(`${person.name}'s FTP server, with ${person.files().length} sample files`);
      homes.set(person, await createFtpHome(folder, person, person === you ? undefined : lineBytesPerS));
      signal.throwIfAborted();
    }
    onStep("the core: PostgreSQL, API, web page");
    running.core = await starting;
    signal.throwIfAborted();
    return { core: running.core, homeOf, settle, stop };
  } catch (error) {
    await stop();
    throw error;
  }

  function homeOf(person: DemoPerson): FtpHome {
    const home = homes.get(person);
    if (!home) throw new Error(`${person.name} has no server yet.`);
    return home;
  }

  async function settle(person: DemoPerson): Promise<void> {
    const core = running.core;
    if (!core) throw new Error("The core does not run yet.");
    const context = consoleContext(person.name, "group", person.language);
    const { link } = await core.api.servers.enrol(consoleContext(person.name, "private", person.language), {});
    await enrolThroughPage(link, homeOf(person));
    await core.api.shares.add(context, { path: "", name: person.share });
  }
}

/** Anna makes the group in the console's room; everybody joins; the servers of `settling` are connected and shared. */
export async function gatherFriends(world: World, settling: readonly DemoPerson[] = friends): Promise<void> {
  await world.core.api.groups.create(consoleContext(anna.name), { name: groupName });
  for (const person of everybody.filter((one) => one !== anna)) {
    await world.core.api.groups.join(consoleContext(person.name, "group", person.language), {});
  }
  for (const person of settling) await world.settle(person);
}
