// The daemons themselves: whatever a test of the product relies on is seen here first, on each of them.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { mkdir, rm, stat } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { TLSSocket } from "node:tls";
import { Client, FTPError } from "basic-ftp";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Daemon, DaemonKind, DaemonOptions } from "./index.ts";
import { daemonKinds, freshAddress, installDaemons, makeFolder, startDaemon } from "./index.ts";
import { isAlive } from "./processes.ts";

const { missing } = await installDaemons();
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) {
    await cleanup();
  }
});

async function start(kind: DaemonKind, options?: DaemonOptions): Promise<Daemon> {
  const daemon = await startDaemon(kind, options);
  cleanups.push(() => daemon.stop());
  return daemon;
}

async function login(daemon: Daemon, options: { user?: number; secure?: boolean | "implicit" } = {}): Promise<Client> {
  const client = new Client(15_000);
  cleanups.push(() => client.close());
  const user = daemon.users[options.user ?? 0];
  await client.access({
    host: daemon.host,
    port: daemon.port,
    user: user?.username ?? "",
    password: user?.password ?? "",
    secure: options.secure ?? daemon.fingerprint !== undefined,
    // What is compared is the fingerprint; nobody vouches for the certificate.
    secureOptions: { rejectUnauthorized: false },
  });
  // It closes a data connection on which TLS begins before the command has come, as basic-ftp's does.
  if (daemon.kind === "pyftpdlib" && daemon.fingerprint && options.secure !== false) {
    await useClearData(client);
  }
  return client;
}

async function useClearData(client: Client): Promise<void> {
  client.prepareTransfer = async (ftp) => {
    const answer = await ftp.request("EPSV");
    const port = Number(/\|(\d+)\|/.exec(answer.message)?.[1]);
    const socket = connect({ host: ftp.socket.remoteAddress ?? "", port });
    await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    ftp.dataSocket = socket;
    return answer;
  };
  await client.send("PROT C");
}

function read(client: Client, path: string): Promise<Buffer> {
  const sink = new PassThrough();
  const whole = buffer(sink);
  return client.downloadTo(sink, path).then(() => whole);
}

/** An address of somebody else who accepts connections. */
async function listenElsewhere(): Promise<{ host: string; port: number }> {
  const host = freshAddress();
  const server = createServer((socket) => socket.on("error", () => undefined));
  await new Promise<void>((resolve) => server.listen({ host, port: 0 }, resolve));
  cleanups.push(() => new Promise((resolve) => server.close(resolve)));
  return { host, port: (server.address() as { port: number }).port };
}

function portCommand({ host, port }: { host: string; port: number }): string {
  return `PORT ${host.replaceAll(".", ",")},${port >> 8},${port & 255}`;
}

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => (error instanceof FTPError ? error.code : error),
  );

for (const kind of daemonKinds) {
  const lack = missing.find((one) => one.kind === kind);
  describe.skipIf(lack)(lack ? `${kind} (skipped: ${lack.how})` : kind, { timeout: 30_000 }, () => {
    for (const tls of [false, true]) {
      describe(tls ? "with TLS" : "plain", () => {
        test("stores, lists and reads back a file", async () => {
          const daemon = await start(kind, { tls });
          const client = await login(daemon);
          if (tls) {
            const certificate = (client.ftp.socket as TLSSocket).getPeerCertificate();
            expect(certificate.fingerprint256.replaceAll(":", "").toLowerCase()).toBe(daemon.fingerprint);
          }
          const content = Buffer.from("Bonjour, 你好\n".repeat(10_000));
          await client.ensureDir("/été/deux");
          await client.cd("/");
          await client.uploadFrom(Readable.from([content]), "/été/deux/a b.txt");
          expect((await client.list("/été/deux")).map((entry) => [entry.name, entry.size])).toEqual([
            ["a b.txt", content.length],
          ]);
          expect(content.equals(await read(client, "/été/deux/a b.txt"))).toBe(true);
          expect(content.equals(readFileSync(join(daemon.root, "été/deux/a b.txt")))).toBe(true);
          expect((await stat(join(daemon.root, "été/deux/a b.txt"))).uid).not.toBe(0);
        });

        test("accepts a foreign PORT with fxp and refuses it without", async () => {
          const elsewhere = await listenElsewhere();
          const open = await login(await start(kind, { tls, fxp: true }));
          expect((await open.send(portCommand(elsewhere))).code).toBe(200);
          const closed = await login(await start(kind, { tls, fxp: false }));
          expect(await refusal(closed.send(portCommand(elsewhere)))).toBe(kind === "pyftpdlib" ? 501 : 500);
        });

        test("dies with its children by kill9, comes back by restart, leaves nothing after stop", async () => {
          const daemon = await start(kind, { tls });
          const client = await login(daemon);
          await client.uploadFrom(Readable.from(["kept"]), "kept.txt");
          const before = daemon.pids();
          // One process for the listener, at least one for the session, or all in one.
          expect(before.length).toBeGreaterThanOrEqual(kind === "pyftpdlib" ? 1 : 2);
          await daemon.kill9();
          expect(daemon.pids()).toEqual([]);
          expect(before.filter(isAlive)).toEqual([]);
          await expect(login(daemon)).rejects.toThrow();

          await daemon.restart();
          expect(await read(await login(daemon), "kept.txt")).toEqual(Buffer.from("kept"));
          const after = daemon.pids();
          await daemon.stop();
          expect(daemon.pids()).toEqual([]);
          expect(after.filter(isAlive)).toEqual([]);
          expect(existsSync(daemon.root)).toBe(false);
          expect(filesOf(daemon, [...before, ...after])).toEqual([]);
        });
      });
    }

    test("refuses a wrong password", async () => {
      const daemon = await start(kind);
      const client = new Client(25_000);
      cleanups.push(() => client.close());
      const { host, port, username: user } = daemon;
      expect(await refusal(client.access({ host, port, user, password: "wrong" }))).toBe(530);
    });

    test("refuses a login without TLS when it has TLS", async () => {
      const code = await refusal(login(await start(kind, { tls: true }), { secure: false }));
      expect([421, 530, 550]).toContain(code);
    });

    test("refuses clear data when data has to be protected", async () => {
      const daemon = await start(kind, { tls: { dataRequired: true } });
      const client = await login(daemon);
      if (kind !== "pyftpdlib") {
        await client.uploadFrom(Readable.from(["x"]), "x.txt");
      }
      // Each says no at a place of its own: PROT, EPSV or the transfer.
      const clear = useClearData(client).then(() => client.list());
      expect([521, 522, 534, 550]).toContain(await refusal(clear));
    });

    test("keeps a reader from writing beside a user who may", async () => {
      const users = [
        { username: "reader", password: "p1", readOnly: true },
        { username: "writer", password: "p2" },
        { username: "other", password: "p3", folder: "inner/most" },
      ];
      const daemon = await start(kind, { users });
      const reader = await login(daemon, { user: 0 });
      expect(await refusal(reader.send("MKD new"))).toBe(550);
      const writer = await login(daemon, { user: 1 });
      await writer.uploadFrom(Readable.from(["x"]), "/inner/most/x.txt");
      expect((await (await login(daemon, { user: 2 })).list("/")).map((entry) => entry.name)).toEqual(["x.txt"]);
      expect(await read(await login(daemon, { user: 0 }), "/inner/most/x.txt")).toEqual(Buffer.from("x"));
      const closed = await login(await start(kind, { readOnly: true }));
      expect(await refusal(closed.send("MKD new"))).toBe(550);
    });

    test("is killed in the middle of a limited transfer, a part of the file stays", async () => {
      const daemon = await start(kind, { rateBytesPerS: 50_000 });
      const size = 4_000_000;
      const content = Buffer.alloc(size, 7);
      writeFileSync(join(daemon.root, "big.bin"), content);
      const client = await login(daemon);
      let received = 0;
      const sink = new PassThrough().on("data", (chunk: Buffer) => {
        received += chunk.length;
      });
      const begun = new Promise((resolve) => sink.once("data", resolve));
      const download = client.downloadTo(sink, "big.bin").catch(() => "cut");
      await begun;
      // Without the limit all of it would have come by the end of this.
      expect((await (await login(daemon)).list()).length).toBe(1);
      await daemon.kill9();
      await download;
      expect(received).toBeLessThan(size);

      await daemon.restart();
      const again = await login(daemon);
      const path = join(daemon.root, "up.bin");
      const upload = again.uploadFrom(Readable.from([content]), "up.bin").catch(() => "cut");
      await growth(path);
      expect((await (await login(daemon)).list()).length).toBe(2);
      await daemon.kill9();
      expect(await upload).toBe("cut");
      expect((await stat(path)).size).toBeLessThan(size);
    });

    test("stays silent while frozen and answers after the thaw", async () => {
      const daemon = await start(kind);
      const client = await login(daemon);
      await daemon.freeze();
      const answer = client.pwd();
      expect(daemon.pids().map(stateOf)).toEqual(daemon.pids().map(() => "T"));
      daemon.thaw();
      expect(await answer).toBe("/");
    });

    test("listens on ::1", async () => {
      const client = await login(await start(kind, { address: "::1", tls: true }));
      await client.uploadFrom(Readable.from(["six"]), "six.txt");
      expect(await read(client, "six.txt")).toEqual(Buffer.from("six"));
    });

    test("works in a given folder and leaves it there", async () => {
      const parent = await makeFolder();
      cleanups.push(() => rm(parent, { recursive: true }));
      const daemon = await start(kind, { root: join(parent, "share") });
      await mkdir(join(daemon.root, "inbox"), { recursive: true });
      const client = await login(daemon);
      // Without root the daemon works as the test itself.
      expect(await refusal(client.send("MKD inbox/new"))).toBe(process.getuid?.() === 0 ? 550 : undefined);
      await daemon.own();
      await client.uploadFrom(Readable.from(["x"]), "inbox/x.txt");
      await daemon.stop();
      expect(readdirSync(join(parent, "share/inbox"))).toContain("x.txt");
    });

    test("turns away more logins than maxClients", async () => {
      const daemon = await start(kind, { maxClients: 2 });
      const clients = await Promise.allSettled([login(daemon), login(daemon), login(daemon)]);
      expect(clients.filter((one) => one.status === "fulfilled").length).toBeLessThanOrEqual(2);
      expect(clients.filter((one) => one.status === "fulfilled").length).toBeGreaterThan(0);
    });

    test("has hashes only where the daemon knows them", async () => {
      const client = await login(await start(kind, { hashes: true }));
      const features = await client.features();
      expect(features.has("XSHA256")).toBe(kind === "proftpd");
    });

    test.runIf(kind === "vsftpd" || kind === "proftpd")("speaks TLS from the first byte", async () => {
      const daemon = await start(kind, { tls: { implicit: true } });
      const client = await login(daemon, { secure: "implicit" });
      expect(await client.pwd()).toBe("/");
    });
  });
}

for (const [index, kind] of daemonKinds.entries()) {
  const next = daemonKinds[(index + 1) % daemonKinds.length] ?? kind;
  const lack = missing.some((one) => one.kind === kind || one.kind === next);
  test.skipIf(lack)(`${kind} hands a file straight to ${next}`, async () => {
    const [from, to] = await Promise.all([start(kind), start(next)]);
    const content = Buffer.alloc(300_000, "straight ");
    writeFileSync(join(from.root, "a.bin"), content);
    const [source, destination] = await Promise.all([login(from), login(to)]);
    const [, , , , high, low] = (await source.send("PASV")).message.match(/\d+(?=[,)])/g) ?? [];
    await destination.send(portCommand({ host: from.host, port: Number(high) * 256 + Number(low) }));
    await Promise.all([destination.send("STOR b.bin"), source.send("RETR a.bin")]);
    const path = join(to.root, "b.bin");
    await vi.waitUntil(() => existsSync(path) && content.equals(readFileSync(path)), { timeout: 10_000, interval: 10 });
  });
}

test.skipIf(missing.some((one) => one.kind === "vsftpd"))("a killed test leaves no daemon behind", async () => {
  const index = new URL("./index.ts", import.meta.url).href;
  const program = `import { startDaemon } from ${JSON.stringify(index)};
    const { pids, root } = await startDaemon("vsftpd");
    process.stdout.write(JSON.stringify({ pids: pids(), root }) + "\\n");
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  cleanups.push(() => child.kill("SIGKILL"));
  const line = await new Promise<Buffer>((resolve) => child.stdout.once("data", resolve));
  const { pids, root } = JSON.parse(line.toString()) as { pids: number[]; root: string };
  expect(pids.filter(isAlive)).toEqual(pids);
  child.kill("SIGKILL");
  await vi.waitUntil(() => !pids.some(isAlive) && !existsSync(root), { timeout: 10_000, interval: 10 });
});

test.skipIf(missing.some((one) => one.kind === "vsftpd"))(
  "a session that outlives the listener is still one of its processes",
  async () => {
    const daemon = await start("vsftpd");
    await login(daemon);
    const [listener = 0, ...sessions] = daemon.pids();
    expect(sessions.length).toBeGreaterThan(0);
    process.kill(listener, "SIGKILL");
    await expect.poll(() => isAlive(listener)).toBe(false);
    expect(daemon.pids()).toEqual(sessions);
    await daemon.kill9();
    expect(sessions.filter(isAlive)).toEqual([]);
  },
);

test("daemons started together do not share an address", async () => {
  const kinds = daemonKinds.filter((kind) => !missing.some((one) => one.kind === kind));
  const daemons = await Promise.all([...kinds, ...kinds].map((kind) => start(kind)));
  expect(new Set(daemons.map((daemon) => daemon.host)).size).toBe(daemons.length);
  await Promise.all(daemons.map((daemon) => login(daemon)));
});

function stateOf(pid: number): string {
  const text = readFileSync(`/proc/${pid}/stat`, "latin1");
  return text.slice(text.lastIndexOf(")") + 2, text.lastIndexOf(")") + 3);
}

/** What names this daemon's folder or PAM service outside of it. */
function filesOf(daemon: Daemon, pids: number[]): string[] {
  const folder = daemon.root.replace(/\/root$/, "");
  const services = readdirSync("/etc/pam.d").filter((name) => name.startsWith(`fonshare-test-${process.pid}-`));
  const sessions = daemon.kind === "pure-ftpd" ? readdirSync("/run/pure-ftpd") : [];
  const left = sessions.filter((name) => pids.includes(Number(name.replace("client-", ""))));
  return existsSync(folder) ? [folder, ...services, ...left] : [...services, ...left];
}

async function growth(path: string): Promise<void> {
  await expect.poll(() => (existsSync(path) ? statSync(path).size : 0)).toBeGreaterThan(0);
}
