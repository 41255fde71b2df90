// Blocks from the scripted server: what it may do wrong. The daemons' ways are in contents.daemons.test.ts.
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { FtpServerOptions, Override } from "../../demo/ftp-server/types.ts";
import type { ConnectorDeps } from "./connect.ts";
import { createBench, makeCertificate, on, once } from "./fixtures.ts";
import type { ConnectOptions } from "./types.ts";

const bench = createBench();
const bytes = randomBytes(400_000);
let certificate: Awaited<ReturnType<typeof makeCertificate>>;

beforeAll(async () => {
  certificate = await makeCertificate();
});
afterEach(() => bench.clear());

async function open(
  options: Partial<FtpServerOptions> = {},
  timeouts: ConnectorDeps["timeouts"] = {},
  use: ConnectOptions["use"] = "files",
) {
  const end = await bench.start(options);
  await writeFile(join(end.root, "a"), bytes);
  const target = options.tls ? { ...end.target, fingerprint: certificate.fingerprint } : end.target;
  return { ...end, session: await bench.connect(target, use, { timeouts }) };
}

test("bytes from anywhere, and the session goes on", async () => {
  const { session, server } = await open();
  for (const [from, length] of [
    [0, 1],
    [123, 1000],
    [399_990, 100],
    [400_000, 5],
    [0, 400_001],
  ] as const)
    expect([from, await session.readBlock("a", from, length)]).toEqual([from, bytes.subarray(from, from + length)]);
  expect(await session.size("/a")).toBe(400_000);
  expect(server.commands.filter((verb) => verb === "REST")).toHaveLength(3);
});

test("beyond the end there is nothing, and what is missing or forbidden is told", async () => {
  const { session } = await open();
  expect(await session.readBlock("/a", 500_000, 10)).toEqual(Buffer.alloc(0));
  await expect(session.readBlock("/none", 0, 10)).rejects.toMatchObject({ code: "file.gone" });
  expect(session.closed).toBe(false);
  const forbidden = await open({ override: on("RETR", "550 Permission denied.") });
  await expect(forbidden.session.readBlock("/a", 0, 10)).rejects.toMatchObject({ code: "file.unreadable" });
});

test.each([
  ["RETR", "450 Busy.", "server.protocol"],
  ["RETR", "451 Local error.", "server.protocol"],
  ["RETR", "350 What?", "server.protocol"],
  ["RETR", "421 Too many.", "server.busy"],
  ["REST", "450 Busy.", "server.protocol"],
  ["REST", "421 Too many.", "server.busy"],
])("what passes says nothing about the file: %s %s", async (verb, answer, code) => {
  const { session } = await open({ override: on(verb, answer) });
  await expect(session.readBlock("/a", 5, 10)).rejects.toEqual(expect.objectContaining({ code, params: {} }));
});

test("a REST that a refusal has not used up is not there for the next block", async () => {
  const { session, server } = await open({ override: once("RETR", "425 Not now.") });
  await expect(session.readBlock("/a", 5, 10)).rejects.toThrow();
  expect(session.closed).toBe(false);
  expect(await session.readBlock("/a", 0, 10)).toEqual(bytes.subarray(0, 10));
  // Said once.
  expect(await session.readBlock("/a", 0, 10)).toEqual(bytes.subarray(0, 10));
  expect(server.commands.filter((verb) => verb === "REST")).toHaveLength(2);
});

test("without REST only the beginning is to be had", async () => {
  const { session } = await open({ features: { without: ["REST"] } });
  expect(await session.readBlock("/a", 0, 10)).toEqual(bytes.subarray(0, 10));
  await expect(session.readBlock("/a", 1, 10)).rejects.toMatchObject({
    code: "server.protocol",
    params: { why: "resume" },
  });
  expect(await session.size("/a")).toBe(400_000);
});

test("a server that says no more than a second 150 after our end, as Pure-FTPd, is woken", async () => {
  const replies = (text: string) => text.replace("426", "150");
  for (const [from, answer] of [
    [1, replies],
    [2, (text: string) => (text.startsWith("426") ? "" : text)],
  ] as const) {
    const { session } = await open({ banner: "220 Pure-FTPd", override: on("RETR", { replies: answer }) });
    expect(await session.readBlock("/a", from, 20)).toEqual(bytes.subarray(from, from + 20));
    expect(await session.size("/a")).toBe(400_000);
    expect(session.closed).toBe(false);
  }
});

test("one that was only slow to say that it has ended answers being woken, too, and that is no answer to what comes next", async () => {
  const silent = { replies: (text: string) => (text.startsWith("150") ? text : "") };
  const override: Override = ({ verb }) =>
    ({ RETR: silent, NOOP: "226 File successfully transferred\r\n200 Zzz..." })[verb];
  const { session } = await open({ banner: "220 Pure-FTPd", override });
  for (const [from, length] of [
    [1, 20],
    [399_990, 100],
    [5, 20],
  ] as const) {
    expect(await session.readBlock("/a", from, length)).toEqual(bytes.subarray(from, from + length));
    expect(session.closed).toBe(false);
  }
  expect(await session.size("/a")).toBe(400_000);
});

describe("a server that misbehaves", () => {
  test.each([
    ["ends early and says 226", { data: { afterBytes: 10, how: "end" } }, "short"],
    ["resets the data connection", { data: { afterBytes: 10, how: "reset" } }, "fxp.cut"],
    ["says nothing more on the data connection", { data: { afterBytes: 10, how: "stall" } }, "server.offline"],
    ["never says that it has ended", { replies: (text: string) => (text.startsWith("150") ? text : "") }, "whole"],
  ] as const)("%s", async (_, steps, outcome) => {
    const { session, server } = await open({ override: on("RETR", steps) }, { replyMs: 1_000, dataMs: 500 });
    const block = session.readBlock("/a", 5, 1000);
    if (outcome === "whole") expect(await block).toEqual(bytes.subarray(5, 1005));
    else if (outcome === "short") expect(await block).toEqual(bytes.subarray(5, 15));
    else await expect(block).rejects.toMatchObject({ code: expect.stringMatching(/^(fxp.cut|server.offline)$/) });
    if (outcome !== "short") expect(session.closed).toBe(true);
    await server.close();
  });

  test("gives a byte now and then: there is an end to it", async () => {
    const { session, server } = await open({ rateBytesPerS: 200 }, { replyMs: 2_000, dataMs: 400 });
    await expect(session.readBlock("/a", 0, 4000)).rejects.toMatchObject({ code: "fxp.cut" });
    expect(session.closed).toBe(true);
    await server.close();
  });

  test.each(["EPSV", "REST", "RETR"])("is not waited for when the caller has had enough, at %s", async (verb) => {
    const abort = new AbortController();
    const before = () => abort.abort(new Error("enough"));
    const { session, server } = await open({ override: on(verb, { before, replies: () => "" }) });
    await expect(session.readBlock("/a", 1, 10, abort.signal)).rejects.toThrow("enough");
    expect(session.closed).toBe(true);
    await expect.poll(() => server.connections()).toBe(0);
  });
});

describe("with TLS", () => {
  const tls = () => ({ key: certificate.key, cert: certificate.cert, mode: "explicit" as const });

  test("never in the clear, in a session for transfers either", async () => {
    const { session, server } = await open({ tls: { ...tls(), requiredForData: false } }, {}, "fxp");
    expect(await session.readBlock("/a", 7, 20_000)).toEqual(bytes.subarray(7, 20_007));
    expect(server.commands.filter((verb) => verb === "PROT")).toHaveLength(2);
    expect(await session.readBlock("/a", 7, 20_000)).toEqual(bytes.subarray(7, 20_007));
    expect(server.commands.filter((verb) => verb === "PROT")).toHaveLength(2);
  });

  test.each([
    ["450 Not now.", "server.protocol"],
    ["421 Too many.", "server.busy"],
  ])("a PROT that is answered %s has another try", async (answer, code) => {
    let left = 1;
    const once: Override = ({ verb, argument }) => {
      if (verb !== "PROT" || argument !== "P" || left === 0) return undefined;
      left -= 1;
      return answer;
    };
    const { session } = await open({ tls: tls(), override: once }, {}, "fxp");
    await expect(session.readBlock("/a", 7, 20)).rejects.toEqual(expect.objectContaining({ code, params: {} }));
    if (!session.closed) expect(await session.readBlock("/a", 7, 20)).toEqual(bytes.subarray(7, 27));
  });

  test("nor where the server has no other", async () => {
    const withoutP: Override = ({ verb, argument }) => (verb === "PROT" && argument === "P" ? "536 No." : undefined);
    const { session, server } = await open({ tls: tls(), override: withoutP });
    await expect(session.readBlock("/a", 7, 20_000)).rejects.toMatchObject({ params: { why: "protection" } });
    expect(server.commands).not.toContain("RETR");
    expect(session.closed).toBe(false);
  });
});
