import { randomBytes } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { systemClock } from "../../platform/clock.ts";
import { arrangements, possibleArrangements } from "../arrangements.ts";
import type { ScriptedEnd } from "../fixtures.ts";
import { createBench, on } from "../fixtures.ts";
import type { FxpLimits, PairState, PairTransfer, Session } from "../types.ts";
import { createFxp } from "./pair.ts";

type Options = NonNullable<Parameters<ReturnType<typeof createBench>["start"]>[0]>;

const bench = createBench();
const bytes = randomBytes(300_000);
/** Looks often; nothing ends by a limit unless a test says so. */
const watchful: Partial<FxpLimits> = { firstPollMs: 10, pollMs: 20 };

afterEach(() => bench.clear());

interface Pair {
  from: ScriptedEnd;
  to: ScriptedEnd;
  source: Session;
  destination: Session;
  states: PairState[];
  seen: number[];
  looks(): number;
  run(changes?: Partial<PairTransfer>, limits?: Partial<FxpLimits>): Promise<unknown>;
}

async function makePair(fromOptions: Options = {}, toOptions: Options = {}): Promise<Pair> {
  const from = await bench.start({ address: "127.0.0.2", ...fromOptions });
  const to = await bench.start({ address: "127.0.0.3", ...toOptions });
  await writeFile(join(from.root, "a.bin"), bytes);
  const source = await bench.connect(from.target, "fxp");
  const destination = await bench.connect(to.target, "fxp");
  const third = await bench.connect(to.target);
  const states: PairState[] = [];
  const seen: number[] = [];
  let looked = 0;
  const base: PairTransfer = {
    source,
    destination,
    sourcePath: "/a.bin",
    destinationPath: "/a.part",
    offsetBytes: 0,
    arrangement: arrangements[0] as PairTransfer["arrangement"],
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
  return { from, to, source, destination, states, seen, looks: () => looked, run };
}

const arrived = ({ to }: Pair) => readFile(join(to.root, "a.part"));
const areOpen = ({ source, destination }: Pair) => [!source.closed, !destination.closed];

describe("a transfer", () => {
  test.each(arrangements)("$id", async (arrangement) => {
    const pair = await makePair();
    await pair.run({ arrangement }, {});
    expect((await arrived(pair)).equals(bytes)).toBe(true);
    expect(pair.states.slice(0, 2)).toEqual(["addressing", "opening"]);
    expect(pair.states.at(-1)).toBe("done");
    // The same sessions serve the next file.
    await pair.run({ arrangement, destinationPath: "/b.part" }, {});
    expect((await readFile(join(pair.to.root, "b.part"))).equals(bytes)).toBe(true);
    // A tiny file is not asked about.
    expect(pair.looks()).toBe(0);
  });

  test("the source is asked only once the destination has agreed; a passive destination cannot say so before", async () => {
    const sent = async (index: number) => {
      const order: string[] = [];
      const note = (name: string): Options => ({
        override: ({ verb }) => void (/RETR|STOR/.test(verb) && order.push(`${name} ${verb}`)),
      });
      const pair = await makePair(note("source"), note("destination"));
      await pair.run({ arrangement: arrangements[index] as PairTransfer["arrangement"] });
      return order;
    };
    expect(await sent(0)).toEqual(["destination STOR", "source RETR"]);
    expect((await sent(1)).sort()).toEqual(["destination STOR", "source RETR"]);
  });

  test("IPv6", async () => {
    const pair = await makePair({ address: "::1" }, { address: "::1" });
    const possible = possibleArrangements(pair.source, pair.destination);
    expect(possible.map(({ id }) => id)).toEqual(["source-epsv", "destination-epsv"]);
    for (const arrangement of possible) {
      await pair.run({ arrangement });
      expect((await arrived(pair)).equals(bytes)).toBe(true);
    }
  });

  test("progress is the size over the third connection", async () => {
    const pair = await makePair({ rateBytesPerS: 400_000 });
    await pair.run();
    expect(pair.seen.length).toBeGreaterThan(2);
    expect(pair.seen).toEqual([...pair.seen].sort((a, b) => a - b));
    expect(pair.states).toEqual(["addressing", "opening", "moving", "finishing", "done"]);
    expect((await arrived(pair)).equals(bytes)).toBe(true);
  });

  test("resume", async () => {
    const pair = await makePair();
    await writeFile(join(pair.to.root, "a.part"), bytes.subarray(0, 123_457));
    await pair.run({ offsetBytes: 123_457 });
    expect((await arrived(pair)).equals(bytes)).toBe(true);
    expect(pair.from.server.commands).toContain("REST");
  });
});

describe("refusals before anything is sent leave both sessions open", () => {
  test.each([
    ["source-pasv", "destination", "PORT", "500 Illegal PORT command.", "fxp.refused-by-destination"],
    [
      "destination-pasv",
      "source",
      "PORT",
      "501 Rejected data connection to foreign address 127.0.0.82:40000.",
      "fxp.refused-by-source",
    ],
    ["source-epsv", "destination", "EPRT", "500 Illegal EPRT command.", "fxp.refused-by-destination"],
    ["source-pasv", "destination", "PORT", "425 Can't connect to specified address.", "fxp.refused-by-destination"],
    ["source-pasv", "source", "PASV", "550 SSL/TLS required on the data channel.", "fxp.refused-by-source"],
    ["source-pasv", "source", "PASV", "227 Entering Passive Mode (8,8,8,8,164,16)", "fxp.refused-by-source"],
    ["source-pasv", "destination", "STOR", "553 Could not create file.", "inbox.refused"],
    ["source-pasv", "destination", "STOR", "452 No space left on device", "inbox.no-space"],
  ])("%s: %s says to %s: %s", async (id, side, verb, text, code) => {
    const faulty = { override: on(verb, text) };
    const pair = await makePair(side === "source" ? faulty : {}, side === "destination" ? faulty : {});
    const arrangement = arrangements.find((candidate) => candidate.id === id) as PairTransfer["arrangement"];
    await expect(pair.run({ arrangement })).rejects.toMatchObject({ code });
    expect(areOpen(pair)).toEqual([true, true]);
    expect(pair.states.at(-1)).toBe("failed");
    expect(pair.from.server.commands).not.toContain("RETR");
  });

  test("REST refused says why, and the file can still be fetched from its beginning", async () => {
    const pair = await makePair({}, { override: on("REST", "502 REST not implemented.") });
    await expect(pair.run({ offsetBytes: 5 })).rejects.toMatchObject({
      code: "fxp.refused-by-destination",
      params: { why: "resume" },
    });
    await pair.run();
    expect((await arrived(pair)).equals(bytes)).toBe(true);
  });

  test("after a refusal the other way round works with the same sessions", async () => {
    const pair = await makePair({}, { override: on("PORT", "500 Illegal PORT command.") });
    const [first, second] = possibleArrangements(pair.source, pair.destination);
    await expect(pair.run({ arrangement: first as PairTransfer["arrangement"] })).rejects.toMatchObject({
      code: "fxp.refused-by-destination",
    });
    await pair.run({ arrangement: second as PairTransfer["arrangement"] });
    expect((await arrived(pair)).equals(bytes)).toBe(true);
  });
});

describe("failures after that close both sessions", () => {
  test.each<[string, Options, Options, string, Partial<FxpLimits>?]>([
    ["the file is gone", { override: on("RETR", "550 Failed to open file.") }, {}, "file.gone"],
    ["the file may not be read", { override: on("RETR", "550 x: Permission denied") }, {}, "file.unreadable"],
    [
      "the passive source refuses its peer",
      { override: on("RETR", "425 Security: Bad IP connecting.") },
      {},
      "fxp.refused-by-source",
    ],
    ["the passive source never answers", { override: on("RETR", "") }, {}, "fxp.refused-by-source", { openingMs: 200 }],
    ["the destination never answers", {}, { override: on("STOR", "") }, "fxp.refused-by-source", { openingMs: 200 }],
    [
      "the data stalls",
      { override: on("RETR", { data: { afterBytes: 1000, how: "stall" } }) },
      {},
      "fxp.stalled",
      { stallMs: 200 },
    ],
    ["the data is reset", { override: on("RETR", { data: { afterBytes: 1000, how: "reset" } }) }, {}, "fxp.cut"],
    [
      "the second final reply never comes",
      { override: on("RETR", { replies: (text) => (text.startsWith("226") ? undefined : text) }) },
      {},
      "fxp.stalled",
      { lingerMs: 200 },
    ],
    [
      "the disk is full",
      {},
      { override: on("STOR", { replies: (text) => text.replace(/^226.*/, "451 Failure writing to local file.") }) },
      "inbox.no-space",
    ],
    ["a busy source", { override: on("RETR", "421 Too many") }, {}, "server.busy"],
  ])("%s", async (_, from, to, code, limits) => {
    const pair = await makePair(from, to);
    await expect(pair.run({}, { ...watchful, ...limits })).rejects.toMatchObject({ code });
    expect(areOpen(pair)).toEqual([false, false]);
    expect(pair.states.at(-1)).toBe("failed");
  });

  test.each(["source", "destination"] as const)("the %s hangs up in the middle", async (side) => {
    const faulty: Options = {
      rateBytesPerS: 100_000,
      override: (command) =>
        /RETR|STOR/.test(command.verb)
          ? {
              replies: (text) => {
                if (text.startsWith("150")) queueMicrotask(() => command.session.dropControl());
                return text;
              },
            }
          : undefined,
    };
    const pair = await makePair(side === "source" ? faulty : {}, side === "destination" ? faulty : {});
    await expect(pair.run()).rejects.toMatchObject({ code: "fxp.cut" });
    expect(areOpen(pair)).toEqual([false, false]);
  });

  test("a session that the server has dropped meanwhile is a cut", async () => {
    const pair = await makePair(
      {},
      {
        override: (command) => (command.verb === "PORT" ? { before: () => command.session.dropControl() } : undefined),
      },
    );
    await expect(pair.run()).rejects.toMatchObject({ code: "fxp.cut" });
    expect(areOpen(pair)).toEqual([false, false]);
  });

  test("both say 226 for half a file: that is for the caller to see", async () => {
    const pair = await makePair({ override: on("RETR", { data: { afterBytes: 1000, how: "end" } }) });
    await pair.run();
    expect((await arrived(pair)).length).toBeLessThan(bytes.length);
  });

  test("a passive source that refuses its peer before it is asked for the file (pyftpdlib)", async () => {
    const early: Options = {
      override: (command) =>
        command.verb === "PASV"
          ? { after: () => command.session.say("425 Rejected data connection from foreign address 127.0.0.3:4.") }
          : undefined,
    };
    const pair = await makePair(early);
    await expect(pair.run({}, {})).rejects.toMatchObject({ code: "fxp.refused-by-source" });
    expect(pair.from.server.commands).not.toContain("RETR");
    expect(areOpen(pair)).toEqual([false, false]);
  });

  test("sessions that insist on protected data are refused at once", async () => {
    const pair = await makePair();
    const shielded = Object.create(pair.source, { dataProtection: { value: "protected" } }) as Session;
    expect(possibleArrangements(shielded, pair.destination)).toEqual([]);
    await expect(pair.run({ source: shielded })).rejects.toMatchObject({ code: "fxp.refused-by-source" });
  });
});

describe("an abort", () => {
  test("in the middle stops both servers and gives its reason", async () => {
    const pair = await makePair({ rateBytesPerS: 50_000 });
    const abort = new AbortController();
    const onProgress = (size: number) => void (size > 0 && abort.abort(new Error("paused")));
    await expect(pair.run({ signal: abort.signal, onProgress }, watchful)).rejects.toThrow("paused");
    expect(areOpen(pair)).toEqual([false, false]);
    expect(pair.states.at(-1)).toBe("aborted");
    await expect.poll(() => pair.from.server.commands).toContain("ABOR");
    expect((await stat(join(pair.to.root, "a.part"))).size).toBeLessThan(bytes.length);
  });

  test("during the addressing", async () => {
    const abort = new AbortController();
    const pair = await makePair({
      override: on("PASV", { before: () => abort.abort(new Error("cancelled")), replies: () => undefined }),
    });
    await expect(pair.run({ signal: abort.signal })).rejects.toThrow("cancelled");
    expect(areOpen(pair)).toEqual([false, false]);
    expect(pair.states.at(-1)).toBe("aborted");
  });

  test("before anything", async () => {
    const pair = await makePair();
    await expect(pair.run({ signal: AbortSignal.abort(new Error("cancelled")) })).rejects.toThrow("cancelled");
    expect(pair.from.server.commands).not.toContain("PASV");
  });
});

test("a size that is being asked is waited for, and never asked twice at a time: its connection is free afterwards", async () => {
  const pair = await makePair({ rateBytesPerS: 2_000_000 });
  const { promise: isDone, resolve: tellDone } = Promise.withResolvers<void>();
  let looks = 0;
  let isAnswered = false;
  const sizeOf = async () => {
    looks += 1;
    await isDone;
    await new Promise((resolve) => setImmediate(resolve));
    isAnswered = true;
    return bytes.length;
  };
  const onState = (state: PairState) => state === "done" && tellDone();
  await pair.run({ sizeOf, onState });
  expect([looks, isAnswered]).toEqual([1, true]);
});
