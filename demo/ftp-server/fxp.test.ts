// Two servers, one file, two control connections: the transfer that FonShare lives from, and its refusals.
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFtpServer } from "./ftp-server.ts";
import type { RawClient } from "./raw-client.ts";
import { loginRaw } from "./raw-client.ts";
import type { FtpServer, FtpServerOptions, SessionView } from "./types.ts";

const bytes = randomBytes(2_345_678);
const cleanups: Array<() => unknown> = [];

type End = RawClient & { server: FtpServer; root: string };

async function start(options: Partial<FtpServerOptions>): Promise<End> {
  const root = await mkdtemp(join(tmpdir(), "fxp-"));
  cleanups.push(() => rm(root, { recursive: true }));
  const users = [{ username: "ben", password: "secret", root }];
  const server = createFtpServer({ address: "127.0.0.1", users, ...options });
  cleanups.push(() => server.close());
  const { host, port } = await server.listen();
  const client = await loginRaw(host, port, "ben", "secret");
  cleanups.push(() => client.socket.destroy());
  return { ...client, server, root };
}

afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function pair(source: Partial<FtpServerOptions> = {}, destination: Partial<FtpServerOptions> = {}) {
  const from = await start({ address: "127.0.0.2", ...source });
  const to = await start({ address: "127.0.0.3", ...destination });
  await writeFile(join(from.root, "a"), bytes);
  return { from, to };
}

/** Connects `active` to the address that `passive` tells. */
async function introduce(passive: RawClient, active: RawClient, verb: "PASV" | "EPSV"): Promise<string> {
  const answer = await passive.ask(verb);
  if (verb === "PASV") return active.ask(`PORT ${/\((.*)\)/.exec(answer)?.[1]}`);
  const address = passive.socket.remoteAddress ?? "";
  const family = address.includes(":") ? 2 : 1;
  return active.ask(`EPRT |${family}|${address}|${/\|\|\|(\d+)\|/.exec(answer)?.[1]}|`);
}

describe.each(["source", "destination"] as const)("%s passive", (passive) => {
  test.each([
    ["PASV", "127.0.0.2", "127.0.0.3"],
    ["EPSV", "127.0.0.2", "127.0.0.3"],
    ["EPSV", "::1", "::1"],
  ] as const)("%s, %s to %s", async (verb, source, destination) => {
    const { from, to } = await pair({ address: source }, { address: destination });
    const [first, second] = passive === "source" ? [from, to] : [to, from];
    expect(await introduce(first, second, verb)).toMatch(/^200 /);
    to.write("STOR b");
    from.write("RETR a");
    expect(await to.reply()).toMatch(/^150 /);
    expect(await from.reply()).toMatch(/^150 .*2345678 bytes/);
    expect(await from.reply()).toMatch(/^226 /);
    expect(await to.reply()).toMatch(/^226 /);
    expect(bytes.equals(await readFile(join(to.root, "b")))).toBe(true);
  });
});

test("a transfer resumes on both sides", async () => {
  const { from, to } = await pair();
  await writeFile(join(to.root, "b"), bytes.subarray(0, 1_000_000));
  await introduce(from, to, "PASV");
  expect(await to.ask("REST 1000000")).toMatch(/^350 /);
  expect(await from.ask("REST 1000000")).toMatch(/^350 /);
  to.write("STOR b");
  from.write("RETR a");
  await Promise.all([to.reply(), from.reply()]);
  expect(await Promise.all([to.reply(), from.reply()])).toEqual([expect.any(String), expect.any(String)]);
  expect(bytes.equals(await readFile(join(to.root, "b")))).toBe(true);
});

test("with foreign addresses refused, neither side takes part", async () => {
  const strict = { allowForeign: false };
  const { from, to } = await pair(strict);
  expect(await introduce(to, from, "PASV")).toBe("500 Illegal PORT command.");
  expect(await introduce(to, from, "EPSV")).toBe("500 Illegal EPRT command.");
  expect(await introduce(from, to, "PASV")).toMatch(/^200 /);
  to.write("STOR b");
  from.write("RETR a");
  expect(await from.reply()).toBe("425 Security: Bad IP connecting.");
});

test("addresses that are none, and ports below 1024, are refused", async () => {
  const { from } = await pair();
  for (const bad of ["PORT 127,0,0,1,4", "PORT 127,0,0,256,4,0", "PORT 127,0,0,1,4,0,1", "PORT a,0,0,1,4,0"]) {
    expect(await from.ask(bad)).toMatch(/^501 /);
  }
  expect(await from.ask("PORT 127,0,0,1,3,255")).toMatch(/^500 /);
  expect(await from.ask("EPRT |2|::1|4000|")).toMatch(/^522 /);
  expect(await from.ask("EPRT |1|::1|4000|")).toMatch(/^501 /);
  expect(await from.ask("EPRT |1|127.0.0.1|70000|")).toMatch(/^501 /);
  expect(await from.ask("EPSV 2")).toMatch(/^522 .*\(1\)/);
  expect(await from.ask("RETR a")).toMatch(/^425 /);
});

test("EPSV ALL rules out the others", async () => {
  const { from } = await pair();
  expect(await from.ask("EPSV ALL")).toMatch(/^200 /);
  expect(await from.ask("PASV")).toMatch(/^501 /);
  expect(await from.ask("PORT 127,0,0,3,100,0")).toMatch(/^501 /);
  expect(await from.ask("EPSV")).toMatch(/^229 /);
});

test("nobody comes to the passive side: 425", async () => {
  const { from } = await pair({ dataTimeoutMs: 50 });
  await from.ask("PASV");
  expect(await from.ask("RETR a")).toMatch(/^425 /);
  expect(await from.ask("NOOP")).toMatch(/^200 /);
});

/** Begins a transfer with the source passive and reads both 150. */
async function begin({ from, to }: { from: End; to: End }): Promise<void> {
  await introduce(from, to, "PASV");
  to.write("STOR b");
  from.write("RETR a");
  expect(await to.reply()).toMatch(/^150 /);
  expect(await from.reply()).toMatch(/^150 /);
}

describe("with the bytes stalled half way", () => {
  const stall: Partial<FtpServerOptions> = {
    override: ({ verb }) => (verb === "RETR" ? { data: { afterBytes: 1_000_000, how: "stall" } } : undefined),
  };
  let ends: { from: End; to: End };
  beforeEach(async () => {
    ends = await pair(stall);
    await begin(ends);
  });

  test("ABOR answers 426 and 226, NOOP at once, and the session lives on", async () => {
    const { from, to } = ends;
    expect(await from.ask("NOOP")).toMatch(/^200 /);
    expect(await from.ask("\xff\xf4\xff\xf2ABOR")).toMatch(/^426 /);
    expect(await from.reply()).toMatch(/^226 /);
    expect(await to.reply()).toMatch(/^(226|426) /);
    expect(await from.ask("SIZE a")).toBe("213 2345678");
  });

  test("a lost control connection ends the transfer", async () => {
    const { from, to } = ends;
    from.socket.destroy();
    expect(await to.reply()).toMatch(/^(226|426) /);
  });

  test("closing the server says 421 and leaves no socket", async () => {
    const { from, to } = ends;
    await from.server.close();
    expect(await from.reply()).toMatch(/^421 /);
    await from.closed();
    expect(from.server.connections()).toBe(0);
    expect(await to.reply()).toMatch(/^(226|426) /);
  });
});

test("a session that is deaf while busy answers ABOR after the end", async () => {
  let free = () => {};
  const held = new Promise<void>((resolve) => {
    free = resolve;
  });
  const ends = await pair({
    features: { abort: false },
    override: ({ verb }) => (verb === "RETR" ? { before: () => held } : undefined),
  });
  await introduce(ends.from, ends.to, "PASV");
  ends.to.write("STOR b");
  ends.from.write("RETR a", "ABOR");
  free();
  expect(await ends.from.reply()).toMatch(/^150 /);
  expect(await ends.from.reply()).toMatch(/^226 Transfer complete/);
  expect(await ends.from.reply()).toMatch(/^226 No transfer/);
});

test.each([
  ["end", /^226 /, /^226 /, 1_234_567],
  ["reset", /^426 /, /^426 /, undefined],
] as const)("a source that does %s half way", async (how, source, destination, sizeBytes) => {
  const ends = await pair({
    override: ({ verb }) => (verb === "RETR" ? { data: { afterBytes: 1_234_567, how } } : undefined),
  });
  await begin(ends);
  expect(await ends.from.reply()).toMatch(source);
  expect(await ends.to.reply()).toMatch(destination);
  const found = await stat(join(ends.to.root, "b"));
  if (sizeBytes === undefined) expect(found.size).toBeLessThan(bytes.length);
  else expect(found.size).toBe(sizeBytes);
});

test("a destination that ends half way keeps what it has and says 226", async () => {
  const ends = await pair(
    {},
    {
      override: ({ verb }) => (verb === "STOR" ? { data: { afterBytes: 1_000_000, how: "end" } } : undefined),
    },
  );
  await begin(ends);
  expect(await ends.to.reply()).toMatch(/^226 /);
  // Whether the source notices depends on how much the system's buffers took.
  expect(await ends.from.reply()).toMatch(/^[24]26 /);
  expect((await stat(join(ends.to.root, "b"))).size).toBe(1_000_000);
});

test("a slow server moves every byte", async () => {
  const ends = await pair({ rateBytesPerS: 20_000_000 });
  await begin(ends);
  expect(await ends.from.reply()).toMatch(/^226 /);
  expect(await ends.to.reply()).toMatch(/^226 /);
  expect(bytes.equals(await readFile(join(ends.to.root, "b")))).toBe(true);
});

test("an override can say, swallow, change and cut", async () => {
  let view: SessionView | undefined;
  const { from } = await pair({
    override: ({ verb, argument, session }) => {
      if (verb === "CONNECT") return { replies: () => "220-two\r\n220 lines" };
      if (verb === "RETR") return "150 Here it comes.\r\n226 There was nothing.";
      if (verb === "SYST") return "";
      if (verb === "SIZE")
        return { replies: (reply) => reply.replace(/\d+$/, "1"), after: () => session.say("200 More") };
      if (verb === "NOOP") view = session;
      if (verb === "DELE") return { before: () => session.dropControl() };
      return verb === "PWD" ? `257 "/${argument}"` : undefined;
    },
  });
  expect(await from.ask("RETR a")).toMatch(/^150 /);
  expect(await from.reply()).toMatch(/^226 /);
  from.write("SYST");
  expect(await from.ask("SIZE a")).toBe("213 1");
  expect(await from.reply()).toBe("200 More");
  expect(await from.ask("PWD x")).toBe('257 "/x"');
  await from.ask("NOOP");
  expect(view).toMatchObject({ username: "ben", directory: "/", peerAddress: "127.0.0.1", secure: false });
  from.write("DELE a");
  await from.closed();
  expect(await stat(join(from.root, "a"))).toBeTruthy();
});
