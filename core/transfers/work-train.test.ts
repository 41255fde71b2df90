// What is remembered of a pair of servers: whether trains go between them, how large their files may be, and how fast. And what
// becomes of the files of a train that is stopped.
import { expect, test } from "vitest";
import { systemClock } from "../platform/clock.ts";
import { FonError } from "../platform/errors.ts";
import type { Lease, Outcome } from "./lease.ts";
import { KnownShortage } from "./prepare.ts";
import type { Car } from "./train.ts";
import { leastLightBytes } from "./trains.ts";
import type { WorkDeps } from "./work-train.ts";
import { createTracks, workTrain } from "./work-train.ts";

const mebibyte = 1024 ** 2;

test("one file that went well opens a pair, and tells how large others may be", () => {
  const tracks = createTracks();
  tracks.notePace("1>2", { bytes: 4 * mebibyte, elapsedMs: 1_000 });
  expect([...tracks.known]).toEqual([]);
  tracks.noteFile("1>2", { bytes: 10, elapsedMs: 50 });
  expect(tracks.known.get("1>2")).toBe(leastLightBytes);
  tracks.notePace("1>2", { bytes: 4 * mebibyte, elapsedMs: 2_000 });
  expect(tracks.known.get("1>2")).toBe(2 * mebibyte);
  tracks.noteFile("1>2", undefined);
  expect(tracks.known.get("1>2")).toBe(2 * mebibyte);
});

test.each([
  ["a refusal", new FonError("fxp.refused-by-source"), true],
  ["too little room", new KnownShortage(), true],
  ["replies out of order", new FonError("server.protocol"), false],
  ["a cut", new FonError("fxp.cut"), false],
])("trouble closes it until a file goes well again, and %s says whether haste is to blame", (_, trouble, mayHurry) => {
  const tracks = createTracks();
  tracks.noteFile("1>2", undefined);
  tracks.noteTrouble("1>2", trouble);
  expect([tracks.known.has("1>2"), tracks.mayHurry("1>2"), tracks.mayHurry("1>3")]).toEqual([false, mayHurry, true]);
});

test("the pairs that are remembered are those of the last files", () => {
  const tracks = createTracks();
  for (let pair = 0; pair < 201; pair += 1) tracks.noteFile(`1>${pair}`, undefined);
  expect([tracks.known.size, tracks.known.has("1>0"), tracks.known.has("1>200")]).toEqual([200, false, true]);
});

test("while an engine stops, what has begun goes back with the rest, in one statement; what is lost is looked at alone", async () => {
  const stages = ["waiting", "ready", "begun", "moved", "alone"] as const;
  const carOf = (stage: Car["stage"], id: number, kind: "again" | "lost") =>
    ({ lease: { id }, signal: AbortSignal.abort({ kind } satisfies Outcome), stage, progress: {} }) as Car;
  const cars = [...stages.map((stage, id) => carOf(stage, id, "again")), carOf("moved", 9, "lost")];
  const given: number[][] = [];
  const giveBack = async (leases: readonly Lease[]) => {
    const ids = leases.map(({ id }) => id);
    given.push(ids);
    return new Set(ids);
  };
  const deps = {
    train: {
      knowledge: { ends: () => Promise.reject(new Error("no database")) },
      shares: { sight: async () => () => true },
    },
    tracks: createTracks(),
    queue: { trains: { giveBack } },
    clock: systemClock,
    persist: (write: () => Promise<unknown>) => write(),
    onEnded: () => undefined,
  };
  const left = await workTrain(deps as unknown as WorkDeps<Car>, cars);
  expect(given).toEqual([[0, 1, 2, 3, 4]]);
  expect(left.map(({ lease }) => lease.id)).toEqual([9]);
});
