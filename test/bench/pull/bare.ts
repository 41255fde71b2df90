// The same copies by a program that does nothing but send the commands: what these servers and this machine give to one, and so
// what all the rest costs. It looks at nothing before, knows no other servers and survives no trouble: good for measuring alone.
import type { Socket } from "node:net";
import { connect } from "node:net";
import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { Home } from "../homes.ts";

export interface BareFile {
  /** From the root of the source on. */
  path: string;
  /** Where it goes; with `isCompared` it has `.part` behind that until it was compared. */
  target: string;
}

export interface BareCopy {
  from: Home;
  to: Home;
  files: readonly BareFile[];
  /** Made before, in this order. */
  folders: readonly string[];
  atATime: number;
  /** Each is read whole from both ends over a second pair of connections, and named after that. */
  isCompared: boolean;
}

/** Makes a connection; all of one copy are ended together. */
type Dial = (host: string, port: number) => Socket;
/** A server that is silent for longer has failed. */
const patienceMs = 30_000;

/** @throws Error at the first word that is not expected or does not come, and for a file that differs */
export async function bareCopy(copy: BareCopy): Promise<{ tookMs: number }> {
  const sockets: Socket[] = [];
  const dial: Dial = (host, port) => {
    const socket = connect({ host, port, noDelay: true, timeout: patienceMs });
    sockets.push(socket.on("timeout", () => socket.destroy(new Error("silent"))));
    return socket;
  };
  const startedMs = performance.now();
  const lanes = Array.from({ length: copy.atATime }, (_, lane) =>
    copy.files.filter((__, index) => index % copy.atATime === lane),
  );
  try {
    await makeFolders(copy, dial);
    await Promise.all(lanes.map((files) => runLane(copy, files, dial)));
    return { tookMs: performance.now() - startedMs };
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

async function makeFolders({ to, folders }: BareCopy, dial: Dial): Promise<void> {
  const line = await logIn(to, dial);
  for (const folder of folders) {
    line.say(`MKD ${folder}`);
    await line.hear("257");
  }
}

async function runLane({ from, to, isCompared }: BareCopy, files: readonly BareFile[], dial: Dial): Promise<void> {
  const openPair = () => Promise.all([logIn(from, dial), logIn(to, dial)]);
  const movers = await openPair();
  const readers = isCompared ? await openPair() : undefined;
  const moved = new PassThrough({ objectMode: true });
  const suffix = isCompared ? ".part" : "";
  const moving = moveAll(movers, files, suffix, (file) => void moved.write(file)).finally(() => moved.end());
  await Promise.all([moving, readers && compareAll(readers, moved, dial)]);
  if (readers) await nameAll(readers[1], files);
}

type Pair = [source: Line, target: Line];

async function moveAll(
  [source, target]: Pair,
  files: readonly BareFile[],
  suffix: string,
  onMoved: (file: BareFile) => void,
): Promise<void> {
  source.say("PASV");
  for (const file of files) {
    const place = placeIn(await source.hear("227"));
    target.say(`PORT ${place}`, `STOR ${file.target}${suffix}`);
    source.say(`RETR ${file.path}`, "PASV");
    for (const code of ["200", "150", "226"]) await target.hear(code);
    for (const code of ["150", "226"]) await source.hear(code);
    onMoved(file);
  }
}

async function compareAll([source, target]: Pair, moved: AsyncIterable<BareFile>, dial: Dial): Promise<void> {
  for (const line of [source, target]) line.say("PASV");
  for await (const { path, target: name } of moved) {
    const [one, other] = await Promise.all([read(source, path, dial), read(target, `${name}.part`, dial)]);
    if (!one.equals(other)) throw new Error(`${name} differs`);
  }
  for (const line of [source, target]) await line.hear("227");
}

async function read(line: Line, path: string, dial: Dial): Promise<Buffer> {
  const [a, b, c, d, high = 0, low = 0] = placeIn(await line.hear("227"))
    .split(",")
    .map(Number);
  const socket = dial([a, b, c, d].join("."), high * 256 + low);
  line.say(`RETR ${path}`, "PASV");
  const bytes = await buffer(socket);
  for (const code of ["150", "226"]) await line.hear(code);
  return bytes;
}

/** ProFTPD reads 1,000 bytes of commands at a time. */
const namesAtATime = 4;

async function nameAll(line: Line, files: readonly BareFile[]): Promise<void> {
  for (let from = 0; from < files.length; from += namesAtATime) {
    const some = files.slice(from, from + namesAtATime);
    line.say(...some.flatMap(({ target }) => [`RNFR ${target}.part`, `RNTO ${target}`]));
    for (const code of some.flatMap(() => ["350", "250"])) await line.hear(code);
  }
}

function placeIn(reply: string): string {
  const place = /\d+(?:,\d+){5}/.exec(reply)?.[0];
  if (place === undefined) throw new Error(`no address in: ${reply}`);
  return place;
}

interface Line {
  say(...commands: string[]): void;
  /** The next reply, without the lines before its last. @throws Error when it is another one, or none comes */
  hear(code: string): Promise<string>;
}

async function logIn({ host, port, username, password }: Home, dial: Dial): Promise<Line> {
  const line = openLine(dial(host, port));
  await line.hear("220");
  line.say(`USER ${username}`);
  await line.hear("331");
  line.say(`PASS ${password}`);
  await line.hear("230");
  line.say("TYPE I");
  await line.hear("200");
  return line;
}

function openLine(socket: Socket): Line {
  const replies = new PassThrough({ objectMode: true });
  const next = replies[Symbol.asyncIterator]();
  let rest = "";
  socket.setEncoding("latin1").on("data", (text: string) => {
    const lines = (rest + text).split("\r\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (/^\d{3} /.test(line)) replies.write(line);
  });
  socket.on("close", () => replies.end()).on("error", () => undefined);
  return {
    say: (...commands) => void socket.write(`${commands.join("\r\n")}\r\n`, "latin1"),
    async hear(code) {
      const { value } = await next.next();
      if (!String(value).startsWith(code)) throw new Error(`${code} expected: ${value ?? "connection closed"}`);
      return String(value);
    },
  };
}
