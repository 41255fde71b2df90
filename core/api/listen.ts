// Where the API listens: a private Unix socket, or TCP. A socket file that a killed core left behind is replaced.
import { chmod, mkdir, rm } from "node:fs/promises";
import { connect } from "node:net";
import { dirname } from "node:path";
import type { FastifyInstance } from "fastify";
import { explainListening } from "../platform/listen-problem.ts";
import type { Secret } from "../platform/secret.ts";
import { StartProblem } from "../platform/start-problem.ts";

export type ApiListenAddress = { socket: string } | { host: string; port: number; token: Secret };

/** Throws StartProblem when another core answers there, or the place cannot be used. */
export async function listenAt(app: FastifyInstance, address: ApiListenAddress): Promise<void> {
  if ("socket" in address) await listenAtSocket(app, address.socket);
  else
    await app
      .listen({ host: address.host, port: address.port })
      .catch(explainListening("FONSHARE_API", `${address.host}:${address.port}`));
}

async function listenAtSocket(app: FastifyInstance, socket: string): Promise<void> {
  await mkdir(dirname(socket), { recursive: true, mode: 0o700 });
  if (await isAnswering(socket)) {
    throw new StartProblem(
      `Another FonShare core already answers at ${socket}: stop it, or set FONSHARE_API elsewhere.`,
    );
  }
  await rm(socket, { force: true });
  await app.listen({ path: socket }).catch(explainListening("FONSHARE_API", socket));
  await chmod(socket, 0o600);
}

function isAnswering(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const trial = connect(socket);
    trial.once("connect", () => {
      trial.destroy();
      resolve(true);
    });
    trial.once("error", () => resolve(false));
  });
}
