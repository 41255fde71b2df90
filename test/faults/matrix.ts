// Every command, every fault, every way: all of it, or a part that is drawn by a seed.
import type { Course } from "./courses.ts";
import type { Fault } from "./faults.ts";
import { countFor, faults } from "./faults.ts";
import type { Result, Side, Stage, Trial } from "./stage.ts";
import { createStage } from "./stage.ts";

/** One thing that went wrong in one pull, and what came of it. */
export interface Entry extends Result {
  course: string;
  arrangement: string;
  side: Side;
  fault: string;
  nth: number;
  elapsedMs: number;
}

export interface Wanted {
  course: Course;
  /** With faults that end the core, or without. */
  kills: boolean;
  /** So many trials, drawn by the course's name; without it all. */
  sample?: number;
  onEntry?: (entry: Entry) => void;
}

const sides = ["source", "destination"] as const;

export interface Played {
  entries: Entry[];
  /** How many trials there are, as far as an undisturbed pull tells. */
  possible: number;
}

/** @throws when a pull fails in which nothing went wrong */
export async function playMatrix({ course, kills, sample, onEntry }: Wanted): Promise<Played> {
  const theatre = openTheatre(course, kills, onEntry);
  try {
    const usable = faults.filter((fault) => (fault.killsCore === true) === kills);
    return sample === undefined
      ? await playAll(theatre, course, usable)
      : await playSome(theatre, course, usable, sample);
  } finally {
    await theatre.close();
  }
}

/** A stage; a fresh one after a promise was broken on it, so that one loss is not counted twice. */
function openTheatre(course: Course, apart: boolean, onEntry: Wanted["onEntry"]) {
  let stage: Promise<Stage> | undefined;
  const current = () => {
    stage ??= createStage(course, apart);
    return stage;
  };
  const close = async () => {
    const old = stage;
    stage = undefined;
    await (await old)?.close();
  };
  return {
    current,
    close,
    async play(trial: Trial): Promise<Entry> {
      const startedAtMs = performance.now();
      const result = await (await current()).play(trial);
      const elapsedMs = Math.round(performance.now() - startedAtMs);
      if (result.broken.length > 0) await close();
      const { arrangement, side, nth, fault } = trial;
      const entry = { course: course.id, arrangement, side, fault: fault.id, nth, elapsedMs, ...result };
      onEntry?.(entry);
      return entry;
    },
  };
}

type Theatre = ReturnType<typeof openTheatre>;

/** The verbs of an undisturbed pull, by way. */
async function rehearseAll(theatre: Theatre, course: Course) {
  const stage = await theatre.current();
  const heard = new Map<string, Record<Side, readonly string[]>>();
  for (const arrangement of await stage.arrangements()) {
    const { verbs, took, result } = await stage.rehearse(arrangement);
    const isAsExpected = result.end === "done" && result.broken.length === 0 && (took ?? arrangement) === arrangement;
    if (!isAsExpected)
      throw new Error(`${course.id}, ${arrangement}: undisturbed it ended as ${JSON.stringify({ took, ...result })}`);
    heard.set(arrangement, verbs);
  }
  if (heard.size === 0) throw new Error(`${course.id}: the ladder has no way`);
  return heard;
}

async function playAll(theatre: Theatre, course: Course, usable: readonly Fault[]): Promise<Played> {
  const entries: Entry[] = [];
  const ways = [...(await rehearseAll(theatre, course)).keys()];
  for (const arrangement of ways) {
    for (const fault of usable) {
      for (const side of sides) {
        if (fault.only && fault.only !== side) continue;
        for (let nth = 1; ; nth += 1) {
          const entry = await theatre.play({ arrangement, side, fault, nth });
          if (entry.struck === undefined && entry.broken.length === 0) break;
          entries.push(entry);
        }
      }
    }
  }
  return { entries, possible: entries.length };
}

async function playSome(theatre: Theatre, course: Course, usable: readonly Fault[], sample: number): Promise<Played> {
  const all: Trial[] = [];
  for (const [arrangement, verbs] of await rehearseAll(theatre, course)) {
    for (const fault of usable) {
      for (const side of sides) {
        if (fault.only && fault.only !== side) continue;
        const count = countFor(fault, verbs[side]);
        for (let nth = 1; nth <= count; nth += 1) all.push({ arrangement, side, fault, nth });
      }
    }
  }
  const entries: Entry[] = [];
  for (const trial of draw(all, sample, course.id)) entries.push(await theatre.play(trial));
  const struck = entries.filter((entry) => entry.struck !== undefined || entry.broken.length > 0);
  return { entries: struck, possible: all.length };
}

/** Every fault on every side and every way is in it at least once, as far as `count` goes; the same each time. */
function draw(all: readonly Trial[], count: number, seed: string): Trial[] {
  const random = randomBy(seed);
  const shuffled = all
    .map((trial) => ({ trial, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ trial }) => trial);
  const seen = new Set<string>();
  const isNew = ({ fault, side, arrangement }: Trial) => {
    const before = seen.size;
    seen.add(`${fault.id}/${side}`).add(arrangement);
    return seen.size > before;
  };
  const firsts = shuffled.filter(isNew);
  const others = shuffled.filter((trial) => !firsts.includes(trial));
  return [...firsts, ...others].slice(0, count);
}

/** A linear congruential generator (Numerical Recipes): small, and the same on every machine. */
function randomBy(seed: string): () => number {
  let state = [...seed].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) >>> 0, 7);
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export function inWords({ course, arrangement, side, fault, nth, struck, end, broken }: Entry): string {
  return `${course} · ${arrangement}: ${fault} at ${side}'s command ${nth} (${struck}) → ${end}: ${broken.join("; ")}`;
}
