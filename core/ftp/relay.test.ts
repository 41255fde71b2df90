// Relays between two scripted servers: bounds of memory, quota and rate, and ends that misbehave.
// That the daemons' files arrive is in contents.daemons.test.ts.
import { createHash, randomBytes } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { readFile, stat, writeFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { FtpServerOptions, Overridden, Override } from "../../demo/ftp-server/types.ts";
import { systemClock } from "../platform/clock.ts";
import { FonError } from "../platform/errors.ts";
import type { ScriptedEnd } from "./fixtures.ts";
import { createBench, makeCertificate, on, once } from "./fixtures.ts";
import type { RelayLimits } from "./relay.ts";
import { createRelay } from "./relay.ts";
import type { RelayTransfer, Session } from "./types.ts";

const bench = createBench();
const bytes = randomBytes(600_000);
let certificate: Awaited<ReturnType<typeof makeCertificate>>;

beforeAll(async () => {
  certificate = await makeCertificate();
});
afterEach(() => bench.clear());

const tls = () => ({ tls: { key: certificate.key, cert: certificate.cert, mode: "explicit" as const } });

interface Pair {
  from: ScriptedEnd;
  to: ScriptedEnd;
  source: Session;
  destination: Session;
}

async function pair(from: Partial<FtpServerOptions> = {}, to: Partial<FtpServerOptions> = {}): Promise<Pair> {
  const open = async (options: Partial<FtpServerOptions>) => {
    const end = await bench.start(options);
    const target = options.tls ? { ...end.target, fingerprint: certificate.fingerprint } : end.target;
    return { end, session: await bench.connect(target, "files", { timeouts: { replyMs: 1000 } }) };
  };
  const [source, destination] = [await open(from), await open(to)];
  await writeFile(join(source.end.root, "a"), bytes);
  return { from: source.end, to: destination.end, source: source.session, destination: destination.session };
}

function move(
  { source, destination }: Pair,
  changes: Partial<RelayTransfer> = {},
  limits: Partial<RelayLimits> = {},
  clock = systemClock,
) {
  return createRelay({ clock, limits: { stallMs: 1_500, lingerMs: 1_500, ...limits } }).transfer({
    source,
    destination,
    sourcePath: "/a",
    destinationPath: "/b",
    offsetBytes: 0,
    sizeBytes: bytes.length,
    signal: new AbortController().signal,
    ...changes,
  });
}

/** The connections that were opened meanwhile. */
async function socketsOf(work: () => Promise<void>): Promise<Socket[]> {
  const opened: Socket[] = [];
  const watch = (message: unknown) => opened.push((message as { socket: Socket }).socket);
  subscribe("net.client.socket", watch);
  await work().finally(() => unsubscribe("net.client.socket", watch));
  return opened;
}

const arrived = ({ to }: Pair) => readFile(join(to.root, "b"));

async function expectNothingOpen({ from, to, source, destination }: Pair): Promise<void> {
  expect([source.closed, destination.closed]).toEqual([true, true]);
  await expect.poll(() => from.server.connections() + to.server.connections()).toBe(0);
}

describe("a relay", () => {
  test("brings a file, tells of its pieces, and leaves two sessions for the next", async () => {
    const ends = await pair(tls());
    const seen: number[] = [];
    let counted = 0;
    const outcome = await move(ends, {
      onProgress: (done) => seen.push(done),
      onBytes: (more) => {
        counted += more;
      },
    });
    expect(outcome).toMatchObject({ bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") });
    expect((await arrived(ends)).equals(bytes)).toBe(true);
    expect([counted, seen.at(-1)]).toEqual([bytes.length, bytes.length]);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect((await move(ends)).bytes).toBe(bytes.length);
  });

  test("goes on in the middle", async () => {
    const ends = await pair({}, tls());
    await writeFile(join(ends.to.root, "b"), bytes.subarray(0, 123_456));
    const sha256 = createHash("sha256").update(bytes.subarray(123_456)).digest("hex");
    expect(await move(ends, { offsetBytes: 123_456 })).toMatchObject({ bytes: bytes.length, sha256 });
    expect((await arrived(ends)).equals(bytes)).toBe(true);
  });

  test("a REST that is refused is told apart, by either side", async () => {
    for (const sides of [
      [{ override: on("REST", "502 No.") }, {}],
      [{}, { override: on("REST", "502 No.") }],
    ] as const) {
      const ends = await pair(...sides);
      await expect(move(ends, { offsetBytes: 5 })).rejects.toMatchObject({ params: { why: "resume" } });
      await expect(stat(join(ends.to.root, "b"))).rejects.toThrow();
    }
  });

  test("a REST that was taken and not used is not there for the next one", async () => {
    const ends = await pair({ override: once("RETR", "550 Not now.") }, {});
    await expect(move(ends, { offsetBytes: 5 })).rejects.toMatchObject({ code: "file.gone" });
    expect([ends.source.closed, ends.destination.closed]).toEqual([false, false]);
    await move(ends);
    expect((await arrived(ends)).equals(bytes)).toBe(true);
  });

  test("what cannot be read makes no empty file, and costs no session", async () => {
    const ends = await pair();
    const data = await socketsOf(() =>
      expect(move(ends, { sourcePath: "/none" })).rejects.toMatchObject({ code: "file.gone" }),
    );
    expect(data.map((socket) => socket.destroyed)).toEqual([true, true]);
    expect(ends.to.server.commands).not.toContain("STOR");
    expect((await move(ends)).bytes).toBe(bytes.length);
  });

  test("never reads more than there should be", async () => {
    const ends = await pair();
    let counted = 0;
    const onBytes = (more: number) => {
      counted += more;
    };
    await expect(move(ends, { sizeBytes: 100_000, onBytes })).rejects.toMatchObject({ code: "file.changed" });
    expect(counted).toBeLessThanOrEqual(100_000);
    await expectNothingOpen(ends);
    expect((await arrived(ends)).length).toBeLessThanOrEqual(100_000);
  });

  test("ends when what counts its bytes says so, with those words", async () => {
    const ends = await pair();
    let left = 200_000;
    const onBytes = async (more: number) => {
      left -= more;
      if (left < 0) throw new FonError("pull.relay-quota");
    };
    await expect(move(ends, { onBytes })).rejects.toMatchObject({ code: "pull.relay-quota" });
    await expectNothingOpen(ends);
    expect((await arrived(ends)).length).toBeLessThanOrEqual(200_000);
    const unforeseen = move(await pair(), { onBytes: () => Promise.reject(new Error("no database")) });
    await expect(unforeseen).rejects.toThrow("no database");
  });

  test("asks for no piece that is larger than it was told", async () => {
    const ends = await pair();
    const pieces: number[] = [];
    await move(ends, { pieceBytes: 1_000, onBytes: (more) => void pieces.push(more) });
    expect(Math.max(...pieces)).toBe(1_000);
    expect(pieces.reduce((sum, one) => sum + one, 0)).toBe(bytes.length);
  });

  test("never in the clear where the control connection is not", async () => {
    const withoutP: Override = ({ verb, argument }) => (verb === "PROT" && argument === "P" ? "536 No." : undefined);
    const ends = await pair({ ...tls(), override: withoutP });
    await expect(move(ends)).rejects.toMatchObject({ code: "fxp.refused-by-source" });
    expect(ends.from.server.commands).not.toContain("RETR");
  });

  test("holds little of a file whose destination takes nothing", async () => {
    const own: Socket[] = [];
    const watch = (message: unknown) => own.push((message as { socket: Socket }).socket);
    const override = on("STOR", { data: { afterBytes: 100_000, how: "stall" } });
    const ends = await pair({}, { override });
    await writeFile(join(ends.from.root, "big"), randomBytes(30_000_000));
    subscribe("net.client.socket", watch);
    let heldBytes = 0;
    const look = () => {
      const held = own.reduce((sum, socket) => sum + socket.readableLength + socket.writableLength, 0);
      heldBytes = Math.max(heldBytes, held);
    };
    // The watchdog looks at its clock while nothing moves.
    const monotonicMs = () => {
      look();
      return systemClock.monotonicMs();
    };
    const big = { sourcePath: "/big", sizeBytes: 30_000_000 };
    const moving = move(ends, big, {}, { ...systemClock, monotonicMs });
    await expect(moving).rejects.toMatchObject({ code: "fxp.stalled" });
    unsubscribe("net.client.socket", watch);
    expect(own.length).toBeGreaterThanOrEqual(2);
    expect(heldBytes).toBeGreaterThan(0);
    expect(heldBytes).toBeLessThan(400_000);
    await expectNothingOpen(ends);
  });

  test("an abort ends it with its reason and leaves nothing open, wherever it is", async () => {
    const cases: [side: "from" | "to", verb: string][] = [
      ["from", "EPSV"],
      ["to", "EPSV"],
      ["from", "RETR"],
      ["to", "STOR"],
    ];
    for (const [side, verb] of cases) {
      const abort = new AbortController();
      const options = { override: on(verb, { before: () => abort.abort(new Error("enough")), replies: () => "" }) };
      const ends = await pair(side === "from" ? options : {}, side === "to" ? options : {});
      await expect(move(ends, { signal: abort.signal })).rejects.toThrow("enough");
      await expectNothingOpen(ends);
    }
    const abort = new AbortController();
    const ends = await pair();
    const onProgress = () => abort.abort(new Error("enough"));
    await expect(move(ends, { signal: abort.signal, onProgress })).rejects.toThrow("enough");
    await expectNothingOpen(ends);
  });
});

describe("an end that misbehaves", () => {
  const early = (how: "end" | "reset" | "stall"): Overridden => ({ data: { afterBytes: 50_000, how } });
  const odd = (text: string) => text.replace(/^226.*/, "350 And now?");
  const silent = (text: string) => (text.startsWith("150") ? text : "");

  test.each<[string, "from" | "to", string, Overridden, RegExp]>([
    ["source ends early and says 226", "from", "RETR", early("end"), /^fxp.cut$/],
    ["source resets", "from", "RETR", early("reset"), /^fxp.cut$/],
    ["source falls silent", "from", "RETR", early("stall"), /^fxp.stalled$/],
    ["source never says 150", "from", "RETR", { replies: () => "" }, /^fxp.cut$/],
    ["source never says 226", "from", "RETR", { replies: silent }, /^fxp.cut$/],
    ["source says 421", "from", "RETR", "421 Timeout.", /^server.busy$/],
    ["source forbids", "from", "RETR", "550 Permission denied.", /^file.unreadable$/],
    ["source leads elsewhere", "from", "EPSV", "229 Entering (|||22|)", /^fxp.refused-by-source$/],
    ["destination ends early and says 226", "to", "STOR", early("end"), /^fxp.cut$/],
    ["destination resets", "to", "STOR", early("reset"), /^fxp.cut$/],
    ["destination never says 150", "to", "STOR", { replies: () => "" }, /^fxp.cut$/],
    ["destination never says 226", "to", "STOR", { replies: silent }, /^fxp.cut$/],
    ["destination is full", "to", "STOR", "452 No space left on device.", /^inbox.no-space$/],
    ["destination forbids", "to", "STOR", "553 Could not create file.", /^inbox.refused$/],
    ["source ends with an odd word", "from", "RETR", { replies: odd }, /^fxp.cut$/],
    ["destination ends with an odd word", "to", "STOR", { replies: odd }, /^fxp.cut$/],
    ["source begins with an odd word", "from", "RETR", "350 What?", /^fxp.refused-by-source$/],
    ["destination begins with an odd word", "to", "STOR", "350 What?", /^fxp.refused-by-destination$/],
    ["destination refuses the data connection", "to", "EPSV", "500 No.", /^fxp.refused-by-destination$/],
  ])("%s", async (_, side, verb, answer, code) => {
    const options = { override: on(verb, answer), ...(verb === "EPSV" && { features: { without: ["PASV"] } }) };
    const ends = await pair(side === "from" ? options : {}, side === "to" ? options : {});
    const data = await socketsOf(() => expect(move(ends)).rejects.toMatchObject({ code: expect.stringMatching(code) }));
    expect(data.filter((socket) => !socket.destroyed)).toEqual([]);
    for (const session of [ends.source, ends.destination]) {
      // In order or closed: never in the middle of something.
      if (!session.closed) expect(await session.directoryExists("/")).toBe(true);
    }
  });

  test.each<["from" | "to", Overridden]>([
    ["from", { data: { afterBytes: 0, how: "reset" } }],
    ["to", { data: { afterBytes: 0, how: "reset" } }],
    ["from", "425 No connection."],
    ["to", "425 No connection."],
  ])("with TLS, a data connection that breaks at once is a cut, and no refusal (%s, %j)", async (side, broken) => {
    const options = { ...tls(), override: on(side === "from" ? "RETR" : "STOR", broken) };
    const ends = await pair(side === "from" ? options : tls(), side === "to" ? options : tls());
    await expect(move(ends)).rejects.toMatchObject({ code: "fxp.cut" });
  });

  test("destination is full in the middle: it is named, not the source that was cut for it", async () => {
    const replies = (text: string) => text.replace(/^426.*/, "452 No space left on device.");
    const ends = await pair({}, { override: on("STOR", { data: { afterBytes: 50_000, how: "reset" }, replies }) });
    await expect(move(ends)).rejects.toMatchObject({ code: "inbox.no-space" });
    await expectNothingOpen(ends);
  });

  test("a control connection that drops in the middle", async () => {
    for (const side of ["from", "to"] as const) {
      const verb = side === "from" ? "RETR" : "STOR";
      const drop: Override = ({ verb: asked, session }) =>
        asked === verb
          ? { replies: (text) => (text.startsWith("150") ? text : void session.dropControl()) }
          : undefined;
      const ends = await pair(side === "from" ? { override: drop } : {}, side === "to" ? { override: drop } : {});
      await expect(move(ends)).rejects.toMatchObject({ code: "fxp.cut" });
      await expectNothingOpen(ends);
    }
  });
});
