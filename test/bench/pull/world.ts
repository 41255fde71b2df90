// A real core with two servers of one kind: Olga's, that shares, and Rita's, that receives. Pulls by the product's own API.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { findRunningDatabase } from "../../../core/platform/embedded-postgres.ts";
import type { CoreProcess } from "../../../demo/core-process.ts";
import { consoleContext } from "../../../demo/core-process.ts";
import type { DaemonKind } from "../../daemons/index.ts";
import type { Installation } from "../../e2e/installation.ts";
import { createInstallation, until } from "../../e2e/installation.ts";
import { makeFastFolder } from "../fast-folder.ts";
import type { Home, Homes, Way } from "../homes.ts";
import { openHomes } from "../homes.ts";
import type { Door } from "../introduce.ts";
import { composeOptions, openDoor } from "../introduce.ts";

export interface PullFigures {
  /** From the call that asks for it to the moment at which its last file had its final name and was verified. */
  tookMs: number;
}

export interface PullWorld {
  kind: DaemonKind;
  core: CoreProcess;
  source: Home;
  destination: Home;
  /** Where files arrive on this machine: pulls, and below `/Theirs` what others copy. */
  inbox: string;
  theirs: string;
  /** @param name a file or a folder at the top of what is shared */
  pull(name: string): Promise<PullFigures>;
  stop(): Promise<void>;
}

export interface PullWish {
  kind: DaemonKind;
  /** `rateBytesPerS`: what each server gives or takes in a second. */
  way: Way & { rateBytesPerS?: number | undefined };
  /** Transfers at a time that each owner allows. */
  slots: number;
  /** Writes what is shared, below `Media`. @returns how many files that are */
  fill: (folder: string) => number;
}

export async function openPullWorld({ kind, way, slots, fill }: PullWish): Promise<PullWorld> {
  const folder = makeFastFolder();
  const ends: (() => Promise<unknown>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  };
  try {
    const files = fill(join(folder, "source", "Media"));
    const [inbox, theirs] = [join(folder, "destination", "Inbox"), join(folder, "destination", "Theirs")];
    for (const one of [inbox, theirs]) mkdirSync(one, { recursive: true });
    const homes = await openPair(kind, folder, way);
    ends.push(homes.stop);
    const [source, destination] = homes.homes as [Home, Home];
    const installation = await createInstallation();
    ends.push(installation.stop);
    await introduceBoth(installation, source, destination, slots);
    const { core } = installation;
    await untilScanned(core, files);
    return { kind, core, source, destination, inbox, theirs, pull: (name) => pull(core, name), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function openPair(kind: DaemonKind, folder: string, { rateBytesPerS, ...way }: PullWish["way"]): Promise<Homes> {
  const rate = rateBytesPerS === undefined ? {} : { rateBytesPerS };
  const at = (name: string) => ({ name, kind, options: { root: join(folder, name), ...rate } });
  return openHomes([at("source"), at("destination")], way);
}

async function introduceBoth(installation: Installation, source: Home, destination: Home, slots: number) {
  const door = await openDoorTo(installation);
  const limits = { slotsOut: slots, slotsIn: slots };
  try {
    await door.introduce({ owner: "Olga", label: "source", home: source, sharePath: "/Media", share: "Media", limits });
    const inbox = { sharePath: "/Inbox", inboxPath: "/Inbox" };
    await door.introduce({ owner: "Rita", label: "home", home: destination, ...inbox, limits });
  } finally {
    await door.close();
  }
}

/** On the database and with the key of a core that runs. */
export async function openDoorTo({ dataFolder }: Installation): Promise<Door> {
  const database = await findRunningDatabase(dataFolder);
  if (!database) throw new Error("the core's database does not run");
  return openDoor(composeOptions(database, join(dataFolder, "master.key")));
}

async function untilScanned({ api }: CoreProcess, files: number): Promise<void> {
  await until(async () => {
    const { shares } = await api.shares.list(consoleContext("Rita"), {});
    return shares[0]?.files === files ? true : undefined;
  });
}

/** The time of the end is told: to ask more often would only take from what is measured. */
const pollMs = 500;
let asked = 0;

async function pull({ api }: CoreProcess, name: string): Promise<PullFigures> {
  const reader = consoleContext("Rita");
  const { items } = await api.catalog.browse(reader, { where: "Media" });
  const ref = items.find((item) => item.name === name)?.ref;
  if (ref === undefined) throw new Error(`the catalog does not show ${name}`);
  asked += 1;
  const startedAtMs = Date.now();
  const started = await api.transfers.pull(reader, { what: [ref], to: "home", requestId: `bench pull ${asked}` });
  for (;;) {
    const { pull: seen } = await api.transfers.show(reader, { pull: started.pull.ref });
    if (seen.finishedAt !== null) {
      if (seen.state === "done") return { tookMs: Math.max(1, Date.parse(seen.finishedAt) - startedAtMs) };
      throw new Error(
        `the pull of ${name} ended ${seen.state}: ${seen.reason?.code}, ${seen.filesFailed} files failed`,
      );
    }
    await delay(pollMs);
  }
}
