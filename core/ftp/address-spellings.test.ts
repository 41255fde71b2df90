// The address policy at the three doors by which an address comes in: a target's host (and what its name resolves to, also
// when that changes), the data address of an owner, and what a server answers to PASV. Plus what a stranger's port is like.
import type { AddressInfo, Socket } from "node:net";
import { createServer } from "node:net";
import fc from "fast-check";
import { generate } from "selfsigned";
import { afterEach, describe, expect, test } from "vitest";
import { createBench, login, on } from "./fixtures.ts";
import { parseEpsv, parsePasv, passiveAddress } from "./replies/passive.ts";

const bench = createBench();
const cleanups: Array<() => unknown> = [];
afterEach(async () => {
  await bench.clear();
  for (const clean of cleanups.splice(0)) await clean();
});

/** Listens, counts who comes, and says `greeting` to them. */
async function startStranger(address: string, greet: (socket: Socket) => void, port = 0) {
  const sockets = new Set<Socket>();
  let visits = 0;
  const server = createServer((socket) => {
    visits += 1;
    sockets.add(socket.on("error", () => undefined));
    greet(socket);
  });
  await new Promise<void>((done) => server.listen(port, address, done));
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { host: address, port: (server.address() as AddressInfo).port, visits: () => visits };
}

const spellingsOfLoopback = [
  ...["127.1", "2130706433", "0x7f.0.0.1", "0x7f000001", "0177.0.0.1", "017700000001", "127.0.0.1.", "[127.0.0.1]"],
  ...["::ffff:7f00:1", "::127.0.0.1", "::1", "[::1]", "64:ff9b::7f00:1", "2002:7f00:1::", "2606:4700::5efe:7f00:1"],
  ...["fe80::1%lo", "127。0。0。1", "１２７.0.0.1", "①②⑦.0.0.1", "%31%32%37.0.0.1", "LOCALHOST", "localhost."],
];

describe("a host", () => {
  test.each(spellingsOfLoopback)("%s leads nowhere where loopback is denied", async (host) => {
    const trap = await startStranger("127.0.0.1", () => undefined);
    const target = login({ host, port: trap.port, username: "anna", password: "secret" }, "plain");
    const policy = { allowNetworks: ["192.168.7.0/24"] };
    await expect(bench.connect(target, "files", { policy })).rejects.toMatchObject({
      code: expect.stringMatching(/^server\.address-(refused|unresolvable)$/),
    });
    expect(trap.visits()).toBe(0);
  });

  test("whose name leads elsewhere the second time is asked about again, and is no way in", async () => {
    const { target } = await bench.start({ address: "127.0.0.1" });
    const trap = await startStranger("127.0.0.2", () => undefined, target.port);
    const answers = [["127.0.0.1"], ["127.0.0.2"], ["::ffff:127.0.0.2"], ["127.0.0.2", "127.0.0.1"]];
    let asked = 0;
    const resolve = async () => answers[asked++] ?? [];
    const policy = { allowNetworks: ["127.0.0.1/32"] };
    const named = { ...target, host: "rebind.example" };
    const visit = () => bench.connect(named, "files", { policy, resolve });
    const session = await visit();
    expect(session.peerAddress).toBe("127.0.0.1");
    // Data connections go to the checked address; nobody asks for the name again.
    await session.list("/");
    expect(asked).toBe(1);
    await expect(visit()).rejects.toMatchObject({ code: "server.address-unresolvable" });
    await expect(visit()).rejects.toMatchObject({ code: "server.address-unresolvable" });
    expect((await visit()).peerAddress).toBe("127.0.0.1");
    expect([asked, trap.visits()]).toEqual([4, 0]);
  });
});

describe("a data address", () => {
  test.each([...spellingsOfLoopback, "10.0.0.1", "169.254.169.254", "localhost"])(
    "%s is refused before anything is connected",
    async (dataAddress) => {
      const { target, server } = await bench.start({ address: "127.0.0.2" });
      const policy = { allowNetworks: ["127.0.0.2/32"] };
      const connecting = bench.connect({ ...target, dataAddress }, "files", { policy });
      await expect(connecting).rejects.toMatchObject({ code: "server.address-refused" });
      expect(server.commands).toEqual([]);
    },
  );
});

describe("an answer to PASV", () => {
  const peer = "198.51.100.7";
  const registered = "203.0.113.9";

  test.each([
    "227 (127,0,0,1,78,33)",
    "227 (127,0,0,1,78,33",
    "227 127,0,0,1,78,33.",
    "227 (127.0.0.1,78,33)",
    "227 (0177,0,0,1,78,33)",
    "227 (0x7f,0,0,1,78,33)",
    "227 (2130706433,78,33)",
    "227 (１２７,0,0,1,78,33)",
    "227 (127,0,0,1,1,1,78,33)",
    "227 (-127,0,0,1,78,33)",
    "227 (256,0,0,1,78,33)",
    "227 (169,254,169,254,78,33)",
    "227 (192,168,1,1,78,33)",
    "227 (8,8,8,8,78,33)",
    "227 (198,51,100,7,0,22)",
    "227 (198,51,100,7,0,21)",
    "227 (198,51,100,7,21,56)",
    "227 (198,51,100,7,9,221)",
    "227 (198,51,100,7,12,234) (8,8,8,8,78,33)",
    "227 =127,0,0,1,78,33",
  ])("%s never leads anywhere but to the server itself", (text) => {
    const told = parsePasv(text);
    if (told === undefined) return;
    expect([undefined, peer]).toContain(passiveAddress(told.address, peer));
    expect(told.port).toBe(20_001);
  });

  test("whatever it is: the server itself, the registered address, or nothing; and never a port of somebody else", () => {
    const number = fc.oneof(fc.nat(300), fc.constantFrom("01", "0x7f", "", "-1", "١٢٧"));
    const six = fc.array(number, { minLength: 4, maxLength: 8 }).map((parts) => `227 ok (${parts.join(",")})`);
    const epsv = fc
      .tuple(fc.constantFrom("|", "!", ",", "1"), fc.nat(70_000))
      .map(([d, n]) => `229 (${d}${d}${d}${n}${d})`);
    fc.assert(
      fc.property(
        fc.oneof(six, epsv, fc.string()),
        fc.option(fc.constant(registered), { nil: undefined }),
        (text, own) => {
          const pasv = parsePasv(text);
          const port = pasv?.port ?? parseEpsv(text);
          expect([undefined, peer, own]).toContain(passiveAddress(pasv?.address, peer, own));
          expect(
            port === undefined || (port >= 1024 && port <= 65_535 && ![3306, 5432, 6379, 2525].includes(port)),
          ).toBe(true);
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe("who answers at a host and port without speaking FTP", () => {
  const strangers: Record<string, (socket: Socket) => void> = {
    nobody: (socket) => socket.destroy(),
    "one who says nothing": (socket) => socket.resume(),
    "one who hangs up at once": (socket) => socket.resetAndDestroy(),
    "a web server": (socket) => socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
    "a shell server": (socket) => socket.write("SSH-2.0-OpenSSH_9.9\r\n"),
    "a mail server that refuses": (socket) => socket.end("554 No SMTP service here\r\n"),
    "a database": (socket) => socket.write(Buffer.from([0x4a, 0, 0, 0, 0x0a, 0x38, 0x2e, 0x34, 0])),
  };

  test.each(Object.keys(strangers))("%s looks like a server that is away", async (name) => {
    const greet = strangers[name] ?? (() => undefined);
    const { host, port } = await startStranger("127.0.0.1", greet);
    for (const security of ["plain", "tls", "implicit"] as const) {
      const target = login({ host, port, username: "anna", password: "secret" }, security);
      const connecting = bench.connect(target, "files", { timeouts: { replyMs: 60, connectMs: 60 } });
      await expect(connecting).rejects.toMatchObject({ code: "server.offline", params: {} });
    }
  });

  test("even with a certificate of its own: it is asked about only after an FTP greeting", async () => {
    const { private: key, cert } = await generate([{ name: "commonName", value: "intranet.example" }], {
      keySize: 2048,
    });
    const tls = { key, cert, mode: "implicit" as const };
    const silent = await bench.start({ tls, override: on("CONNECT", { replies: () => undefined }) });
    const connecting = (target: typeof silent.target) =>
      bench.connect(target, "files", { timeouts: { replyMs: 1_000 } });
    await expect(connecting(silent.target)).rejects.toMatchObject({ code: "server.offline", params: {} });
    const speaking = await bench.start({ tls });
    await expect(connecting(speaking.target)).rejects.toMatchObject({ code: "server.certificate-unknown" });
    expect(speaking.server.commands).not.toContain("USER");
  });
});
