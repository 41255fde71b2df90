// Protected data between two scripted servers: who is told what, in which words a server refuses, and what is left behind.
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { FtpTls } from "../../../demo/ftp-server/types.ts";
import { arrangements, waysBetween } from "../arrangements.ts";
import { createBench, makeCertificate, on } from "../fixtures.ts";
import type { PairArrangement } from "../types.ts";
import type { EndOptions, Pair } from "./scripted-pair.ts";
import { bytes, makePair as makeScriptedPair, watchful, way } from "./scripted-pair.ts";

const bench = createBench();
let certificate: Awaited<ReturnType<typeof makeCertificate>>;

beforeAll(async () => {
  certificate = await makeCertificate();
});
afterEach(() => bench.clear());

function withTls(options: EndOptions = {}, more: Partial<FtpTls> = {}): EndOptions {
  return { tls: { ...certificate, mode: "explicit", required: true, ...more }, ...options };
}

const makePair = (from = withTls(), to = withTls()) => makeScriptedPair(bench, from, to, certificate.fingerprint);
const waysOf = ({ source, destination }: Pair, clear = true) =>
  waysBetween(source, destination, { direct: true, clear, relay: false });
const only = (...verbs: string[]): EndOptions => ({
  features: { without: ["SSCN", "CPSV"].filter((verb) => !verbs.includes(verb)) },
});
const told = (end: Pair["from"]) => end.server.commands.filter((verb) => /^(PROT|SSCN|CPSV|PASV|EPSV)$/.test(verb));

describe("each way, twice on the same sessions", () => {
  test.each(arrangements)("$id", async (arrangement) => {
    const pair = await makePair();
    for (const destinationPath of ["/first", "/a.part"]) await pair.run({ arrangement, destinationPath });
    expect((await pair.arrived()).equals(bytes)).toBe(true);
    // What a server knows it is not told again.
    const said = [...told(pair.from), ...told(pair.to)].filter((verb) => verb === "SSCN" || verb === "PROT");
    const sscn = arrangement.tlsClient?.by === "sscn" ? ["SSCN"] : [];
    const logins = ["PROT", "PROT", "PROT"];
    expect(said.sort()).toEqual([...logins, ...(arrangement.data === "protected" ? ["PROT", "PROT"] : []), ...sscn]);
  });

  test("TLS 1.2, and implicit TLS", async () => {
    const pair = await makePair(withTls({}, { maxVersion: "TLSv1.2" }), withTls({}, { mode: "implicit" }));
    for (const { id } of waysOf(pair, false).ways) {
      await pair.run({ arrangement: way(id), destinationPath: `/${id}` });
      await pair.run({ arrangement: way(id) });
      expect([id, (await pair.arrived()).equals(bytes)]).toEqual([id, true]);
    }
  });

  test("IPv6", async () => {
    const pair = await makePair(withTls({ address: "::1" }), withTls({ address: "::1" }));
    const { ways } = waysOf(pair, false);
    expect(ways.map(({ id }) => id)).toEqual(["destination", "source"].flatMap((end) => sscnOverSix(end)));
    for (const { id } of ways) {
      await pair.run({ arrangement: way(id) });
      expect([id, (await pair.arrived()).equals(bytes)]).toEqual([id, true]);
    }
  });

  test("resume", async () => {
    const pair = await makePair();
    for (const id of ["source-pasv-sscn-destination", "source-pasv-cpsv"]) {
      await pair.run({ arrangement: way(id) });
      await pair.run({ arrangement: way(id), offsetBytes: 123_457 });
      expect((await pair.arrived()).equals(bytes)).toBe(true);
    }
  });
});

const sscnOverSix = (end: string) => [`source-epsv-sscn-${end}`, `destination-epsv-sscn-${end}`];

test("one way after the other on the same sessions: the data is what each one says, and listings are protected", async () => {
  const data: string[] = [];
  const levels: string[] = [];
  const note: EndOptions = {
    override: ({ verb, argument }) => {
      if (verb === "PROT" || verb === "SSCN") levels.push(`${verb} ${argument}`);
      if (verb === "STOR") data.push(levels.splice(0).join(", "));
    },
  };
  const pair = await makePair(withTls(), withTls(note));
  const ids = [
    "source-pasv-sscn-destination",
    "source-pasv",
    "source-pasv-sscn-source",
    "destination-pasv-sscn-destination",
  ];
  levels.length = 0;
  for (const id of ids) await pair.run({ arrangement: way(id) });
  expect(data).toEqual(["SSCN ON, PROT P", "SSCN OFF, PROT C", "PROT P", "SSCN ON"]);
  expect((await pair.destination.list("/")).entries.map(({ name }) => name)).toEqual(["a.part"]);
  expect(levels).toEqual(["SSCN OFF"]);
  await pair.run({ arrangement: way("source-pasv") });
  await pair.destination.list("/");
  expect(levels).toEqual(["PROT P"]);
  expect((await pair.arrived()).equals(bytes)).toBe(true);
});

describe("what cannot be is known before anything is said", () => {
  test("nobody can be the TLS client", async () => {
    const pair = await makePair(withTls(only()), withTls(only()));
    expect(waysOf(pair, false)).toEqual({ ways: [], lacks: "protection" });
    expect(waysOf(pair).ways.every(({ data }) => data === "clear")).toBe(true);
  });

  test("one side has no TLS", async () => {
    const pair = await makePair(withTls(), {});
    expect(waysOf(pair, false)).toEqual({ ways: [], lacks: "protection" });
    const arrangement = way("source-pasv-sscn-source");
    await expect(pair.run({ arrangement })).rejects.toMatchObject({ code: "fxp.refused-by-destination" });
    expect([pair.source.closed, pair.destination.closed]).toEqual([false, false]);
    await pair.run();
  });

  test("a server that insists on TLS data has no clear way, and is not asked for one", async () => {
    const pair = await makePair(withTls({}, { requiredForData: true }));
    expect(waysOf(pair).ways.filter(({ data }) => data === "clear")).toEqual([]);
    const before = pair.from.server.commands.length;
    await expect(pair.run()).rejects.toMatchObject({ code: "fxp.refused-by-source" });
    expect(pair.from.server.commands.slice(before)).toEqual([]);
    await pair.run({ arrangement: waysOf(pair).ways[0] as PairArrangement });
    expect((await pair.arrived()).equals(bytes)).toBe(true);
  });

  test("one that tells it only at the transfer (vsftpd, Pure-FTPd) or at PASV (pyftpdlib) is remembered for the session", async () => {
    for (const [verb, text] of [
      ["STOR", "522 Data connections must be encrypted."],
      ["PASV", "550 SSL/TLS required on the data channel."],
    ] as const) {
      const pair = await makePair(withTls(), withTls({ override: on(verb, text) }));
      const arrangement = way(verb === "STOR" ? "source-pasv" : "destination-pasv");
      await expect(pair.run({ arrangement })).rejects.toMatchObject({ code: "fxp.refused-by-destination" });
      expect([pair.source.closed, pair.destination.closed]).toEqual([false, false]);
      expect(waysOf(pair).ways.filter(({ data }) => data === "clear")).toEqual([]);
    }
  });
});

test("a 4xx to PROT passes: what the server can do is not known by it, and the next transfer asks again", async () => {
  let answers: string[] = [];
  const pair = await makePair(
    withTls({ override: ({ verb }) => (verb === "PROT" ? answers.shift() : undefined) }),
    withTls(),
  );
  for (const id of ["source-pasv-sscn-destination", "source-pasv"]) {
    answers = ["431 Not now."];
    await expect(pair.run({ arrangement: way(id) })).rejects.toMatchObject({ code: "fxp.refused-by-source" });
    await pair.run({ arrangement: way(id) });
    expect((await pair.arrived()).equals(bytes)).toBe(true);
  }
});

test("522 in answer to EPSV is about addresses", async () => {
  const pair = await makePair(withTls({ override: on("EPSV", "522 Network protocol not supported, use (1)") }));
  await expect(pair.run({ arrangement: way("source-epsv") })).rejects.toMatchObject({ code: "fxp.refused-by-source" });
  expect(waysOf(pair).ways.filter(({ data }) => data === "clear")).toHaveLength(4);
});

describe("refusals before anything is sent name the side and leave both sessions for the next way", () => {
  test.each<[string, "source" | "destination", string, string]>([
    ["source-pasv-sscn-destination", "destination", "SSCN", "504 Not now."],
    ["source-pasv-sscn-destination", "source", "PROT", "431 Not now."],
    ["source-pasv-sscn-source", "source", "SSCN", "500 Unknown command."],
    ["source-pasv-cpsv", "source", "CPSV", "502 Not now."],
    ["destination-pasv-cpsv", "destination", "CPSV", "227 Entering Passive Mode (8,8,8,8,164,16)"],
    ["destination-pasv-cpsv", "destination", "CPSV", "550 Not now."],
  ])("%s: %s says to %s: %s", async (id, side, verb, text) => {
    let isRefusing = false;
    const faulty = withTls({ override: (command) => (isRefusing && command.verb === verb ? text : undefined) });
    const pair = await makePair(side === "source" ? faulty : withTls(), side === "destination" ? faulty : withTls());
    isRefusing = true;
    await expect(pair.run({ arrangement: way(id) })).rejects.toMatchObject({ code: `fxp.refused-by-${side}` });
    expect([pair.source.closed, pair.destination.closed]).toEqual([false, false]);
    expect(pair.from.server.commands).not.toContain("RETR");
    isRefusing = false;
    await pair.run({ arrangement: way("destination-pasv") });
    expect((await pair.arrived()).equals(bytes)).toBe(true);
  });
});

describe("refusals that show with the handshake are the server's, not a cut", () => {
  test.each<[string, string, string]>([
    ["session reuse", "522 SSL connection failed: session reuse required", "fxp.refused-by-source"],
    [
      "session reuse on ProFTPD",
      "425 Unable to build data connection: Operation not permitted",
      "fxp.refused-by-source",
    ],
    ["a handshake that failed", "426 Failure reading network stream.", "fxp.refused-by-source"],
  ])("%s", async (_, text, code) => {
    const pair = await makePair(
      withTls({
        override: on("RETR", {
          data: { afterBytes: 0, how: "reset" },
          replies: (reply) => (/^4/.test(reply) ? text : reply),
        }),
      }),
    );
    const running = pair.run({ arrangement: way("source-pasv-sscn-destination") }, watchful);
    await expect(running).rejects.toMatchObject({ code: expect.stringMatching(/^fxp\.refused-by-/) });
    if (!text.startsWith("426")) await expect(running).rejects.toMatchObject({ code });
    expect([pair.source.closed, pair.destination.closed]).toEqual([true, true]);
  });

  test("two servers that both wait for the other's handshake", async () => {
    // It says yes to SSCN and goes on as before.
    const pair = await makePair(withTls(), withTls({ override: on("SSCN", "200 SSCN:CLIENT METHOD") }));
    const running = pair.run({ arrangement: way("source-pasv-sscn-destination") }, { ...watchful, openingMs: 200 });
    await expect(running).rejects.toMatchObject({ code: "fxp.refused-by-destination" });
    expect(pair.states).toEqual(["addressing", "opening", "moving", "failed"]);
  });

  test("what was seen to move is a cut", async () => {
    const cut: EndOptions = {
      rateBytesPerS: 200_000,
      override: on("RETR", { data: { afterBytes: 200_000, how: "reset" } }),
    };
    const pair = await makePair(withTls(cut));
    const running = pair.run({ arrangement: way("source-pasv-sscn-destination") });
    await expect(running).rejects.toMatchObject({ code: "fxp.cut" });
  });
});
