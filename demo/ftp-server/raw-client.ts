// A control connection without any library, for tests that need the exact commands and replies.
// Test support only.
import { once } from "node:events";
import type { Socket } from "node:net";
import { connect } from "node:net";

export interface RawClient {
  readonly socket: Socket;
  /** Sends one line, or several at once, and waits for nothing. */
  write(...lines: string[]): void;
  /** The next whole reply (all lines of it, without the last line end); rejects when the connection ended. */
  reply(): Promise<string>;
  /** write, then reply. */
  ask(line: string): Promise<string>;
  /** Resolves when the server has closed. */
  closed(): Promise<void>;
}

const wholeReply = /^(?:(\d{3})-[\s\S]*?\r\n\1 [^\r\n]*|\d{3} [^\r\n]*)\r\n/;

/** Connects and reads nothing yet: the greeting is the first reply. Texts are latin1, one character per byte. */
export async function connectRaw(host: string, port: number): Promise<RawClient> {
  const socket = connect({ host, port, noDelay: true });
  let buffered = "";
  let ended = false;
  let wake = Promise.withResolvers<void>();
  const notify = () => {
    wake.resolve();
    wake = Promise.withResolvers();
  };
  socket.on("data", (chunk) => {
    buffered += chunk.toString("latin1");
    notify();
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    ended = true;
    notify();
  });
  await once(socket, "connect");
  const write = (...lines: string[]) => socket.write(lines.map((line) => `${line}\r\n`).join(""), "latin1");
  const reply = async () => {
    for (;;) {
      const match = wholeReply.exec(buffered);
      if (match !== null) {
        buffered = buffered.slice(match[0].length);
        return match[0].slice(0, -2);
      }
      if (ended) throw new Error("the server closed the control connection");
      await wake.promise;
    }
  };
  return {
    socket,
    write,
    reply,
    ask(line) {
      write(line);
      return reply();
    },
    async closed() {
      while (!ended) await wake.promise;
    },
  };
}

/** Connects and logs in. */
export async function loginRaw(host: string, port: number, username: string, password: string): Promise<RawClient> {
  const client = await connectRaw(host, port);
  await client.reply();
  await client.ask(`USER ${username}`);
  const answer = await client.ask(`PASS ${password}`);
  if (!answer.startsWith("230")) throw new Error(`not logged in: ${answer}`);
  return client;
}
