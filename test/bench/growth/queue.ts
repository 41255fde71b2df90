// What the queue costs as lines become longer: the statements of a train between two servers, on a database of its own.
import type { Db } from "../../../core/platform/db.ts";
import { openDatabase } from "../../../core/platform/db.ts";
import { group, person, pull, server } from "../../../core/schema/index.ts";
import type { Lease } from "../../../core/transfers/lease.ts";
import { createPullStore } from "../../../core/transfers/store/pulls.ts";
import type { QueueStore } from "../../../core/transfers/store/queue.ts";
import { createQueueStore } from "../../../core/transfers/store/queue.ts";
import { leastBehind, leastLightBytes, mostFollowers, pairKey } from "../../../core/transfers/trains.ts";
import type { Cluster } from "../cluster.ts";
import { startCluster } from "../cluster.ts";
import type { Cell, Size, Table } from "../report.ts";
import { median, rounded } from "./spread.ts";

const lengths = { smoke: [600, 1_200], full: [2_000, 50_000, 200_000] };
/** Of each step. */
const times = { smoke: 2, full: 15 };
const slots = 4;

const steps = ["lease", "go on", "end", "look"] as const;
type Took = Record<(typeof steps)[number], number[]>;

export async function measureQueue(size: Size, tell: (line: string) => void): Promise<Table[]> {
  const cluster = await startCluster();
  const rows: Cell[][] = [];
  try {
    for (const files of lengths[size]) {
      const took = await measureLength(cluster, files, times[size]);
      rows.push([files, ...steps.map((step) => rounded(median(took[step])))]);
      tell(`lines of ${files} files were worked at`);
    }
  } finally {
    await cluster.stop();
  }
  return [
    {
      title: "What long lines cost",
      note: `Rita pulls so many small files from one server, ${slots} at a time, in trains; Sam as many between two others; and as many of Tom's wait for an hour to come from the server that Rita pulls from. Milliseconds, median of ${times[size]}: to lease what one free place takes, to lease what goes on in the place of a train (${leastBehind} files), to write the end of those, and to look at the pull.`,
      columns: ["files", ...steps.map((step) => `${step} ms`)],
      rows,
      plot: { kind: "line", x: "files", y: steps.map((step) => `${step} ms`), unit: "ms", isLogarithmic: true },
    },
  ];
}

async function measureLength(cluster: Cluster, files: number, count: number): Promise<Took> {
  const address = await cluster.make();
  const database = openDatabase(address, 2);
  try {
    const line = await fill(database.db, files);
    await cluster.settle();
    return await work(database.db, line, count);
  } finally {
    await database.close();
    await cluster.drop(address);
  }
}

interface Line {
  personId: number;
  pullId: number;
}

/** @returns Rita's */
async function fill(db: Db, files: number): Promise<Line> {
  const names = ["Olga", "Rita", "Sam", "Tom"];
  const people = names.map((displayName) => ({ displayName, language: "en" as const }));
  const [olga, ...pullers] = (await db.insert(person).values(people).returning()).map(({ id }) => id);
  const [club] = await db.insert(group).values({ name: "club" }).returning();
  if (olga === undefined || !club) throw new Error("nobody is there");
  const addServer = async (ownerId: number) => {
    const terms = { security: "plain" as const, state: "online" as const, hasInbox: true };
    const [made] = await db
      .insert(server)
      .values({ ownerId, label: crypto.randomUUID(), ...terms, slotsOut: 2 * slots, slotsIn: slots })
      .returning();
    return made?.id ?? 0;
  };
  const sources = [await addServer(olga), await addServer(olga)];
  const addLine = async (personId: number, from: number, dueInMinutes: number): Promise<Line> => {
    const asked = { personId, groupId: club.id, destinationId: await addServer(personId) };
    const [made] = await db
      .insert(pull)
      .values({ ...asked, requestId: "queue", title: "Media" })
      .returning();
    await db.$client`
      insert into transfer (pull_id, person_id, group_id, source_id, destination_id, source_path, destination_path, size_bytes,
        state, due_at)
      select ${made?.id ?? 0}, ${personId}, ${club.id}, ${sources[from] ?? 0}, ${asked.destinationId}, path, path, 4096,
        ${dueInMinutes > 0 ? "waiting" : "queued"}, now() + ${dueInMinutes} * interval '1 minute'
      from generate_series(1, ${files}) as n,
        lateral (select 'Media/folder ' || n / 40 || '/file ' || n || '.bin') p(path)`;
    return { personId, pullId: made?.id ?? 0 };
  };
  const [rita = 0, sam = 0, tom = 0] = pullers;
  await addLine(tom, 0, 60);
  await addLine(sam, 1, 0);
  return await addLine(rita, 0, 0);
}

async function work(db: Db, { personId, pullId }: Line, count: number): Promise<Took> {
  const queue = createQueueStore(db);
  const pulls = createPullStore(db);
  const took: Took = { lease: [], "go on": [], end: [], look: [] };
  const timed = async <T>(step: keyof Took, ask: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    const answer = await ask();
    took[step].push(performance.now() - startedAt);
    return answer;
  };
  const first = await lease(queue, []);
  const pairs = new Map(first.map((head) => [pairKey(head), leastLightBytes]));
  const held = new Map(first.map((head) => [head.id, carsOf(head)]));
  for (let nth = 0; nth < count; nth += 1) {
    const others = () => [...held.values()].flat();
    const cars = [...held.values()].find(([head]) => head?.personId === personId) ?? [];
    const [head] = cars;
    if (!head) throw new Error("the line is at its end");
    const request = { ...wish(others()), trains: { pairs, followers: mostFollowers }, files: leastBehind };
    const next = await timed("go on", () => queue.extend(head, request));
    if (next.length !== leastBehind) throw new Error(`a train went on with ${next.length} files`);
    await timed("end", () => queue.trains.finish(next.map(landed), new Date()));
    await timed("look", () => pulls.view(personId, pullId, new Date()));
    held.delete(head.id);
    await queue.trains.giveBack(cars, new Date());
    const [again] = await timed("lease", () => lease(queue, others(), pairs));
    if (again) held.set(again.id, carsOf(again));
  }
  return took;
}

const carsOf = (head: Lease) => [head, ...(head.followers ?? [])];
const landed = (lease: Lease) => ({ lease, arrangement: "plain", sizeBytes: lease.sizeBytes });

function wish(held: readonly Lease[]) {
  const now = new Date();
  return { owner: "bench", now, leaseUntil: new Date(now.getTime() + 60_000), except: held.map(({ id }) => id) };
}

async function lease(queue: QueueStore, held: readonly Lease[], pairs: ReadonlyMap<string, number> = new Map()) {
  return await queue.lease({ ...wish(held), places: 16, trains: { pairs, followers: mostFollowers } });
}
