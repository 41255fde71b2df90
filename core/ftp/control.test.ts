// One control connection against a bare socket that says what it likes, when it likes.
import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";
import { connect, createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { systemClock } from "../platform/clock.ts";
import type { Control } from "./control.ts";
import { createControl } from "./control.ts";

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
async function meet(replyMs = 20_000): Promise<void> {
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
  await meet(300);
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

test("a long listing is read, in whatever pieces it comes", async () => {
  await meet();
  const lines = " a line of a listing\r\n".repeat(8_000);
  const asked = control.ask("STAT", "/");
  peer.write(`213-x\r\n${lines.slice(0, 100_000)}`);
  await expect.poll(() => control.currentSocket().bytesRead).toBeGreaterThan(100_000);
  peer.write(`${lines.slice(100_000)}213 end\r\n`);
  expect((await asked).text.split("\n")).toHaveLength(8_002);
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

/** All that the server has heard, once it is so many lines. */
async function heard(lines: number): Promise<string[]> {
  let text = "";
  peer.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
  });
  await expect.poll(() => text.split("\r\n").length - 1).toBe(lines);
  return text.split("\r\n").slice(0, -1);
}

test("a command may be sent before its turn, and is not sent again", async () => {
  await meet();
  const size = control.begin("SIZE", "/a");
  expect([control.ahead("MDTM", "/a"), control.ahead("RETR", "/a")]).toEqual([true, true]);
  expect(await heard(3)).toEqual(["SIZE /a", "MDTM /a", "RETR /a"]);
  await sayInPieces("213 5\r\n213 20260101", "000000\r\n150 now\r\n", "226 done\r\n");
  expect((await size.final).text).toBe("213 5");
  expect(control.isAhead).toBe(true);
  expect((await control.ask("MDTM", "/a")).text).toBe("213 20260101000000");
  const retrieve = control.begin("RETR", "/a");
  expect((await retrieve.first).code).toBe(150);
  expect((await retrieve.final).code).toBe(226);
  expect([control.busy, control.isAhead]).toEqual([false, false]);
  const last = control.ask("NOOP");
  await expect.poll(() => peer.bytesRead).toBe("SIZE /a__MDTM /a__RETR /a__NOOP__".length);
  peer.write("200 ok\r\n");
  expect((await last).code).toBe(200);
});

test("a reply that comes after its command was asked for is that command's", async () => {
  await meet();
  control.ahead("STOR", "/a");
  peer.write("150 now\r\n");
  const store = control.begin("STOR", "/a");
  expect((await store.first).code).toBe(150);
  peer.write("226 done\r\n");
  expect((await store.final).code).toBe(226);
});

test("a word in between goes out behind what was sent ahead in the same turn", async () => {
  await meet();
  control.ahead("STOR", "/a");
  const store = control.begin("STOR", "/a").final;
  control.sendAbort();
  expect(await heard(2)).toEqual(["STOR /a", "ABOR"]);
  peer.write("426 cut\r\n");
  expect((await store).code).toBe(426);
});

test("what was sent ahead on a connection that closes in the same turn is not sent", async () => {
  await meet();
  control.ahead("SIZE", "/a");
  control.close();
  await once(peer.resume(), "close");
  expect(peer.bytesRead).toBe(0);
});

test("to ask anything else than what was sent ahead ends the connection", async () => {
  await meet();
  control.ahead("SIZE", "/a");
  await expect(control.ask("SIZE", "/b")).rejects.toMatchObject({ code: "server.protocol" });
  expect(control.isClosed()).toBe(true);
});

test("what is said unasked is not taken for the answer to what comes ahead either", async () => {
  await meet();
  peer.write("213 5\r\n");
  await expect.poll(() => control.stray?.code).toBe(213);
  expect(control.ahead("SIZE", "/a")).toBe(false);
  await expect(control.ask("SIZE", "/a")).rejects.toMatchObject({ code: "server.protocol" });
});

test("a goodbye that came ahead of its turn is understood in its turn", async () => {
  await meet();
  const size = control.ask("SIZE", "/a");
  control.ahead("SIZE", "/b");
  peer.write("213 5\r\n421 Too long.\r\n");
  expect((await size).code).toBe(213);
  expect((await control.ask("SIZE", "/b")).code).toBe(421);
  expect(control.isClosed()).toBe(true);
});

test("a command that was sent ahead has its time from when it is asked", async () => {
  await meet(300);
  control.ahead("SIZE", "/a");
  await expect(control.ask("SIZE", "/a")).rejects.toMatchObject({ code: "server.offline" });
});

test("no word in between while commands are ahead: their replies would be taken for one another's", async () => {
  await meet();
  const retrieve = control.begin("RETR", "/a");
  control.ahead("SIZE", "/a");
  control.sendAbort();
  await expect(retrieve.final).rejects.toMatchObject({ code: "server.protocol" });
  expect(control.isClosed()).toBe(true);
  await once(peer.resume(), "close");
  expect(peer.bytesRead).toBe("RETR /a__".length);
});

test("only so much at a time", async () => {
  await meet();
  const path = `/${"x".repeat(92)}`;
  const send = () => Array.from({ length: 12 }, () => control.ahead("SIZE", path)).filter(Boolean).length;
  expect(send()).toBe(10);
  peer.write("213 1\r\n".repeat(3));
  for (let i = 0; i < 3; i += 1) expect((await control.ask("SIZE", path)).code).toBe(213);
  expect(send()).toBe(3);
});

test("more at a time where lines are told apart wherever a buffer ends", async () => {
  await meet();
  control.know("pure-ftpd");
  const path = `/${"x".repeat(192)}`;
  const sent = Array.from({ length: 100 }, () => control.ahead("SIZE", path));
  expect(sent.filter(Boolean)).toHaveLength(80);
});

test("only so many at a time", async () => {
  await meet();
  const sent = Array.from({ length: 120 }, () => control.ahead("NOOP"));
  expect(sent.filter(Boolean)).toHaveLength(100);
  peer.write("213 1\r\n".repeat(100));
  for (let i = 0; i < 100; i += 1) expect((await control.ask("NOOP")).code).toBe(213);
});

test("how long a reply may be is a matter of the command that it answers", async () => {
  await meet();
  const reply = `213-x\r\n${" line\r\n".repeat(12_000)}213 end\r\n`;
  for (const verb of ["NOOP", "STAT", "MLST", "STAT"]) control.ahead(verb, "/");
  peer.write(`200 ok\r\n${reply}${reply}${reply}`);
  expect((await control.ask("NOOP", "/")).code).toBe(200);
  expect((await control.ask("STAT", "/")).text).toContain("213 end");
  await expect(control.ask("MLST", "/")).rejects.toMatchObject({ code: "server.protocol" });
});

test("long replies ahead of their turn do not pile up, and each has the bounds of one", async () => {
  await meet();
  for (let i = 0; i < 20; i += 1) control.ahead("STAT", `/${i}`);
  const reply = `213-x\r\n${" line\r\n".repeat(12_000)}213 end\r\n`;
  peer.write(reply.repeat(20));
  await expect.poll(() => control.currentSocket().isPaused()).toBe(true);
  expect(peer.bytesWritten - control.currentSocket().bytesRead).toBeGreaterThan(0);
  for (let i = 0; i < 20; i += 1) expect((await control.ask("STAT", `/${i}`)).text).toContain("213 end");
  expect(control.currentSocket().isPaused()).toBe(false);
});
