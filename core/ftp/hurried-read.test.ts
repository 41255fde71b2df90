// What a read says before its turn, seen by a server of a few lines that calls itself by the name of a real one.
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createBench, login } from "./fixtures.ts";
import { expectModifiedAt, expectRead } from "./fxp/hurry.ts";
import { asOpen } from "./open-session.ts";
import { takeBack } from "./send-ahead.ts";

const bench = createBench();
const closes: (() => void)[] = [];

afterEach(async () => {
  await bench.clear();
  for (const close of closes.splice(0)) close();
});

interface Script {
  banner: string;
  /** RETR is answered when this resolves. */
  until: (data: Socket) => Promise<unknown>;
  /** RETR has no last word. */
  isUnsaid?: boolean;
  /** Answers so many EPSV first. */
  refusals?: string[];
}

/** @returns where it listens, and every piece of text as it came */
async function listen({ banner, until, isUnsaid, refusals = [] }: Script) {
  const pieces: string[] = [];
  const data = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
  const control = createServer((socket) => {
    let reader: Promise<Socket>;
    const say = (text: string) => socket.write(`${text}\r\n`);
    const answer = async (line: string) => {
      if (line === "FEAT") say("211-Yes\r\n EPSV\r\n SIZE\r\n MDTM\r\n211 End");
      else if (line === "EPSV" && refusals.length > 0) say(refusals.shift() ?? "");
      else if (line === "EPSV") {
        reader = once(data, "connection").then(([one]) => one as Socket);
        say(`229 Here (|||${(data.address() as AddressInfo).port}|)`);
      } else if (line === "RETR /none") say("550 No such file");
      else if (line.startsWith("SIZE")) say("213 5");
      else if (line.startsWith("MDTM")) say("213 20240102030405");
      else if (line.startsWith("RETR")) {
        const far = await reader;
        await until(far);
        say("150 Comes");
        far.end("bytes");
        if (!isUnsaid) say("226 Done");
      } else say(line.startsWith("USER") ? "331 And?" : "200 Fine");
    };
    let turn = Promise.resolve();
    socket.setEncoding("latin1").on("data", (text: string) => {
      pieces.push(text);
      for (const line of text.split("\r\n").filter(Boolean)) turn = turn.then(() => answer(line));
    });
    say(`220 ${banner}`);
  }).listen(0, "127.0.0.1");
  await Promise.all([once(data, "listening"), once(control, "listening")]);
  closes.push(
    () => void control.close(),
    () => void data.close(),
  );
  const { port } = control.address() as AddressInfo;
  return { pieces, target: login({ host: "127.0.0.1", port, username: "u", password: "p" }, "plain") };
}

const ended = (data: Socket) => once(data.resume(), "end");

test.each(["(vsFTPd 3.0.5)", "ProFTPD Server", "Pure-FTPd"])(
  "%s hears the end before it has answered",
  async (banner) => {
    const { target } = await listen({ banner, until: ended });
    const session = await bench.connect(target);
    expect((await session.readBlock("/a", 0, 6)).toString()).toBe("bytes");
    expect((await session.readBlock("/b", 0, 6)).toString()).toBe("bytes");
  },
);

const readsOf = (pieces: string[]) => pieces.filter((text) => /EPSV|RETR/.test(text));
const atOnce = async () => undefined;

test.each(["(vsFTPd 3.0.5)", "ProFTPD Server", "Pure-FTPd"])(
  "what another read asks first leaves in one piece with the read before, %s",
  async (banner) => {
    const { pieces, target } = await listen({ banner, until: atOnce });
    const session = await bench.connect(target);
    expectRead(session);
    expect((await session.readBlock("/a", 0, 6)).toString()).toBe("bytes");
    expect((await session.readBlock("/b", 0, 6)).toString()).toBe("bytes");
    expect(readsOf(pieces)).toEqual(["EPSV\r\n", "RETR /a\r\nEPSV\r\n", "RETR /b\r\n"]);
  },
);

test("so does what says where a read begins, once the server has taken one", async () => {
  const { pieces, target } = await listen({ banner: "ProFTPD Server", until: atOnce });
  const session = await bench.connect(target);
  await session.readBlock("/a", 3, 6);
  expectRead(session);
  await session.readBlock("/a", 7, 6);
  await session.readBlock("/a", 9, 6);
  const first = ["EPSV\r\n", "RETR /a\r\n"];
  const others = ["EPSV\r\n", "REST 7\r\nRETR /a\r\nEPSV\r\n", "REST 9\r\nRETR /a\r\n"];
  expect(readsOf(pieces)).toEqual([...first, ...others]);
});

test("no more than one record or segment leaves in one piece", async () => {
  const { pieces, target } = await listen({ banner: "Pure-FTPd", until: atOnce });
  const session = await bench.connect(target);
  const path = `/${"x".repeat(600)}`;
  expectModifiedAt(session, path);
  await session.readBlock(path, 0, 6);
  expect(await session.modifiedAt(path)).toBeInstanceOf(Date);
  expect(pieces.filter((text) => text.length > 500)).toEqual([`RETR ${path}\r\n`, `MDTM ${path}\r\n`]);
});

test("what would change how data travels is not taken back: nobody would know which way it is", async () => {
  const { target } = await listen({ banner: "(vsFTPd 3.0.5)", until: atOnce });
  const [open, closed] = [await bench.connect(target), await bench.connect(target)];
  asOpen(open).link.control.ahead("EPSV");
  asOpen(closed).link.control.ahead("PROT C");
  await Promise.all([takeBack(open), takeBack(closed)]);
  expect([open.closed, closed.closed]).toEqual([false, true]);
  expect(await open.size("/a")).toBe(5);
});

test("a Pure-FTPd that was cut may end without a word: the answer to what was asked behind it says so", async () => {
  const { pieces, target } = await listen({ banner: "Pure-FTPd", until: atOnce, isUnsaid: true });
  const session = await bench.connect(target);
  expectRead(session);
  expect((await session.readBlock("/a", 0, 4)).toString()).toBe("byte");
  expectModifiedAt(session, "/b");
  expect((await session.readBlock("/b", 0, 4)).toString()).toBe("byte");
  expect(await session.modifiedAt("/b")).toEqual(new Date("2024-01-02T03:04:05Z"));
  expect(readsOf(pieces)).toEqual(["EPSV\r\n", "RETR /a\r\nEPSV\r\n", "RETR /b\r\nMDTM /b\r\n"]);
  expect(session.closed).toBe(false);
});

test("after a read that is refused the session hears no answer to what was asked behind it", async () => {
  const { pieces, target } = await listen({ banner: "(vsFTPd 3.0.5)", until: atOnce });
  const session = await bench.connect(target);
  expectRead(session);
  await expect(session.readBlock("/none", 0, 6)).rejects.toMatchObject({ code: "file.gone" });
  expect(readsOf(pieces).at(-1)).toBe("RETR /none\r\nEPSV\r\n");
  expect(await session.size("/a")).toBe(5);
  expect(session.closed).toBe(false);
});

test("what was to be asked behind a read that did not begin is not asked behind the next one", async () => {
  const { pieces, target } = await listen({ banner: "(vsFTPd 3.0.5)", until: atOnce, refusals: ["500 Not now"] });
  const session = await bench.connect(target);
  expectRead(session);
  await expect(session.readBlock("/a", 0, 6)).rejects.toMatchObject({ code: "server.protocol" });
  await session.readBlock("/a", 0, 6);
  expect(readsOf(pieces).at(-1)).toBe("RETR /a\r\n");
});
