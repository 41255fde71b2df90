// The HTTP side: reads requests as Discord does, asks the rate limits and the planned faults, runs a route, answers, keeps a log.
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { ApiError, refuse } from "./api-error.ts";
import type { createFaults, Fault } from "./faults.ts";
import type { createRateLimits } from "./rate-limits.ts";
import type { Json, Upload, World } from "./state.ts";

export interface ApiRequest {
  /** Named parts of the path. */
  params: Record<string, string>;
  query: URLSearchParams;
  body: unknown;
  uploads: Upload[];
}

export interface Route {
  method: string;
  /** As in `/channels/:channel/messages`. */
  path: string;
  /** Without a token of the bot: the path itself carries one. */
  isOpen?: boolean;
  handle: (request: ApiRequest) => unknown;
}

export interface LoggedRequest {
  method: string;
  /** Without `/api/v10`. */
  path: string;
  body: unknown;
  /** 0 until answered, and when the connection was cut. */
  status: number;
  at: number;
}

interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  isPlain?: boolean;
}

const UPLOAD_LIMIT_BYTES = 10 * 1024 * 1024;

export function createHttp(
  world: World,
  routes: readonly Route[],
  faults: ReturnType<typeof createFaults>,
  limits: ReturnType<typeof createRateLimits>,
) {
  const log: LoggedRequest[] = [];
  const sockets = new Set<Socket>();
  let isRefusing = false;
  const table = routes.map((route) => ({
    route,
    pattern: new RegExp(`^${route.path.replace(/:(\w+)/g, "(?<$1>[^/]+)")}$`),
  }));
  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy());
  });
  server.on("connection", (socket: Socket) => {
    if (isRefusing) return socket.destroy();
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    return undefined;
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://local");
    const path = url.pathname.replace(/^\/api\/v10(?=\/)/, "");
    const method = request.method ?? "GET";
    const entry: LoggedRequest = { method, path, body: undefined, status: 0, at: world.now() };
    log.push(entry);
    const bytes = await readAll(request);
    const fault = faults.take(method, path);
    if (fault) markFaulted(path);
    // Somebody may wait for just this request to hang.
    if (fault) world.changed();
    if (fault?.delayMs !== undefined) await faults.delay(fault.delayMs);
    const isFailing = fault !== undefined && (fault.status !== undefined || Boolean(fault.cut));
    let answer: Answer | undefined;
    if (!isFailing || fault.when === "after") answer = await run(request, url, path, bytes, entry);
    if (isFailing) answer = fault.cut ? undefined : brokenAnswer(fault);
    entry.status = answer?.status ?? 0;
    if (answer === undefined) endConnection(request.socket, fault);
    else write(response, answer);
    world.changed();
  }

  async function run(
    request: IncomingMessage,
    url: URL,
    path: string,
    bytes: Buffer,
    entry: LoggedRequest,
  ): Promise<Answer> {
    let headers: Record<string, string> = {};
    try {
      if (!url.pathname.startsWith("/api/v10/")) throw refuse("notFound");
      if (!/^DiscordBot \(/.test(request.headers["user-agent"] ?? "")) throw refuse("noUserAgent");
      const found = find(entry.method, path);
      const name = `${entry.method} ${found.route.path}`;
      checkToken(request, found.route);
      const { channel, guild, app, token } = found.params;
      const major = channel ?? guild ?? (token === undefined ? (app ?? "") : `${app}/${token}`);
      const verdict = limits.check(name, major);
      headers = verdict.headers;
      if (verdict.retryAfter !== undefined) return limited(verdict.retryAfter, verdict.isGlobal, headers);
      const parsed = await parseBody(world, request, bytes);
      entry.body = parsed.body;
      const body = await found.route.handle({ params: found.params, query: url.searchParams, ...parsed });
      return body === undefined ? { status: 204, headers } : { status: 200, body, headers };
    } catch (error) {
      return { ...refusal(error, entry), headers };
    }
  }

  function find(method: string, path: string): { route: Route; params: Record<string, string> } {
    const fitting = table.flatMap(({ route, pattern }) => {
      const match = pattern.exec(path);
      return match ? [{ route, params: match.groups ?? {} }] : [];
    });
    const found = fitting.find(({ route }) => route.method === method);
    if (found === undefined) {
      if (fitting.length > 0) throw new ApiError(405, 0, "405: Method Not Allowed");
      throw refuse("notFound");
    }
    const params = Object.entries(found.params).map(([key, value]) => [key, decodeURIComponent(value)]);
    return { route: found.route, params: Object.fromEntries(params) as Record<string, string> };
  }

  function checkToken(request: IncomingMessage, route: Route): void {
    const given = request.headers.authorization;
    if (given === undefined && route.isOpen) return;
    if (given !== `Bot ${world.token}`) throw refuse("unauthorized");
  }

  function refusal(error: unknown, entry: LoggedRequest): Answer {
    if (!(error instanceof ApiError)) {
      world.violations.push(`The stand-in failed at ${entry.method} ${entry.path}: ${String(error)}`);
      return { status: 500, body: { message: "500: Internal Server Error", code: 0 } };
    }
    const details = error.errors === undefined ? {} : { errors: error.errors };
    if (!error.isOrdinary && !isFaulted(entry.path))
      world.violations.push(
        `${entry.method} ${hideTokens(entry.path)} was refused with ${error.status}/${error.code}: ${error.message} ${JSON.stringify(details)}`,
      );
    return { status: error.status, body: { message: error.message, code: error.code, ...details } };
  }

  const interactionsOf = (path: string) =>
    [...world.interactions.values()].filter((one) => path.includes(one.token) || path.includes(one.id));
  const isFaulted = (path: string) => interactionsOf(path).some((one) => one.isFaulted);
  function markFaulted(path: string): void {
    for (const one of interactionsOf(path)) one.isFaulted = true;
  }
  const hideTokens = (path: string) => path.replace(/(\/(?:webhooks|interactions)\/\d+\/)[^/]+/, "$1:token");

  return {
    server,
    log,
    refuseConnections(refuses: boolean): void {
      isRefusing = refuses;
      if (refuses) for (const socket of sockets) socket.destroy();
    },
    close(): Promise<void> {
      return new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      });
    },
  };
}

function endConnection(socket: Socket, fault: Fault | undefined): void {
  if (fault?.cut === "reset") socket.resetAndDestroy();
  else socket.destroy();
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function limited(retryAfter: number, isGlobal: boolean, headers: Record<string, string> = {}): Answer {
  return {
    status: 429,
    body: { message: "You are being rate limited.", retry_after: retryAfter, global: isGlobal },
    headers: { ...headers, "retry-after": String(Math.ceil(retryAfter)) },
  };
}

function brokenAnswer(fault: Fault): Answer {
  const status = fault.status ?? 500;
  if (status === 429) {
    const answer = limited(fault.retryAfter ?? 1, false, { "x-ratelimit-scope": "shared" });
    return { ...answer, headers: { ...answer.headers, "retry-after": String(fault.retryAfter ?? 1) } };
  }
  if (status >= 500) return { status, body: "<html><body>upstream connect error</body></html>", isPlain: true };
  return { status, body: { message: `${status}: Refused`, code: 0 } };
}

function write(response: ServerResponse, { status, body, headers, isPlain }: Answer): void {
  const text = body === undefined ? "" : isPlain ? String(body) : JSON.stringify(body);
  const type = isPlain ? "text/html" : "application/json";
  response.writeHead(status, {
    ...headers,
    ...(body === undefined ? {} : { "content-type": type, "content-length": Buffer.byteLength(text) }),
    via: "1.1 google",
  });
  response.end(text);
}

async function parseBody(
  world: World,
  request: IncomingMessage,
  bytes: Buffer,
): Promise<{ body: unknown; uploads: Upload[] }> {
  if (bytes.length === 0) return { body: undefined, uploads: [] };
  const type = request.headers["content-type"] ?? "";
  if (type.startsWith("multipart/form-data")) return parseForm(world, type, bytes);
  if (!type.startsWith("application/json")) throw refuse("badJson");
  return { body: parseJson(bytes.toString()), uploads: [] };
}

async function parseForm(world: World, type: string, bytes: Buffer): Promise<{ body: unknown; uploads: Upload[] }> {
  const form = await new Response(new Uint8Array(bytes), { headers: { "content-type": type } }).formData();
  const said = form.get("payload_json");
  const body = (typeof said === "string" ? parseJson(said) : {}) as Json;
  const uploads: Upload[] = [];
  for (const [key, value] of form) {
    if (typeof value === "string") continue;
    const index = /^files\[(\d+)\]$/.exec(key)?.[1];
    if (index === undefined || uploads.length === 10) throw refuse("badJson");
    const content = Buffer.from(await value.arrayBuffer());
    if (content.length > UPLOAD_LIMIT_BYTES) throw refuse("tooLarge");
    uploads.push({
      id: world.newId(),
      name: nameOf(value.name),
      contentType: value.type,
      bytes: content,
      ...metaOf(body, index),
    });
  }
  return { body, uploads };
}

/** Discord keeps letters, digits, dots, dashes and underscores of a file's name. */
function nameOf(name: string): string {
  return name.replaceAll(" ", "_").replace(/[^\p{L}\p{N}._-]/gu, "") || "unknown";
}

/** The entry of `attachments` that speaks of the nth file, wherever the message is in the body. */
function metaOf(body: Json, index: string): { description?: string } {
  const message = ((body["data"] as Json | undefined) ?? body) as {
    attachments?: { id: unknown; description?: string }[];
  };
  const description = message.attachments?.find((one) => String(one.id) === index)?.description;
  return description == null ? {} : { description };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse("badJson");
  }
}
