// The API for bots: the contract's procedures and the event stream over HTTP, on a private socket or with a token.
// Every body is JSON as the contract's `answerSchema`; HTTP status 200 also where a call was refused.
import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { fastify } from "fastify";
import type { EventStream } from "../platform/event-stream.ts";
import type { Log } from "../platform/log.ts";
import type { Secret } from "../platform/secret.ts";
import type { CallDeps } from "./call.ts";
import { createAnswerCall } from "./call.ts";
import { addEventRoutes } from "./events.ts";
import type { ApiListenAddress } from "./listen.ts";
import { listenAt } from "./listen.ts";

const mostBodyBytes = 256 * 1024;

export interface ApiServerDeps extends CallDeps {
  address: ApiListenAddress;
  events: EventStream;
}
export interface ApiServer {
  /** Throws StartProblem when the address is taken. Resolves with the port (TCP), undefined for a socket. */
  listen(): Promise<number | undefined>;
  /** Ends open calls and streams at once. */
  close(): Promise<void>;
}

export function createApiServer(deps: ApiServerDeps): ApiServer {
  const stopping = new AbortController();
  const app = fastify({ bodyLimit: mostBodyBytes, forceCloseConnections: true, logger: false });
  const answer = createAnswerCall(deps);
  if ("token" in deps.address) requireToken(app, deps.address.token);
  addErrorAnswers(app, deps.log);
  addEventRoutes(app, deps.events, stopping.signal, deps.log);
  app.post<{ Params: { name: string } }>("/v1/:name", (request) => answer(request.params.name, request.body));

  return {
    async listen() {
      await listenAt(app, deps.address);
      const bound = app.server.address();
      return typeof bound === "object" ? bound?.port : undefined;
    },
    async close() {
      stopping.abort();
      await app.close();
    },
  };
}

/** Hashes of equal length are compared in constant time, so that the answer's delay tells nothing of the token. */
function requireToken(app: FastifyInstance, token: Secret): void {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const wanted = digest(`Bearer ${token.reveal()}`);
  app.addHook("onRequest", async (request, reply) => {
    if (timingSafeEqual(digest(request.headers.authorization ?? ""), wanted)) return;
    return reply.code(401).send({ error: { code: "request.unauthorized", params: {} } });
  });
}

/** What never reaches a procedure: bad JSON, a body that is too large, an unknown path. */
function addErrorAnswers(app: FastifyInstance, log: Log): void {
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ error: { code: "request.unknown-procedure", params: {} } }),
  );
  app.setErrorHandler((error: { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return reply.code(status).send({ error: { code: "request.invalid", params: {} } });
    log.error({ err: error }, "a request failed for a reason that was not foreseen");
    return reply.code(500).send({ error: { code: "core.internal", params: {} } });
  });
}
