// For the tests of pairs: two scripted servers, a file at the one, sessions with both, and a look from outside.
// Test support only.
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../../platform/clock.ts";
import { arrangements } from "../arrangements.ts";
import type { ScriptedEnd, TestBench } from "../fixtures.ts";
import type { FxpLimits, PairArrangement, PairState, PairTransfer, Session } from "../types.ts";
import { createFxp } from "./pair.ts";

export type EndOptions = NonNullable<Parameters<TestBench["start"]>[0]>;

export const bytes = randomBytes(300_000);
/** Looks often; nothing ends by a limit unless a test says so. */
export const watchful: Partial<FxpLimits> = { firstPollMs: 10, pollMs: 20 };

export interface Pair {
  from: ScriptedEnd;
  to: ScriptedEnd;
  source: Session;
  destination: Session;
  states: PairState[];
  seen: number[];
  looks(): number;
  /** Of the destination's new file. */
  arrived(): Promise<Buffer>;
  run(changes?: Partial<PairTransfer>, limits?: Partial<FxpLimits>): Promise<unknown>;
}

export function way(id: string): PairArrangement {
  const found = arrangements.find((candidate) => candidate.id === id);
  if (!found) throw new Error(`no arrangement ${id}`);
  return found;
}

/** @param fingerprint of the servers' certificate, when they have TLS */
export async function makePair(
  bench: TestBench,
  fromOptions: EndOptions = {},
  toOptions: EndOptions = {},
  fingerprint?: string,
): Promise<Pair> {
  const from = await bench.start({ address: "127.0.0.2", ...fromOptions });
  const to = await bench.start({ address: "127.0.0.3", ...toOptions });
  await writeFile(join(from.root, "a.bin"), bytes);
  const pinned = (end: ScriptedEnd) => ({
    ...end.target,
    ...(fingerprint && end.target.security !== "plain" && { fingerprint }),
  });
  const source = await bench.connect(pinned(from), "fxp");
  const destination = await bench.connect(pinned(to), "fxp");
  const third = await bench.connect(pinned(to));
  const states: PairState[] = [];
  const seen: number[] = [];
  let looked = 0;
  const base: PairTransfer = {
    source,
    destination,
    sourcePath: "/a.bin",
    destinationPath: "/a.part",
    offsetBytes: 0,
    arrangement: way("source-pasv"),
    signal: new AbortController().signal,
    sizeOf: () => {
      looked += 1;
      return third.size("/a.part");
    },
    onState: (state) => void states.push(state),
    onProgress: (size) => void seen.push(size),
  };
  const run = (changes: Partial<PairTransfer> = {}, limits: Partial<FxpLimits> = watchful) =>
    createFxp({ clock: systemClock, limits }).transfer({ ...base, ...changes });
  const arrived = () => readFile(join(to.root, "a.part"));
  return { from, to, source, destination, states, seen, looks: () => looked, arrived, run };
}
