// The public listener: headers, limits, the plain pages, and what to show when something goes wrong.
import { readFileSync } from "node:fs";
import formbody from "@fastify/formbody";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { fastify } from "fastify";
import type { People } from "../people/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import type { Servers } from "../servers/index.ts";
import { createEnrolLimits } from "./enrol-limits.ts";
import { addEnrolRoutes } from "./enrol-routes.ts";
import { renderMessage } from "./frame.ts";
import type { Words } from "./words/index.ts";
import { preferredLanguage, words } from "./words/index.ts";

export interface WebDeps {
  servers: Servers;
  people: People;
  /** What visitors' links start with; may have a path. */
  publicUrl: string;
  listen: { host: string; port: number };
  log: Log;
  clock: Clock;
}

export interface Web {
  /** @returns where it listens, with the port it got when 0 was asked for */
  listen(): Promise<{ url: string }>;
  /** Ends open connections too. */
  close(): Promise<void>;
}

const stylesheet = readFileSync(new URL("./style.css", import.meta.url), "utf8");
const bodyLimitBytes = 16 * 1024;
const longestUrl = 2000;
const requestsPerMinute = 300;
/** A form is small: who sends it for longer only holds a connection. */
const requestWithinMs = 20_000;
/** How often others came is nobody's business, and would make two answers differ. */
const noCounts = { "x-ratelimit-limit": false, "x-ratelimit-remaining": false, "x-ratelimit-reset": false };

export function createWeb(deps: WebDeps): Web {
  // No request log: the address of a page is its key.
  const app = fastify({
    logger: false,
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestWithinMs,
    forceCloseConnections: true,
    // A reverse proxy on the same machine tells the visitor's address; nobody else is believed.
    trustProxy: "loopback",
    // What cannot be an address of ours gets the page of any wrong one; Fastify's own answer would repeat it.
    rewriteUrl: ({ url = "/" }) => (mayBeOurs(url) ? url : "/-"),
    routerOptions: { maxParamLength: longestUrl },
  });
  const base = new URL(deps.publicUrl).pathname.replace(/\/$/, "");
  const ready = setUp(app, deps, base);
  return {
    async listen() {
      await ready;
      return { url: await app.listen(deps.listen) };
    },
    close: () => app.close(),
  };
}

async function setUp(app: FastifyInstance, deps: WebDeps, base: string): Promise<void> {
  const send = (status: number, pick: (say: Words) => { title: string; text: string }) => {
    return (request: FastifyRequest, reply: FastifyReply) => {
      const language = preferredLanguage(request.headers["accept-language"]);
      const page = renderMessage({ language, base }, pick(words[language]));
      return reply.status(status).type("text/html; charset=utf-8").send(page);
    };
  };
  await app.register(helmet, headersFor(deps.publicUrl));
  await app.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: "1 minute",
    addHeadersOnExceeding: noCounts,
    addHeaders: noCounts,
  });
  await app.register(formbody, { bodyLimit: bodyLimitBytes });
  app.addHook("onRequest", async (_request, reply) => {
    reply.header("cache-control", "no-store").header("x-robots-tag", "noindex").type("text/html; charset=utf-8");
  });
  app.setNotFoundHandler(send(404, (say) => say.notFound));
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status === 429) return send(429, (say) => say.tooMany)(request, reply);
    if (status < 500) return send(status, (say) => say.notFound)(request, reply);
    deps.log.error({ err: error }, "a page failed");
    return send(500, (say) => say.broken)(request, reply);
  });
  app.get(
    "/",
    send(200, (say) => say.home),
  );
  app.get("/style.css", (_request, reply) =>
    reply.type("text/css; charset=utf-8").header("cache-control", "max-age=3600").send(stylesheet),
  );
  addEnrolRoutes(app, {
    ...deps,
    base,
    limits: createEnrolLimits(deps.clock),
    sendInvalidLink: send(404, (say) => say.invalidLink),
    sendTooMany: send(429, (say) => say.tooMany),
  });
}

function mayBeOurs(url: string): boolean {
  try {
    return url.length <= longestUrl && decodeURI(url) !== "";
  } catch {
    return false;
  }
}

/** Nothing but our own stylesheet and our own forms. */
function headersFor(publicUrl: string) {
  const isHttps = publicUrl.startsWith("https:");
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: "no-referrer" as const },
    strictTransportSecurity: isHttps,
    xFrameOptions: { action: "deny" as const },
  };
}
