// One control connection against a bare socket that says what it likes, when it likes.
import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";
import { connect, createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { systemClock } from "../platform/clock.ts";
import type { Control } from "./control.ts";
import { createControl } from "./control.ts";

const replyMs = 300;
let server: Server;
let peer: Socket;
let control: Control;

afterEach(async () => {
  control.close();
  peer.destroy();
  server.close();
  await once(server, "close");
});

/** The control connection, greeted, and the server's end of it. */
async function meet(): Promise<void> {
  server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const arrival = once(server, "connection") as Promise<[Socket]>;
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  await once(socket, "connect");
  control = createControl(socket, { clock: systemClock, replyMs });
  [peer] = await arrival;
  peer.on("error", () => undefined);
  const greeting = control.begin(undefined).final;
  peer.write("220 hi\r\n");
  expect((await greeting).code).toBe(220);
}

/** Says each piece once the one before is on its way. */
async function sayInPieces(...pieces: string[]): Promise<void> {
  for (const piece of pieces) {
    await new Promise((resolve) => peer.write(piece, resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("a reply may come in pieces, cut anywhere", async () => {
  await meet();
  peer.setNoDelay(true);
  const reply = control.ask("PASV");
  await sayInPieces("2", "27 Entering (127,", "0,0,1,4", ",5)\r", "\n");
  expect(await reply).toEqual({ code: 227, text: "227 Entering (127,0,0,1,4,5)" });
});

test.each([
  ["a byte", "2"],
  ["a blank line", "\r\n"],
  ["a preliminary reply", "120 wait\r\n"],
])("%s now and then is no reply in time", async (_, text) => {
  await meet();
  const drip = setInterval(() => peer.write(text), 20);
  await expect(control.ask("NOOP")).rejects.toMatchObject({ code: "server.offline" });
  clearInterval(drip);
  expect(control.isClosed()).toBe(true);
});

test("a command may be given all the time it wants, and that may end", async () => {
  await meet();
  const exchange = control.begin("RETR", "x", { timeoutMs: 0 });
  peer.write("150 now\r\n");
  await exchange.first;
  control.allowSilence(20);
  await expect(exchange.final).rejects.toMatchObject({ code: "server.offline" });
});

test("more than any reply is, is given up", async () => {
  await meet();
  const asked = control.ask("FEAT");
  peer.write("211-x\r\n".repeat(20_000));
  await expect(asked).rejects.toMatchObject({ code: "server.protocol" });
});

test("chatter between two commands is given up as well", async () => {
  await meet();
  const closed = new Promise((resolve) => peer.once("close", resolve));
  peer.resume().write("hello\r\n".repeat(60_000));
  await closed;
  expect(control.isClosed()).toBe(true);
});

test("what is said unasked is not taken for the next command's answer", async () => {
  await meet();
  const asked = control.ask("SIZE", "/a");
  peer.write("213 5\r\n213 5\r\n");
  expect((await asked).text).toBe("213 5");
  await expect.poll(() => control.stray?.code).toBe(213);
  await expect(control.ask("SIZE", "/b")).rejects.toMatchObject({ code: "server.protocol" });
  expect(control.isClosed()).toBe(true);
});

test("but a passive server may refuse its peer before it is asked for the file", async () => {
  await meet();
  const asked = control.ask("PASV");
  peer.write("227 (127,0,0,1,4,5)\r\n425 Rejected\r\n");
  await asked;
  await expect.poll(() => control.stray?.code).toBe(425);
  const retrieve = control.ask("RETR", "/a");
  peer.write("550 no\r\n");
  expect((await retrieve).code).toBe(550);
});
