import { randomBytes } from "node:crypto";
import { once as onceOf } from "node:events";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { createSecureContext, TLSSocket } from "node:tls";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Refusal } from "./connect.ts";
import type { TestBench } from "./fixtures.ts";
import { connectorFor, createBench, login, makeCertificate, on, once } from "./fixtures.ts";

const bench: TestBench = createBench();
const account = { username: "anna", password: "correct-horse" };
let certificate: Awaited<ReturnType<typeof makeCertificate>>;

beforeAll(async () => {
  certificate = await makeCertificate();
});
afterEach(() => bench.clear());

const explicit = () => ({ tls: { key: certificate.key, cert: certificate.cert, mode: "explicit" as const } });

/** Says `injected` in clear behind its answer to AUTH; over TLS it refuses every login. */
async function startInjected(injected: string) {
  const heard: string[] = [];
  const { key, cert } = certificate;
  const server = createServer((socket) => {
    socket.on("error", () => undefined).write("220 hi\r\n");
    socket.once("data", () => {
      socket.write(`234 go\r\n${injected}`);
      const secure = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext({ key, cert }) });
      secure.on("error", () => undefined);
      secure.on("data", (line) => {
        heard.push(String(line).trim());
        secure.write("530 Not you.\r\n");
      });
    });
  }).listen(0, "127.0.0.1");
  await onceOf(server, "listening");
  const close = () => new Promise((resolve) => server.close(resolve));
  return { port: (server.address() as AddressInfo).port, heard, close };
}

describe("connecting", () => {
  test.each([
    ["530 Login incorrect.", "server.login-refused"],
    ["530 Sorry, the maximum number of clients (2) from your host are already connected.", "server.busy"],
    ["421 2 users (the maximum) are already logged in, sorry", "server.busy"],
    ["530 Non-anonymous sessions must use encryption.", "server.tls-required"],
  ])("PASS answered with %s", async (text, code) => {
    const { target, server } = await bench.start({ override: on("PASS", text) });
    await expect(bench.connect(target)).rejects.toMatchObject({ code });
    await expect.poll(() => server.connections()).toBe(0);
  });

  test("a greeting of 421 is busy", async () => {
    const { target } = await bench.start({ override: on("CONNECT", "421 Too many connections (2) from this IP") });
    await expect(bench.connect(target)).rejects.toMatchObject({ code: "server.busy" });
  });

  test("nobody there, no banner, a hang-up: offline", async () => {
    const silent = createServer((socket) => socket.on("error", () => undefined).resume());
    const rude = createServer((socket) => socket.destroy());
    const port = async (server: typeof silent) => {
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return (server.address() as AddressInfo).port;
    };
    for (const server of [silent, rude]) {
      const target = login({ host: "127.0.0.1", port: await port(server), ...account }, "plain");
      const connecting = bench.connect(target, "files", { timeouts: { replyMs: 50 } });
      await expect(connecting).rejects.toMatchObject({ code: "server.offline" });
    }
    silent.close();
    rude.close();
    const { target, server } = await bench.start();
    await server.close();
    await expect(bench.connect(target)).rejects.toMatchObject({ code: "server.offline" });
  });

  test("denied addresses and ports are not even tried", async () => {
    const { target, server } = await bench.start();
    const policy = { allowNetworks: [] };
    await expect(bench.connect(target, "files", { policy })).rejects.toMatchObject({ code: "server.address-refused" });
    const named = { ...target, host: "rebind.example" };
    const resolve = async () => [target.host];
    await expect(bench.connect(named, "files", { policy, resolve })).rejects.toMatchObject({
      code: "server.address-unresolvable",
    });
    await expect(bench.connect({ ...target, port: 5432 })).rejects.toMatchObject({ code: "server.address-refused" });
    await expect(bench.connect({ ...target, dataAddress: "10.0.0.1" })).rejects.toMatchObject({
      code: "server.address-refused",
    });
    expect(server.commands).toEqual([]);
    expect((await bench.connect(named, "files", { resolve })).peerAddress).toBe("127.0.0.1");
  });

  test("a resolver that never answers ends", async () => {
    const { target } = await bench.start();
    const resolve = () => new Promise<string[]>(() => undefined);
    const connecting = bench.connect({ ...target, host: "slow.example" }, "files", {
      resolve,
      timeouts: { connectMs: 20 },
    });
    await expect(connecting).rejects.toMatchObject({ code: "server.address-unresolvable" });
  });

  test("the next address is tried when one does not answer", async () => {
    const { target } = await bench.start({ address: "127.0.0.1" });
    const resolve = async () => ["127.0.0.9", "127.0.0.1"];
    const session = await bench.connect({ ...target, host: "two.example" }, "files", { resolve });
    expect(session.peerAddress).toBe("127.0.0.1");
  });

  test("an abort ends it with its reason and leaves nothing open", async () => {
    const abort = new AbortController();
    const { target, server } = await bench.start({
      override: on("USER", { before: () => abort.abort(new Error("enough")), replies: () => undefined }),
    });
    const connecting = connectorFor().connect(target, { use: "files", signal: abort.signal });
    await expect(connecting).rejects.toThrow("enough");
    await expect.poll(() => server.connections()).toBe(0);
  });

  test("IPv6", async () => {
    const { target, root } = await bench.start({ address: "::1" });
    await writeFile(join(root, "x"), "1");
    const session = await bench.connect(target);
    expect(session.peerAddress).toBe("::1");
    expect((await session.list("/")).entries).toMatchObject([{ name: "x" }]);
  });

  test("errors and refusals tell no login, host or path", async () => {
    const refusals: Refusal[] = [];
    const { target } = await bench.start({
      override: on("PASS", "530 anna@ftp.anna.example: correct-horse is wrong for /srv/anna at 127.0.0.1"),
    });
    const failed = await bench
      .connect(target, "files", { onRefusal: (seen) => refusals.push(seen) })
      .catch((error: unknown) => error);
    const shown = JSON.stringify([refusals, String(failed), (failed as Error).stack?.split("\n")[0]]);
    expect(refusals).toHaveLength(1);
    for (const secret of ["anna", "correct-horse", "127.0.0.1", "/srv"]) expect(shown).not.toContain(secret);
  });
});

describe("TLS", () => {
  test("a certificate that nobody vouches for is shown, and no name of a user was sent", async () => {
    const { target, server } = await bench.start(explicit());
    await expect(bench.connect(target)).rejects.toMatchObject({
      code: "server.certificate-unknown",
      params: { fingerprint: certificate.fingerprint },
    });
    expect(server.commands).not.toContain("USER");
  });

  test("pinned, it is accepted; another one is not", async () => {
    const { target, server } = await bench.start(explicit());
    const pinned = { ...target, fingerprint: certificate.fingerprint.toUpperCase().replace(/..(?=.)/g, "$&:") };
    const session = await bench.connect(pinned);
    expect((await session.list("/")).entries).toEqual([]);
    const other = bench.connect({ ...target, fingerprint: "ab".repeat(32) });
    await expect(other).rejects.toMatchObject({
      code: "server.certificate-changed",
      params: { fingerprint: certificate.fingerprint },
    });
    expect(server.commands.filter((verb) => verb === "USER")).toHaveLength(1);
  });

  test("an authority that vouches for the host name is enough, for another name it is not", async () => {
    const { target } = await bench.start(explicit());
    const resolve = async () => ["127.0.0.1"];
    const deps = { ca: certificate.cert, resolve };
    const session = await bench.connect({ ...target, host: "localhost" }, "files", deps);
    expect((await session.list("/")).entries).toEqual([]);
    const other = bench.connect({ ...target, host: "other.example" }, "files", deps);
    await expect(other).rejects.toMatchObject({ code: "server.certificate-unknown" });
  });

  test("implicit", async () => {
    const tls = { key: certificate.key, cert: certificate.cert, mode: "implicit" as const };
    const { target, root, server } = await bench.start({ tls });
    await writeFile(join(root, "x"), "1");
    await expect(bench.connect(target)).rejects.toMatchObject({ code: "server.certificate-unknown" });
    expect(server.commands).not.toContain("USER");
    const session = await bench.connect({ ...target, fingerprint: certificate.fingerprint });
    expect((await session.list("/")).entries).toHaveLength(1);
  });

  test("a server without TLS gets no password", async () => {
    const { target, server } = await bench.start();
    await expect(bench.connect({ ...target, security: "tls" })).rejects.toMatchObject({ code: "server.tls-failed" });
    expect(server.commands).not.toContain("USER");
  });

  test("a handshake that fails is told as such", async () => {
    const { target } = await bench.start({ override: on("AUTH", "234 go ahead, in clear") });
    const connecting = bench.connect({ ...target, security: "tls" }, "files", { timeouts: { connectMs: 1_000 } });
    await expect(connecting).rejects.toMatchObject({ code: "server.tls-failed" });
  });

  // Whoever sits between can write in clear, before the handshake.
  test.each([
    ["a reply", "331 Password?\r\n", "server.protocol", []],
    ["several replies", "331 Password?\r\n230 Welcome\r\n211 End\r\n200 ok\r\n200 ok\r\n", "server.protocol", []],
    ["half a reply", "230 Wel", "server.login-refused", ["USER anna"]],
    ["the beginning of a long one", "230-Welcome\r\n", "server.login-refused", ["USER anna"]],
  ])("%s that came behind AUTH in clear is no reply of the server", async (_, injected, code, said) => {
    const { port, heard, close } = await startInjected(injected);
    const target = login({ host: "127.0.0.1", port, ...account, fingerprint: certificate.fingerprint }, "tls");
    await expect(bench.connect(target)).rejects.toMatchObject({ code });
    expect(heard).toEqual(said);
    await close();
  });

  test("listings are protected, and clear only where the server says that it has no other", async () => {
    const { target, server, root } = await bench.start({ ...explicit(), override: on("PROT", "536 not supported") });
    await writeFile(join(root, "x"), "1");
    const session = await bench.connect({ ...target, fingerprint: certificate.fingerprint });
    expect(server.commands).toContain("PROT");
    expect(session.dataProtection).toBe("clear");
    expect((await session.list("/")).entries).toHaveLength(1);
  });

  test.each([
    ["fxp", "450 Not now.", "server.protocol"],
    ["fxp", "421 Not now.", "server.busy"],
    ["files", "431 Not now.", "server.protocol"],
  ] as const)("for %s, PROT answered with %s is trouble that passes, no word about data", async (use, reply, code) => {
    const { target } = await bench.start({ ...explicit(), override: once("PROT", reply) });
    const pinned = { ...target, fingerprint: certificate.fingerprint };
    await expect(bench.connect(pinned, use)).rejects.toMatchObject({ code });
    expect(await bench.connect(pinned, use)).toMatchObject({ dataProtection: "clear", canProtectData: true });
  });

  test("a server that knows no PROT stays at clear data", async () => {
    const { target, root } = await bench.start({ ...explicit(), features: { without: ["PROT"] } });
    await writeFile(join(root, "x"), "1");
    const session = await bench.connect({ ...target, fingerprint: certificate.fingerprint }, "fxp");
    expect(session).toMatchObject({ dataProtection: "clear", canProtectData: false });
    expect((await session.list("/")).entries).toHaveLength(1);
  });

  test("a server that insists on protected data says so to an fxp session", async () => {
    const { tls } = explicit();
    const { target } = await bench.start({ tls: { ...tls, requiredForData: true } });
    const session = await bench.connect({ ...target, fingerprint: certificate.fingerprint }, "fxp");
    expect(session.dataProtection).toBe("protected");
  });
});

describe("listing", () => {
  test("an empty folder and a missing one are told apart, with MLSD and with LIST", async () => {
    for (const features of [{ mlst: true }, { mlst: false }]) {
      const { target, root } = await bench.start({ features });
      await mkdir(join(root, "empty"));
      const session = await bench.connect(target);
      expect(await session.list("empty")).toEqual({ entries: [], unaddressable: 0, malformed: 0, truncated: false });
      await expect(session.list("missing")).rejects.toMatchObject({ code: "file.gone" });
      expect(await session.directoryExists("empty")).toBe(true);
      expect(await session.directoryExists("/missing")).toBe(false);
      expect(session.closed).toBe(false);
    }
  });

  test("PASV where there is no EPSV; LIST where there is no MLSD after all", async () => {
    const { target, root, server } = await bench.start({
      features: { without: ["EPSV"] },
      override: on("MLSD", "500 Unknown command."),
    });
    await writeFile(join(root, "x"), "1");
    const session = await bench.connect(target);
    expect((await session.list("/")).entries).toMatchObject([{ name: "x", sizeBytes: 1 }]);
    await session.list("/");
    expect(server.commands.filter((verb) => verb === "MLSD")).toHaveLength(1);
    expect(server.commands).toContain("PASV");
  });

  test("a PASV answer that leads elsewhere is refused, one of a private network is replaced", async () => {
    const lying = await bench.start({
      features: { without: ["EPSV"] },
      override: on("PASV", "227 Entering Passive Mode (8,8,8,8,164,16)"),
    });
    const session = await bench.connect(lying.target);
    await expect(session.list("/")).rejects.toMatchObject({ code: "server.protocol" });
    const behindNat = await bench.start({
      features: { without: ["EPSV"] },
      override: on("PASV", { replies: (text) => text.replace(/\(\d+,\d+,\d+,\d+/, "(192,168,1,5") }),
    });
    expect((await (await bench.connect(behindNat.target)).list("/")).entries).toEqual([]);
  });

  test("a port that the policy denies is asked for once more, not for ever", async () => {
    let asked = 0;
    const now = (denials: number) => ({
      override: on("EPSV", {
        replies: (text) => (++asked <= denials ? "229 Entering Extended Passive Mode (|||5432|)" : text),
      }),
    });
    const unlucky = await bench.connect((await bench.start(now(2))).target);
    expect((await unlucky.list("/")).entries).toEqual([]);
    asked = 0;
    const hostile = await bench.connect((await bench.start(now(99))).target);
    await expect(hostile.list("/")).rejects.toMatchObject({ code: "server.protocol" });
    expect(asked).toBe(3);
  });

  test("a notice of truncation in the final reply is seen", async () => {
    const { target, root } = await bench.start({
      override: on("MLSD", { replies: (text) => text.replace(/^226 .*/m, "226 Output truncated to 10000 matches") }),
    });
    await writeFile(join(root, "x"), "1");
    const session = await bench.connect(target);
    expect(await session.list("/")).toMatchObject({ truncated: true, entries: [{ name: "x" }] });
  });

  test("our own bounds end it, and the session with it", async () => {
    const { target, root } = await bench.start();
    for (let index = 0; index < 20; index += 1) await writeFile(join(root, `${index}`), "");
    for (const [bound, length] of [
      [{ maxEntries: 5 }, 5],
      [{ maxBytes: 100 }, 20],
    ] as const) {
      const session = await bench.connect(target);
      const listing = await session.list("/", bound);
      expect(listing.truncated).toBe(true);
      expect(listing.entries.length).toBeLessThanOrEqual(length);
      expect(session.closed).toBe(true);
    }
    const session = await bench.connect(target);
    expect(await session.list("/", { maxEntries: 20 })).toMatchObject({ truncated: false, entries: { length: 20 } });
  });

  test.each([
    ["reset", "server.protocol"],
    ["end", undefined],
  ] as const)("a data connection that ends early (%s)", async (how, code) => {
    const { target, root } = await bench.start({ override: on("MLSD", { data: { afterBytes: 10, how } }) });
    await writeFile(join(root, "a-file"), "1");
    const session = await bench.connect(target);
    const listing = session.list("/");
    if (code) await expect(listing).rejects.toMatchObject({ code });
    else expect(await listing).toMatchObject({ entries: [], malformed: 1 });
    expect(session.closed).toBe(false);
  });

  test("a silent data connection and a silent control connection end", async () => {
    const stalled = await bench.start({ override: on("MLSD", { data: { afterBytes: 0, how: "stall" } }) });
    await writeFile(join(stalled.root, "a-file"), "1");
    const silent = await bench.start({ override: on("MLSD", "") });
    for (const { target, server } of [stalled, silent]) {
      const session = await bench.connect(target, "files", { timeouts: { replyMs: 1_000, dataMs: 500 } });
      await expect(session.list("/")).rejects.toMatchObject({
        code: expect.stringMatching(/server\.(offline|protocol)/),
      });
      await server.close();
    }
  });

  test("a first word that comes after all data, and no last one, is not waited for", async () => {
    const { target, root } = await bench.start({
      ...explicit(),
      override: (command) =>
        command.verb === "MLSD"
          ? { replies: () => undefined, after: () => command.session.say("150 Here") }
          : undefined,
    });
    await writeFile(join(root, "a-file"), "1");
    const known = { ...target, fingerprint: certificate.fingerprint };
    // Longer than it waits for that word before it begins to read.
    const session = await bench.connect(known, "files", { timeouts: { replyMs: 2_000 } });
    await expect(session.list("/")).rejects.toMatchObject({ code: "server.offline" });
  });

  test("a control connection lost in the middle is offline and closes the session", async () => {
    const { target } = await bench.start({
      override: (command) => (command.verb === "MLSD" ? { before: () => command.session.dropControl() } : undefined),
    });
    const session = await bench.connect(target);
    await expect(session.list("/")).rejects.toMatchObject({ code: "server.offline" });
    expect(session.closed).toBe(true);
  });

  test("421 in the middle is busy and closes the session", async () => {
    const { target } = await bench.start({ override: on("CWD", "421 Timeout.") });
    const session = await bench.connect(target);
    await expect(session.list("/")).rejects.toMatchObject({ code: "server.busy" });
    expect(session.closed).toBe(true);
  });

  test("an abort ends it with its reason", async () => {
    const abort = new AbortController();
    const { target, server } = await bench.start({
      override: on("MLSD", { before: () => abort.abort(new Error("enough")), replies: () => undefined }),
    });
    const session = await bench.connect(target);
    await expect(session.list("/", { signal: abort.signal })).rejects.toThrow("enough");
    expect(session.closed).toBe(true);
    await expect.poll(() => server.connections()).toBe(0);
    expect(server.commands).not.toContain("QUIT");
  });
});

describe("verbs", () => {
  test("size, time, rename, remove, set time", async () => {
    for (const features of [{}, { mlst: false, without: ["MFMT"] }]) {
      const { target, root } = await bench.start({ features, banner: "220 (vsFTPd 3.0.3)" });
      await writeFile(join(root, "a.txt"), "12345");
      const session = await bench.connect(target);
      expect(await session.size("a.txt")).toBe(5);
      expect(await session.size("none")).toBeUndefined();
      const at = new Date("2020-02-03T04:05:06Z");
      expect(await session.setModifiedAt("/a.txt", at)).toBe(true);
      expect(await session.modifiedAt("/a.txt")).toEqual(at);
      expect(await session.modifiedAt("/none")).toBeUndefined();
      await session.rename("/a.txt", "/é b.txt");
      await expect(session.rename("/a.txt", "/c")).rejects.toMatchObject({ code: "inbox.refused" });
      expect(await readdir(root)).toEqual(["é b.txt"]);
      await session.remove("/é b.txt");
      await session.remove("/é b.txt");
      expect(await readdir(root)).toEqual([]);
    }
  });

  test("what may not be removed or renamed is told", async () => {
    const { target, root } = await bench.start({
      override: (command) =>
        command.verb === "DELE" || command.verb === "RNTO" ? "550 Permission denied." : undefined,
    });
    await writeFile(join(root, "a"), "1");
    const session = await bench.connect(target);
    await expect(session.remove("/a")).rejects.toMatchObject({ code: "inbox.refused" });
    await expect(session.rename("/a", "/b")).rejects.toMatchObject({ code: "inbox.refused" });
  });

  test.each([
    ["RNFR", "550 No such file.", "inbox.refused"],
    ["RNFR", "450 Busy.", "server.protocol"],
    ["RNFR", "250 Done?", "server.protocol"],
    ["RNTO", "450 Busy.", "server.protocol"],
    ["RNTO", "350 Go on.", "server.protocol"],
    ["DELE", "350 Go on.", "server.protocol"],
    ["MKD", "350 Go on.", "server.protocol"],
    ["SIZE", "350 Go on.", "server.protocol"],
  ])("%s answered %s: %s", async (verb, answer, code) => {
    const { target, root } = await bench.start({ override: on(verb, answer) });
    await writeFile(join(root, "a"), "1");
    const session = await bench.connect(target);
    const doing = {
      RNFR: () => session.rename("/a", "/b"),
      RNTO: () => session.rename("/a", "/b"),
      DELE: () => session.remove("/a"),
      MKD: () => session.makeDirectories("/x", "/"),
      SIZE: () => session.size("/a"),
    }[verb];
    await expect(doing?.()).rejects.toMatchObject({ code });
  });

  test("directories are made below an existing one only", async () => {
    const { target, root } = await bench.start();
    await mkdir(join(root, "in box"));
    const session = await bench.connect(target);
    await session.makeDirectories("/in box/a/b c/d", "/in box");
    await session.makeDirectories("/in box/a/b c/e", "/in box/");
    await session.makeDirectories("in box/a", "in box");
    expect((await readdir(join(root, "in box"), { recursive: true })).sort()).toEqual([
      "a",
      "a/b c",
      "a/b c/d",
      "a/b c/e",
    ]);
    await expect(session.makeDirectories("/gone/a", "/gone")).rejects.toMatchObject({ code: "file.gone" });
    for (const path of ["/in boxes", "/in box/../x", "/"])
      await expect(session.makeDirectories(path, "/in box")).rejects.toMatchObject({ code: "request.invalid" });
    expect(await readdir(root)).toEqual(["in box"]);
  });

  test("a refused MKD is told", async () => {
    const { target } = await bench.start({ override: on("MKD", "550 Permission denied.") });
    const session = await bench.connect(target);
    await expect(session.makeDirectories("/a", "/")).rejects.toMatchObject({ code: "inbox.refused" });
  });

  test("names cannot smuggle commands", async () => {
    const { target, server } = await bench.start();
    const session = await bench.connect(target);
    await expect(session.size("/x\r\nDELE y")).rejects.toMatchObject({ code: "request.invalid" });
    expect(server.commands).not.toContain("DELE");
    expect(session.closed).toBe(false);
  });

  test("a relative path means the login directory, also after a listing", async () => {
    const { target, root } = await bench.start();
    await mkdir(join(root, "sub"));
    await writeFile(join(root, "x"), randomBytes(3));
    const session = await bench.connect(target);
    await session.list("sub");
    expect(await session.size("x")).toBe(3);
    expect((await session.list("")).entries).toHaveLength(2);
  });
});
