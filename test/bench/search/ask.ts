// Asks a catalog what people ask, as the bot's commands do it, and times it.
import { corrections } from "../../../core/catalog/correct.ts";
import { createCatalog } from "../../../core/catalog/index.ts";
import { createSight } from "../../../core/catalog/sight.ts";
import { createCommonWords } from "../../../core/catalog/store/words.ts";
import { systemClock } from "../../../core/platform/clock.ts";
import type { Database } from "../../../core/platform/db.ts";
import type { VisibleShare } from "../../../core/shares/index.ts";
import type { CatalogSize } from "./load.ts";

export interface Times {
  p50: number;
  p95: number;
  max: number;
}

/** A typo is found when the word that was meant is among so many. */
const wordsJudged = 3;

export type Asker = ReturnType<typeof createAsker>;

/** Servers that a person sees: spread evenly over all. */
export function serversSeen({ servers }: CatalogSize, seen: number): number[] {
  return Array.from({ length: seen }, (_, i) => 1 + Math.floor((i * servers) / seen));
}

/** A person in the chat who sees all of these servers. */
export function createAsker(database: Database, serverIds: readonly number[]) {
  const shares = serverIds.map(shareOf);
  const { db } = database;
  const deps = { db, clock: systemClock, shares: { visible: async () => shares } };
  const findDeps = { ...deps, commonWords: createCommonWords(systemClock) };
  const sight = createSight(shares);
  const catalog = createCatalog(deps);
  const person = { id: 1, displayName: "Person 1", language: "en" as const };
  const room = { platform: "console", roomId: "bench", kind: "private", title: "", isAdmin: true } as const;
  return {
    search: (query: string) => catalog.search(person, room, { query }),
    suggest: (query: string) => catalog.suggest(person, room, { query }),
    latest: () => catalog.latest(person, room, {}),
    corrections: (word: string) => corrections(findDeps, sight, { word, isPrefix: true }, wordsJudged),
    isKnown: async (word: string) => {
      const { total, corrected } = await catalog.search(person, room, { query: word });
      return total > 0 && corrected === null;
    },
  };
}

export function shareOf(serverId: number): VisibleShare {
  const owner = { ownerId: serverId, ownerName: `Person ${serverId}` };
  const share = { id: serverId, groupId: 1, name: `Share ${serverId}`, path: "", serverId, ...owner };
  return { ...share, policy: {} } as unknown as VisibleShare;
}

/** Each question once unmeasured, so that everything it needs is in memory, then once measured. */
export async function time(
  questions: readonly string[],
  ask: (question: string) => Promise<unknown>,
): Promise<number[]> {
  for (const question of questions) await ask(question);
  const times: number[] = [];
  for (const question of questions) {
    const startedAt = performance.now();
    await ask(question);
    times.push(performance.now() - startedAt);
  }
  return times;
}

export function spread(times: readonly number[]): Times {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}
