// The control connection as lines: bytes to lines and back, in clear or over TLS.
// It knows no command; half a line that was sent in clear is forgotten when TLS starts.
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { wrapTls } from "./tls.ts";
import type { Settings } from "./types.ts";

const longestLine = 8192;

export interface Wire {
  say(text: string): void;
  startTls(reply: string): void;
  finish(): void;
  cut(): void;
  isOpen(): boolean;
}

/** `onLine` gets each line without its end; `onGone` may be called more than once. */
export function openWire(first: Socket, settings: Settings, onLine: (line: string) => void, onGone: () => void): Wire {
  let socket: Socket | TLSSocket = first;
  let rest = "";

  function read(chunk: Buffer): void {
    const pieces = (rest + chunk.toString("latin1")).split("\n");
    rest = pieces.pop() ?? "";
    if (rest.length > longestLine) return void socket.destroy();
    for (const piece of pieces) onLine(piece.replace(/\r$/, ""));
  }
  function attach(): void {
    socket.on("data", read);
    socket.on("error", () => {});
    socket.on("close", onGone);
  }
  function secure(): void {
    if (settings.secureContext === undefined) return;
    rest = "";
    socket = wrapTls(socket, settings.secureContext);
    attach();
  }
  function say(text: string): void {
    if (text === "" || !socket.writable) return;
    socket.write(text.endsWith("\n") ? text : `${text}\r\n`, "latin1");
  }

  first.on("error", () => {});
  if (settings.options.tls?.mode === "implicit") secure();
  else attach();
  return {
    say,
    startTls(reply) {
      socket.removeListener("data", read);
      socket.pause();
      say(reply);
      secure();
    },
    finish: () => socket.destroySoon(),
    cut: () => first.destroy(),
    isOpen: () => !socket.destroyed,
  };
}
