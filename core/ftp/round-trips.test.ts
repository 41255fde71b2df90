// What goes out in one piece, and what waits for an answer: a server that says who it is, or does not.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createBench, login } from "./fixtures.ts";

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
async function startNoting(greeting: string) {
  const pieces: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => undefined).write(`${greeting}\r\n`);
    socket.on("data", (piece) => {
      const verbs = String(piece)
        .trim()
        .split("\r\n")
        .map((line) => line.split(" ", 1)[0] ?? "");
      pieces.push(verbs.join(" "));
      socket.write(verbs.map((verb) => `${answers[verb] ?? "500 What?"}\r\n`).join(""));
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

test("folders are asked about in whole lots, each with one check behind it", async () => {
  const server = await startNoting("220 (vsFTPd 3.0.3)");
  const session = await bench.connect(server.target);
  const paths = Array.from({ length: 80 }, (_, index) => `/music/${index}`);
  const found: string[] = [];
  const onListing = async (path: string) => void found.push(path);
  await session.listMany?.({ next: () => paths.shift(), exact: false, onListing });
  expect(found).toHaveLength(80);
  const lot = `${"STAT ".repeat(8)}NOOP`;
  const asked = server.pieces.slice(2).join(" ");
  expect(asked).toBe(Array.from({ length: 10 }, () => lot).join(" "));
  server.close();
});
