// A process that stands before an FTP server as its control port and adds a round-trip time to every command; data
// connections go past it. `node slow-line.ts <host> <port>`: prints the port it listens on, and is told the round-trip
// time in milliseconds over IPC. Ends with whoever started it.
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { connect, createServer } from "node:net";

const [host = "127.0.0.1", port = "21"] = process.argv.slice(2);
let roundTripMs = 0;
let connections = 0;

/** vsftpd takes 50 sessions from one address: each connection seems to come from another machine. */
function freshCaller(): string {
  connections += 1;
  return `127.250.${1 + (Math.floor(connections / 250) % 250)}.${1 + (connections % 250)}`;
}

/** Timers of one length fire in the order in which they were set, so bytes stay in order. */
function forward(from: Socket, to: Socket): void {
  const later = (act: () => void) => (roundTripMs > 0 ? void setTimeout(act, roundTripMs / 2) : act());
  from.on("data", (bytes) => later(() => void to.write(bytes)));
  from.on("end", () => later(() => to.end()));
  from.on("error", () => to.destroy());
  from.on("close", () => later(() => to.destroy()));
}

const server = createServer({ noDelay: true }, (client) => {
  const target = connect({ host, port: Number(port), localAddress: freshCaller(), noDelay: true });
  forward(client, target);
  forward(target, client);
});
server.listen(0, host);
await once(server, "listening");
process.on("message", (ms) => {
  roundTripMs = Number(ms);
});
process.once("disconnect", () => process.exit());
process.once("SIGTERM", () => process.exit());
process.stdout.write(`${JSON.stringify({ host, port: (server.address() as AddressInfo).port })}\n`);
