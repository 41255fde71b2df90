// The HTTP side of the stand-in: paths, tokens, the answer envelope, faults, and a log of every request. The methods do
// the rest.
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer, STATUS_CODES } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { notFound } from "./chat-access.ts";
import type { Fault, Faults } from "./faults.ts";
import { chatMethods } from "./methods-chats.ts";
import { messageMethods } from "./methods-messages.ts";
import { profileMethods } from "./methods-profile.ts";
import type { createParams } from "./params.ts";
import { readParams } from "./params.ts";
import { Refusal } from "./refusal.ts";
import type { Json } from "./state.ts";
import { conflict } from "./updates.ts";
import type { World } from "./world.ts";

export interface RequestLog {
  method: string;
  params: Json;
  /** Undefined while it hangs, 0 when the connection was cut. */
  status?: number;
  /** Milliseconds since the epoch on the stand-in's clock. */
  at: number;
}

interface Settled {
  status: number;
  json: Json;
}

export interface ApiServer {
  /** With the prefix, without a slash at the end. */
  url: string;
  log: RequestLog[];
  conflict(times: number): void;
  refuse(isOn: boolean): void;
  close(): Promise<void>;
}

const methods = new Map(
  Object.entries({ ...profileMethods, ...messageMethods, ...chatMethods }).map(([name, run]) => [
    name.toLowerCase(),
    run,
  ]),
);

export async function createApiServer(world: World, faults: Faults, prefix: string): Promise<ApiServer> {
  const log: RequestLog[] = [];
  const sockets = new Set<Socket>();
  const closing = new AbortController();
  let conflicts = 0;
  let isRefusing = false;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const signal = closeSignal(response, closing.signal);
    const url = new URL(request.url ?? "/", "http://localhost");
    const route = readRoute(url.pathname, prefix);
    if (!route) return send(response, 404, { ok: false, error_code: 404, description: "Not Found" });
    const body = await readBody(request);
    const entry: RequestLog = { method: route.method, params: {}, at: world.now() };
    log.push(entry);
    response.once("close", () => {
      entry.status ??= 0;
    });
    const answer = (status: number, json: Json | undefined) => {
      entry.status = status;
      send(response, status, json);
      world.changed();
    };
    if (route.token !== world.state.bot.token) {
      return answer(401, { ok: false, error_code: 401, description: "Unauthorized" });
    }
    const read = readParams(url, request.headers["content-type"] ?? "", body);
    entry.params = await read.then(
      (params) => params.all,
      () => ({}),
    );
    world.limits.watch(holdKey(entry));
    world.changed();
    const run = async () => {
      const params = await read;
      if (route.method.toLowerCase() === "getupdates") return poll(params, signal);
      return call(route.method, params);
    };
    const blamed = () => settle(route.method, run);
    const fault = faults.take(route.method);
    await answerWith(fault, blamed, answer, response, signal);
    if (fault?.status === 429) world.limits.hold(holdKey(entry), fault.retryAfter ?? 1);
  }

  function poll(params: ReturnType<typeof createParams>, signal: AbortSignal) {
    if (conflicts > 0) {
      conflicts -= 1;
      throw conflict();
    }
    const updates = world.updates.poll(params, signal);
    // It confirmed what came before: telegraf's handlers of that have ended.
    world.changed();
    return updates;
  }

  function call(name: string, params: ReturnType<typeof createParams>) {
    const method = methods.get(name.toLowerCase());
    if (method) return method(world, params);
    throw notFound();
  }

  async function answerWith(
    fault: Fault | undefined,
    settled: () => Promise<Settled>,
    answer: (status: number, json: Json | undefined) => void,
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<void> {
    if (fault?.delayMs) await wait(fault.delayMs, signal);
    const isLie = fault !== undefined && (fault.cut === true || fault.status !== 200);
    const truth = isLie && fault.when === "before" ? undefined : await settled();
    if (signal.aborted) return world.changed();
    if (fault?.cut) {
      response.destroy();
      return world.changed();
    }
    if (isLie) return answer(fault.status, faultJson(fault));
    answer(truth?.status ?? 200, truth?.json);
  }

  async function settle(method: string, run: () => Promise<unknown>): Promise<Settled> {
    try {
      return { status: 200, json: { ok: true, result: await run() } };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.isMistake) world.blame(`${method}: ${error.code} ${error.message}`);
      return { status: error.code, json: refusalJson(error) };
    }
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!request.complete) return;
      world.blame(`The stand-in failed: ${error instanceof Error ? error.stack : error}`);
      if (response.headersSent) response.destroy();
      else send(response, 500, undefined);
    });
  });
  server.on("connection", (socket) => {
    if (isRefusing) return socket.destroy();
    sockets.add(socket);
    return socket.once("close", () => sockets.delete(socket));
  });
  const port = await listen(server);

  return {
    url: `http://127.0.0.1:${port}${prefix}`,
    log,
    conflict(times) {
      conflicts = world.updates.release(conflict()) ? times - 1 : times;
    },
    refuse(isOn) {
      isRefusing = isOn;
      if (isOn) for (const socket of sockets) socket.destroy();
    },
    async close() {
      closing.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

const holdKey = ({ method, params }: RequestLog) => `${method} ${params["chat_id"] ?? ""}`;

function readRoute(path: string, prefix: string): { token: string; method: string } | undefined {
  if (!path.startsWith(`${prefix}/bot`)) return undefined;
  const found = path.slice(prefix.length).match(/^\/bot([^/]+)\/(?:test\/)?([^/]+)\/?$/);
  return found ? { token: decodeURIComponent(found[1] ?? ""), method: found[2] ?? "" } : undefined;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, status: number, json: Json | undefined): void {
  // What stands before the API answers in HTML when the API does not.
  const body = json ? JSON.stringify(json) : `<html><h1>${status} ${STATUS_CODES[status]}</h1></html>`;
  const retryAfter = (json?.["parameters"] as Json | undefined)?.["retry_after"];
  response.writeHead(status, {
    "content-type": json ? "application/json" : "text/html",
    "content-length": Buffer.byteLength(body),
    ...(retryAfter ? { "retry-after": String(retryAfter) } : {}),
  });
  response.end(body);
}

function refusalJson({ code, message, parameters }: Refusal): Json {
  return { ok: false, error_code: code, description: message, ...(parameters ? { parameters } : {}) };
}

function faultJson({ status, retryAfter }: Fault): Json | undefined {
  if (status >= 500) return undefined;
  if (status === 429) {
    const description = `Too Many Requests: retry after ${retryAfter ?? 1}`;
    return { ok: false, error_code: 429, description, parameters: { retry_after: retryAfter ?? 1 } };
  }
  return { ok: false, error_code: status, description: STATUS_CODES[status] ?? "Unknown" };
}

function closeSignal(response: ServerResponse, closing: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const abort = () => controller.abort();
  closing.addEventListener("abort", abort);
  response.once("close", () => {
    closing.removeEventListener("abort", abort);
    if (!response.writableFinished) abort();
  });
  return controller.signal;
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}
