// RETR, STOR, APPE, REST and ABOR, and the one way in which any bytes go over a data connection.
// TYPE A moves bytes unchanged, as vsftpd does by default.
import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import type { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { locate, resolveVirtual, toBytes } from "./paths.ts";
import { Refusal, replyToBrokenTransfer } from "./refusal.ts";
import { shapeSteps } from "./shape.ts";
import { secureData } from "./tls.ts";
import type { Call, Commands } from "./types.ts";

const chunkBytes = 256 * 1024;

type Move = (socket: Socket) => Promise<void>;

/** Verbs whose command holds the session while bytes flow. */
export const transferVerbs: ReadonlySet<string> = new Set(["RETR", "STOR", "APPE", "LIST", "NLST", "MLSD"]);

async function openData(call: Call, opening: string): Promise<Socket> {
  const { session, signal } = call;
  const { secureContext, options } = session.settings;
  if (session.protection === "C" && options.tls?.requiredForData === true) {
    throw new Refusal("522 Data connections must be encrypted.");
  }
  const socket = await session.channel.open(signal);
  call.reply(`150 ${opening}`);
  if (session.protection === "C" || secureContext === undefined) return socket;
  const role = session.isTlsClient || session.isTlsClientOnce ? "client" : "server";
  return secureData(socket, secureContext, signal, role);
}

/** Opens the data connection (150 once it is there), moves, and answers 226, 425 or 426. */
async function overData(call: Call, opening: string, move: Move): Promise<string> {
  let socket: Socket | undefined;
  try {
    socket = await openData(call, opening);
    await move(socket);
    return "226 Transfer complete.";
  } catch (error) {
    socket?.destroy();
    return replyToBrokenTransfer(error);
  } finally {
    call.session.channel.release();
  }
}

function flow(call: Call, socket: Socket, from: Readable, to: Writable): Promise<void> {
  const steps = shapeSteps({
    rateBytesPerS: call.session.settings.options.rateBytesPerS,
    fault: call.fault,
    signal: call.signal,
    reset: () => call.session.channel.cut(),
  });
  // The typed overloads know no list of steps; the array form is the documented one.
  const parts = [from, ...steps, to] as unknown as [Readable, Writable];
  return pipeline(parts, { signal: call.signal }).then(() => finishSocket(socket));
}

/** Closing a socket with unread bytes resets it and the peer may lose the tail: the peer's end is read first. */
function finishSocket(socket: Socket): void {
  socket.resume();
  socket.end();
  if (socket.readableEnded) socket.destroySoon();
  else socket.once("end", () => socket.destroySoon());
}

/** Sends a stream to the data connection. */
export function send(call: Call, opening: string, source: Readable): Promise<string> {
  return overData(call, opening, (socket) => {
    socket.resume();
    return flow(call, socket, source, socket);
  });
}

function takeRestart(call: Call): number {
  const restartAt = call.session.restartAt;
  call.session.restartAt = 0;
  return restartAt;
}

function nameOf(call: Call): string {
  if (call.argument === "") throw new Refusal("501 A file name is needed.");
  return resolveVirtual(call.session.directory, call.argument);
}

async function retrieve(call: Call): Promise<string> {
  const start = takeRestart(call);
  const name = nameOf(call);
  const place = await locate(call.session, call.argument);
  const file = await open(toBytes(place), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new Refusal("550 Not a plain file.");
    if (start > found.size) throw new Refusal("554 The restart point is beyond the end.");
    const source = file.createReadStream({ start, highWaterMark: chunkBytes });
    const opening = `Opening data connection for ${name} (${found.size - start} bytes).`;
    // Without a data connection nobody reads the stream, and a stream in use keeps the file from closing.
    return await send(call, opening, source).finally(() => source.destroy());
  } finally {
    await file.close();
  }
}

async function openForWriting(place: string, start: number, appends: boolean): Promise<FileHandle> {
  const { O_WRONLY, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_TRUNC, O_APPEND } = constants;
  const kind = appends ? O_APPEND : start === 0 ? O_TRUNC : 0;
  const file = await open(toBytes(place), O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | kind, 0o644);
  const found = await file.stat();
  if (found.isFile() && start <= found.size) return file;
  await file.close();
  throw new Refusal(found.isFile() ? "554 The restart point is beyond the end." : "553 Not a plain file.");
}

async function store(call: Call, appends: boolean): Promise<string> {
  const start = takeRestart(call);
  const name = nameOf(call);
  const file = await openForWriting(await locate(call.session, call.argument), start, appends);
  try {
    return await overData(call, `Ok to send data for ${name}.`, (socket) => {
      const place = appends ? {} : { start };
      const target = file.createWriteStream({ ...place, highWaterMark: chunkBytes });
      return flow(call, socket, socket, target);
    });
  } finally {
    await file.close();
  }
}

function restart(call: Call): string {
  const at = /^\d{1,15}$/.test(call.argument) ? Number(call.argument) : undefined;
  if (at === undefined) return "501 A byte position is needed.";
  call.session.restartAt = at;
  return `350 Restart position accepted (${at}).`;
}

async function abort(call: Call): Promise<string> {
  const running = call.session.transfer;
  running?.abort();
  await running?.done;
  call.session.channel.release();
  return running === undefined ? "226 No transfer is running." : "226 Abort successful.";
}

export const transferCommands: Commands = {
  RETR: retrieve,
  STOR: (call) => store(call, false),
  APPE: (call) => store(call, true),
  REST: restart,
  ABOR: abort,
  ALLO: () => "202 No storage allocation necessary.",
};
