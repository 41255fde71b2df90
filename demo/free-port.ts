// A TCP port for a process that takes a while until it listens: the demo's core, and FTP daemons of tests.
import { createServer } from "node:net";

// Below the range from which the kernel takes the ports of outgoing connections and of who asks for any, and clear of the
// database and mail ports that the product's address policy refuses.
const firstPort = 20_000;
const portCount = 6_000;

/** One on which nobody listens at `host`, found by listening there for a moment. */
export async function freePort(host: string): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const port = firstPort + Math.floor(Math.random() * portCount);
    if (await canListen(host, port)) return port;
  }
  throw new Error(`no free port at ${host}`);
}

function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(false));
    server.listen({ host, port }, () => server.close(() => resolve(true)));
  });
}
