// The search part of `npm run bench`: how soon the first page and the offered words come, on catalogs of one and of ten
// million made names, next to what plocate and SQLite do with the same names.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "../../../core/platform/db.ts";
import type { Part, Pieces, Size } from "../report.ts";
import { createAsker, serversSeen } from "./ask.ts";
import { catalogBytes } from "./catalog-bytes.ts";
import type { Cluster, ClusterKind } from "./databases.ts";
import { startCluster } from "./databases.ts";
import type { CatalogSize } from "./load.ts";
import { isLoaded, loadCatalog } from "./load.ts";
import { buildFts, buildPlocate } from "./peers.ts";
import { makeQuestions, sampleNames } from "./questions.ts";
import type { Results } from "./results.ts";
import { createResults } from "./results.ts";
import { countPartitions } from "./scaling.ts";
import { countTypos } from "./typos.ts";

interface Case extends CatalogSize {
  /** Begins the names of its pieces. */
  name: string;
  kind: ClusterKind;
  seen: readonly number[];
  /** Compared with other programs too. */
  hasPeers: boolean;
}

const million = 1_000_000;
const cases: Record<Size, readonly Case[]> = {
  smoke: [{ name: "small", kind: "embedded", files: 5_000, servers: 10, seen: [4], hasPeers: false }],
  full: [
    { name: "1m embedded", kind: "embedded", files: million, servers: 40, seen: [8, 24], hasPeers: true },
    { name: "1m system", kind: "system", files: million, servers: 40, seen: [24], hasPeers: false },
    { name: "10m embedded", kind: "embedded", files: 10 * million, servers: 500, seen: [8, 24, 100], hasPeers: true },
    { name: "10m few servers", kind: "embedded", files: 10 * million, servers: 40, seen: [24], hasPeers: false },
    { name: "10m system", kind: "system", files: 10 * million, servers: 500, seen: [8, 24, 100], hasPeers: false },
  ],
};
const questionsEach = { smoke: 2, full: 40 };
const typosAsked = { smoke: 5, full: 300 };

/** Grows when made names or the tables change: kept databases of another version are not used. */
const keptVersion = 1;
const keptFolder = join(import.meta.dirname, "../../../node_modules/.cache/fonshare/bench", `search-${keptVersion}`);

const peersOf = ({ name }: Case) => `${name}, peers`;

export const part: Part = {
  name: "search",
  pieces: [...cases.smoke, ...cases.full].flatMap((one) => (one.hasPeers ? [one.name, peersOf(one)] : [one.name])),
  async measure(size, tell, pieces) {
    const temporary = mkdtempSync(join(tmpdir(), "fonshare-bench-search-"));
    const results = createResults();
    const clusters = new Map<ClusterKind, Cluster | undefined>();
    try {
      for (const one of cases[size].filter((each) => pieces.wants(each.name) || pieces.wants(peersOf(each)))) {
        if (!clusters.has(one.kind)) {
          const folder = size === "full" ? join(keptFolder, one.kind) : join(temporary, one.kind);
          mkdirSync(folder, { recursive: true, mode: 0o755 });
          clusters.set(one.kind, await startCluster(one.kind, folder));
        }
        const cluster = clusters.get(one.kind);
        if (cluster) await measureCase(cluster, one, size, { results, temporary, tell, pieces });
        else results.leaveOut(one.kind);
      }
      return results.tables();
    } finally {
      for (const cluster of clusters.values()) await cluster?.stop();
      rmSync(temporary, { recursive: true, force: true });
    }
  },
};

interface Means {
  results: Results;
  temporary: string;
  tell: (line: string) => void;
  pieces: Pieces;
}

/** What its pieces give are rows of tables that all catalogs share: they are given at the end. */
async function measureCase(cluster: Cluster, one: Case, size: Size, means: Means): Promise<void> {
  const { pieces, tell } = means;
  const title = `${one.files.toLocaleString("en")} files on ${one.servers} servers, ${cluster.version}`;
  const name = `catalog_${one.files}_${one.servers}`;
  await pieces.measure(one.name, async () => {
    await withLoaded(cluster, name, one, tell, (database) => measureSearches(database, { ...one, title }, size, means));
    return [];
  });
  if (!one.hasPeers) return;
  await pieces.measure(peersOf(one), async () => {
    await withLoaded(cluster, name, one, tell, (database) => measurePeers(database, { ...one, title }, size, means));
    return [];
  });
}

async function withLoaded(
  cluster: Cluster,
  name: string,
  size: CatalogSize,
  tell: (line: string) => void,
  work: (database: Database) => Promise<void>,
): Promise<void> {
  const database = await openLoaded(cluster, name, size, (line) => tell(`${name}: ${line}`));
  try {
    await work(database);
  } finally {
    await database.close();
  }
}

type Titled = Case & { title: string };

function askAs(database: Database, one: Titled, count: number, size: Size) {
  const seen = serversSeen(one, count);
  const sample = sampleNames(one, seen);
  const questions = makeQuestions(sample, questionsEach[size]);
  return { seen, sample, questions, asker: createAsker(database, seen), place: { title: one.title, seen: count } };
}

async function measureSearches(
  database: Database,
  one: Titled,
  size: Size,
  { results, tell }: Pick<Means, "results" | "tell">,
): Promise<void> {
  results.addBytes(one.title, await catalogBytes(database));
  for (const count of one.seen) {
    const { seen, sample, questions, asker, place } = askAs(database, one, count, size);
    await results.addSearches(place, questions, asker);
    await results.addCompletions(place, questions, asker);
    results.addTypos(place, await countTypos(asker, sample, typosAsked[size]));
    results.addPartitions(place, await countPartitions(database, seen));
    tell(`${one.title}: asked as somebody who sees ${count} servers`);
  }
}

async function openLoaded(
  cluster: Cluster,
  name: string,
  size: CatalogSize,
  tell: (line: string) => void,
): Promise<Database> {
  const database = await cluster.open(name, 4);
  if (await isLoaded(database, size)) return database;
  await database.close();
  // What an interrupted load left is of no use.
  await cluster.drop(name);
  const fresh = await cluster.open(name, 4);
  await loadCatalog(fresh, size, tell);
  return fresh;
}

async function measurePeers(
  database: Database,
  one: Titled,
  size: Size,
  { results, temporary, tell }: Pick<Means, "results" | "temporary" | "tell">,
): Promise<void> {
  const { seen, questions, asker, place } = askAs(database, one, one.seen[0] ?? 1, size);
  const folder = mkdtempSync(join(temporary, "peers-"));
  const plocate = await buildPlocate(one, folder);
  if (!plocate) results.leaveOut("plocate");
  const peers = [...(plocate ? [plocate] : []), ...buildFts(one, folder, seen)];
  tell(`${one.title}: other programs have the same names`);
  try {
    await results.comparePeers(place, questions, asker, peers);
  } finally {
    for (const peer of peers.toReversed()) peer.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
