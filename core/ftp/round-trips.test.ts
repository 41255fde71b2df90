// What goes out in one piece, and what waits for an answer: a server that says who it is, or does not.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { inspect } from "node:util";
import { afterEach, expect, test } from "vitest";
import { createBench, login } from "./fixtures.ts";
import type { Session } from "./types.ts";

const bench = createBench();
afterEach(() => bench.clear());

const answers: Record<string, string> = {
  USER: "331 And the password?",
  PASS: "230 In.",
  FEAT: "211-Features:\r\n EPSV\r\n211 End",
  TYPE: "200 I.",
  PWD: '257 "/home"',
  CWD: "550 No such folder.",
  EPSV: "229 Listening (|||1|)",
  STAT: "213-Status follows:\r\ndrwxr-xr-x 2 0 0 40 Jan 01 2024 .\r\n213 End",
  NOOP: "200 Well?",
};

/** @returns what came, piece by piece, each as the verbs in it */
async function startNoting(greeting: string, special: (line: string) => string | false = () => false) {
  const pieces: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => undefined).write(`${greeting}\r\n`);
    socket.on("data", (piece) => {
      const lines = String(piece).trim().split("\r\n");
      const verbOf = (line: string) => line.split(" ", 1)[0] ?? "";
      pieces.push(lines.map(verbOf).join(" "));
      socket.write(lines.map((line) => `${special(line) || (answers[verbOf(line)] ?? "500 What?")}\r\n`).join(""));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const target = login({ host: "127.0.0.1", port, username: "anna", password: "correct-horse" }, "plain");
  return { pieces, target, close: () => server.close() };
}

test.each([
  ["220 (vsFTPd 3.0.3)", ["USER", "PASS FEAT TYPE", "PWD CWD EPSV"]],
  ["220 pyftpdlib 1.5.7 ready.", ["USER", "PASS", "FEAT TYPE", "PWD CWD EPSV"]],
  ["220 Welcome.", ["USER", "PASS", "FEAT", "TYPE", "PWD", "CWD"]],
])("%s is asked %j", async (greeting, expected) => {
  const server = await startNoting(greeting);
  const session = await bench.connect(server.target);
  await expect(session.list("/music")).rejects.toMatchObject({ code: "file.gone" });
  expect(server.pieces).toEqual(expected);
  expect(session.closed).toBe(false);
  server.close();
});

const lot = `${"STAT ".repeat(8)}NOOP`;
const lots = (count: number) => Array.from({ length: count }, () => lot).join(" ");
const eighty = Array.from({ length: 80 }, (_, index) => `/music/by somebody with a long name/${index}`);

async function readMany(session: Session) {
  const paths = [...eighty];
  const found: string[] = [];
  const onListing = async (path: string) => void found.push(path);
  await session.listMany?.({ next: () => paths.shift(), exact: false, onListing });
  return found;
}

test("folders are asked about in whole lots, each with one check behind it, four under way", async () => {
  const server = await startNoting("220 (vsFTPd 3.0.3)");
  const session = await bench.connect(server.target);
  expect(await readMany(session)).toHaveLength(80);
  const [first, ...others] = server.pieces.slice(2);
  expect(first).toBe(lots(4));
  expect(others.join(" ")).toBe(lots(6));
  server.close();
});

test("a ProFTPD is asked as many as its buffer takes, and again when a lot of them is answered", async () => {
  const server = await startNoting("220 ProFTPD Server");
  const session = await bench.connect(server.target);
  expect(await readMany(session)).toHaveLength(80);
  const asked = server.pieces.slice(2);
  expect(asked[0]).toBe(`${lots(2)} STAT STAT STAT STAT NOOP`);
  expect(asked.join(" ").match(/NOOP/g)?.length).toBeLessThan(20);
  server.close();
});

test.each([
  ["530 No, correct-horse is wrong.", "server.login-refused"],
  ["421 Too many.", "server.busy"],
  ["332 And the account?", "server.login-refused"],
])("a password that is answered with %s ends it, whatever was sent behind", async (answer, code) => {
  const server = await startNoting("220 (vsFTPd 3.0.3)", (line) => line.startsWith("PASS") && answer);
  const seen: unknown[] = [];
  const connecting = bench.connect(server.target, "files", { onRefusal: (refusal) => seen.push(refusal) });
  const error = await connecting.catch((failed: unknown) => failed);
  expect(error).toMatchObject({ code });
  expect(server.pieces).toEqual(["USER", "PASS FEAT TYPE"]);
  expect(inspect([error, seen])).not.toContain("correct-horse");
  server.close();
});

test.each([
  ["USER", "220 (vsFTPd 3.0.3)", "230 In.", ["USER", "FEAT TYPE"]],
  ["PASS", "220 Welcome.", "230 To vsFTPd.", ["USER", "PASS", "FEAT TYPE"]],
])(
  "what is asked first is sent ahead also when %s of %s is answered with %s",
  async (verb, greeting, answer, asked) => {
    const server = await startNoting(greeting, (line) => line.startsWith(verb) && answer);
    const session = await bench.connect(server.target);
    expect(session.features.software).toBe("vsftpd");
    expect(server.pieces).toEqual(asked);
    server.close();
  },
);
