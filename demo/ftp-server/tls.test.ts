// The end of a TLS data connection, looked at as bytes: a client must be able to tell a whole file from a cut one.
import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import { createServer, connect as dial } from "node:net";
import { connect, createSecureContext } from "node:tls";
import { generate } from "selfsigned";
import { expect, test } from "vitest";
import { secureData } from "./tls.ts";

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

test("even the shortest data ends with a close_notify", async () => {
  const made = await generate([{ name: "commonName", value: "personal server" }], { keySize: 2048 });
  const context = createSecureContext({ key: made.private, cert: made.cert, minVersion: "TLSv1.3" });
  const server = createServer(async (socket) => {
    const secured = await secureData(socket, context, AbortSignal.timeout(10_000));
    secured.resume().end("x");
  });
  const port = await listen(server);
  const sent: Buffer[] = [];
  const relayed = Promise.withResolvers<void>();
  const relay = createServer((near) => {
    const far = dial(port, "127.0.0.1");
    near.on("data", (chunk) => far.write(chunk));
    far.on("data", (chunk) => sent.push(chunk) && near.write(chunk));
    far.on("end", () => {
      near.destroy();
      relayed.resolve();
    });
  });
  const client = connect({ host: "127.0.0.1", port: await listen(relay), rejectUnauthorized: false });
  client.resume();
  await relayed.promise;
  client.destroy();
  const closed = Promise.all([once(server, "close"), once(relay, "close")]);
  server.close();
  relay.close();
  await closed;
  // A TLS 1.3 record of 19 bytes: an alert (2), its type (1), and the AEAD tag (16).
  expect(Buffer.concat(sent).subarray(-24, -19).toString("hex")).toBe("1703030013");
});
