import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { arrangements, waysBetween } from "../arrangements.ts";
import { createBench, on, once } from "../fixtures.ts";
import type { FxpLimits, PairArrangement, PairState, PairTransfer } from "../types.ts";
import type { EndOptions, Pair } from "./scripted-pair.ts";
import { bytes, makePair as makeScriptedPair, watchful, way } from "./scripted-pair.ts";

const bench = createBench();
const clearWays = arrangements.filter(({ data }) => data === "clear");

afterEach(() => bench.clear());

const makePair = (from: EndOptions = {}, to: EndOptions = {}) => makeScriptedPair(bench, from, to);
const areOpen = ({ source, destination }: Pair) => [!source.closed, !destination.closed];

const waysOf = ({ source, destination }: Pair) =>
  waysBetween(source, destination, { direct: true, clear: true, relay: false }).ways as PairArrangement[];

describe("a transfer", () => {
  test.each(clearWays)("$id", async (arrangement) => {
    const pair = await makePair();
    await pair.run({ arrangement }, {});
    expect((await pair.arrived()).equals(bytes)).toBe(true);
    expect(pair.states.slice(0, 2)).toEqual(["addressing", "opening"]);
    expect(pair.states.at(-1)).toBe("done");
    // The same sessions serve the next file.
    await pair.run({ arrangement, destinationPath: "/b.part" }, {});
    expect((await readFile(join(pair.to.root, "b.part"))).equals(bytes)).toBe(true);
    // A tiny file is not asked about.
    expect(pair.looks()).toBe(0);
  });

  test("the source is asked only once the destination has agreed; a passive destination cannot say so before", async () => {
    const sent = async (id: string) => {
      const order: string[] = [];
      const note = (name: string): EndOptions => ({
        override: ({ verb }) => void (/RETR|STOR/.test(verb) && order.push(`${name} ${verb}`)),
      });
      const pair = await makePair(note("source"), note("destination"));
      await pair.run({ arrangement: way(id) });
      return order;
    };
    expect(await sent("source-pasv")).toEqual(["destination STOR", "source RETR"]);
    expect((await sent("destination-pasv")).sort()).toEqual(["destination STOR", "source RETR"]);
  });

  test("IPv6", async () => {
    const pair = await makePair({ address: "::1" }, { address: "::1" });
    const possible = waysOf(pair);
    expect(possible.map(({ id }) => id)).toEqual(["source-epsv", "destination-epsv"]);
    for (const arrangement of possible) {
      await pair.run({ arrangement });
      expect((await pair.arrived()).equals(bytes)).toBe(true);
    }
  });

  test("progress is the size over the third connection", async () => {
    const pair = await makePair({ rateBytesPerS: 400_000 });
    await pair.run();
    expect(pair.seen.length).toBeGreaterThan(2);
    expect(pair.seen).toEqual([...pair.seen].sort((a, b) => a - b));
    expect(pair.states).toEqual(["addressing", "opening", "moving", "finishing", "done"]);
    expect((await pair.arrived()).equals(bytes)).toBe(true);
  });

  test("resume", async () => {
    const pair = await makePair();
    await writeFile(join(pair.to.root, "a.part"), bytes.subarray(0, 123_457));
    await pair.run({ offsetBytes: 123_457 });
    expect((await pair.arrived()).equals(bytes)).toBe(true);
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
    ["source-pasv", "source", "PASV", "227 Yes", "fxp.refused-by-source"],
    ["source-epsv", "source", "EPSV", "229 Entering Extended Passive Mode (|||22|)", "fxp.refused-by-source"],
    ["destination-pasv", "destination", "PASV", "200 Fine", "fxp.refused-by-destination"],
    ["source-pasv", "destination", "STOR", "553 Could not create file.", "inbox.refused"],
    ["source-pasv", "destination", "STOR", "452 No space left on device", "inbox.no-space"],
  ])("%s: %s says to %s: %s", async (id, side, verb, text, code) => {
    const faulty = { override: on(verb, text) };
    const pair = await makePair(side === "source" ? faulty : {}, side === "destination" ? faulty : {});
    await expect(pair.run({ arrangement: way(id) })).rejects.toMatchObject({ code });
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
    expect((await pair.arrived()).equals(bytes)).toBe(true);
  });

  // A command that is overridden does not use up what REST said, as on some daemons.
  test.each<[string, EndOptions, EndOptions, Partial<PairTransfer>]>([
    ["both, STOR is refused", {}, { override: once("STOR", "553 Not now.") }, { offsetBytes: 5 }],
    ["the source, STOR is refused", {}, { override: once("STOR", "553 Not now.") }, { sourceOffsetBytes: 300_000 }],
    ["the destination, the source refuses REST", { override: once("REST", "502 Not now.") }, {}, { offsetBytes: 5 }],
  ])("a REST that was taken by %s, is not there for what comes next", async (_, from, to, changes) => {
    const pair = await makePair(from, to);
    await expect(pair.run(changes)).rejects.toThrow();
    expect(areOpen(pair)).toEqual([true, true]);
    await pair.run();
    expect((await pair.arrived()).equals(bytes)).toBe(true);
  });

  test("a REST that cannot be taken back costs the session", async () => {
    const rest: EndOptions["override"] = ({ verb, argument }) =>
      verb === "REST" && argument === "0" ? "501 No." : undefined;
    const pair = await makePair({ override: rest }, { override: once("STOR", "553 Not now.") });
    await expect(pair.run({ offsetBytes: 5 })).rejects.toMatchObject({ code: "inbox.refused" });
    await expect(pair.source.readBlock("/a.bin", 0, 10)).rejects.toMatchObject({ code: "server.protocol" });
    expect(areOpen(pair)).toEqual([false, true]);
  });

  test("after a refusal the other way round works with the same sessions", async () => {
    const pair = await makePair({}, { override: on("PORT", "500 Illegal PORT command.") });
    const [first, second] = waysOf(pair) as [PairArrangement, PairArrangement];
    await expect(pair.run({ arrangement: first })).rejects.toMatchObject({
      code: "fxp.refused-by-destination",
    });
    await pair.run({ arrangement: second });
    expect((await pair.arrived()).equals(bytes)).toBe(true);
  });
});

describe("failures after that close both sessions", () => {
  test.each<[string, EndOptions, EndOptions, string, Partial<FxpLimits>?]>([
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
    const faulty: EndOptions = {
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
    expect((await pair.arrived()).length).toBeLessThan(bytes.length);
  });

  test("a passive source that refuses its peer before it is asked for the file (pyftpdlib)", async () => {
    const early: EndOptions = {
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

  test.each([
    ["PASV", "425 Rejected data connection."],
    ["REST", "425 Rejected data connection.\r\n350 Restarting at 5."],
  ])("the same before or while it is told where to begin (%s): that is no word about REST", async (verb, text) => {
    const early: EndOptions = {
      override: (command) => {
        if (command.verb !== verb) return undefined;
        return verb === "REST" ? text : { replies: (own) => `${own}\r\n${text}\r\n` };
      },
    };
    const pair = await makePair(early);
    const running = pair.run({ offsetBytes: 5 });
    await expect(running).rejects.toMatchObject({ code: "fxp.refused-by-source", params: {} });
    expect(pair.to.server.commands).not.toContain("STOR");
    expect(areOpen(pair)).toEqual([false, false]);
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
