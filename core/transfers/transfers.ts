// What people do with pulls: plan, pull, look, pause, resume, cancel, retry. The work itself is the engine's.
import type { api, OutputOf, Pull, Room } from "#contract";
import type { Catalog } from "../catalog/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import { FonError } from "../platform/errors.ts";
import type { Person } from "../platform/handler.ts";
import { readRef } from "../platform/refs.ts";
import type { Servers } from "../servers/index.ts";
import { budgetLeft, estimateMs, sumBytes } from "./budget.ts";
import type { Choice } from "./choose.ts";
import { choose } from "./choose.ts";
import { placeFiles } from "./destination-path.ts";
import type { OutgoingPulls } from "./outgoing.ts";
import { createOutgoing } from "./outgoing.ts";
import type { Verb } from "./states.ts";
import type { Knowledge, WantedFile } from "./store/knowledge.ts";
import { createKnowledge } from "./store/knowledge.ts";
import type { PullStore } from "./store/pulls.ts";
import { createPullStore } from "./store/pulls.ts";
import { wakeLimited } from "./store/volume.ts";

export interface TransfersDeps {
  db: Db;
  clock: Clock;
  servers: Pick<Servers, "findInbox">;
  catalog: Pick<Catalog, "resolve" | "files">;
}

export type PullWish = { what: string[]; to?: string | undefined };
export type PullRequest = PullWish & { requestId: string };
type Plan = OutputOf<typeof api.transfers.plan>;

export interface Transfers {
  /** The dry run: changes nothing. @throws what `choose` throws */
  plan(person: Person, room: Room, wish: PullWish): Promise<Plan>;
  /**
   * Queues a pull; a repeated `requestId` gives the pull that it made before.
   * @throws what `choose` throws, `pull.nothing-to-do`, `pull.over-budget` {neededBytes, leftBytes}
   */
  pull(person: Person, room: Room, request: PullRequest): Promise<Pull>;
  list(person: Person, limit: number): Promise<Pull[]>;
  /** @throws `pull.unknown` */
  show(person: Person, ref: string): Promise<Pull>;
  /** @throws `pull.unknown`, `pull.wrong-state` {state} */
  change(person: Person, ref: string, verb: Verb): Promise<Pull>;
  /** What others take from this person's servers. */
  outgoing: OutgoingPulls;
  /** An owner changed the limits of a server: what waits for them is looked at again. */
  limitsChanged(tx: Tx, serverId: number, now: Date): Promise<void>;
}

export function createTransfers(deps: TransfersDeps): Transfers {
  const parts = { ...deps, pulls: createPullStore(deps.db), knowledge: createKnowledge(deps.db) };
  return {
    plan: async (person, room, wish) => plan(parts, await choose(parts, person, room, wish)),
    pull: (person, room, request) => pull(parts, person, room, request),
    list: (person, limit) => parts.pulls.latest(person.id, limit, deps.clock.now()),
    show: (person, ref) => show(parts, person, ref),
    change: (person, ref, verb) => change(parts, person, ref, verb),
    outgoing: createOutgoing(deps),
    limitsChanged: wakeLimited,
  };
}

interface Parts extends TransfersDeps {
  pulls: PullStore;
  knowledge: Knowledge;
}

function wanted(choice: Choice): WantedFile[] {
  return choice.files.map((file) => ({
    name: file.path.slice(file.path.lastIndexOf("/") + 1),
    sourceId: file.serverId,
    sourcePath: file.path,
    sizeBytes: file.sizeBytes,
  }));
}

async function plan({ pulls, knowledge }: Parts, choice: Choice): Promise<Plan> {
  const { destination } = choice;
  const files = wanted(choice);
  const held = await knowledge.heldAt(destination.id, files);
  const brought = await knowledge.broughtTo(destination.id, files);
  const there = files.filter((_, index) => held.has(index) || brought.has(index));
  const missing = files.filter((_, index) => !held.has(index) && !brought.has(index));
  const left = budgetLeft(destination.budgetBytes, await pulls.usedBytes(destination.id));
  return {
    what: choice.what,
    title: choice.title,
    from: choice.from,
    to: destination.label,
    files: files.length,
    bytes: sumBytes(files),
    alreadyThere: there.length,
    alreadyThereBytes: sumBytes(there),
    budgetLeftBytes: left,
    fits: left === null || sumBytes(missing) <= left,
    estimatedMs: estimateMs(missing, await knowledge.speedsInto(destination.id)),
  };
}

async function pull(parts: Parts, person: Person, room: Room, request: PullRequest): Promise<Pull> {
  // Before anything is looked up: the same request must mean the same pull, whatever was listed since.
  const before = await parts.pulls.byRequest(person.id, request.requestId);
  if (before !== undefined) return await view(parts, person, before);
  const choice = await choose(parts, person, room, request);
  const files = await missingFiles(parts, choice);
  const [first] = files;
  if (!first) throw new FonError("pull.nothing-to-do");
  const { destination, title } = choice;
  const made = { personId: person.id, groupId: first.groupId, destinationId: destination.id, title };
  const id = await parts.pulls.insert(
    { ...made, requestId: request.requestId, createdAt: parts.clock.now() },
    files,
    destination.budgetBytes,
    (leftBytes) =>
      new FonError("pull.over-budget", { neededBytes: sumBytes(files), leftBytes: Math.max(0, leftBytes) }),
  );
  return await view(parts, person, id);
}

/**
 * What the catalog knows at the destination is skipped. What an earlier pull brought is not: its owner may have moved
 * it away since, and the run ends at once where it still lies.
 */
async function missingFiles({ knowledge }: Parts, choice: Choice) {
  const held = await knowledge.heldAt(choice.destination.id, wanted(choice));
  const missing = choice.files.filter((_, index) => !held.has(index));
  const places = placeFiles(missing.map((file) => file.relativePath));
  return missing.map((file, index) => ({
    groupId: file.groupId,
    sourceId: file.serverId,
    sourcePath: file.path,
    destinationPath: places[index] ?? "",
    sizeBytes: file.sizeBytes,
    modifiedAt: file.modifiedAt,
  }));
}

async function view({ pulls, clock }: Parts, person: Person, id: number): Promise<Pull> {
  const found = await pulls.view(person.id, id, clock.now());
  if (!found) throw new FonError("pull.unknown");
  return found;
}

/** @throws `pull.unknown` */
function readPullRef(text: string): number {
  const ref = readRef(text);
  if (ref?.kind !== "p") throw new FonError("pull.unknown");
  return ref.id;
}

async function show(parts: Parts, person: Person, ref: string): Promise<Pull> {
  return await view(parts, person, readPullRef(ref));
}

async function change(parts: Parts, person: Person, ref: string, verb: Verb): Promise<Pull> {
  const id = readPullRef(ref);
  const isChanged = await parts.pulls.change(person.id, id, verb, parts.clock.now());
  const now = await view(parts, person, id);
  if (!isChanged) throw new FonError("pull.wrong-state", { state: now.state });
  return now;
}
