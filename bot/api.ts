// The way to the core: calls over HTTP on a Unix socket or with a token, and the raw event stream. Knows no platform.
import { EventSource } from "eventsource";
import { Agent, fetch, request } from "undici";
import { z } from "zod";
import type { Client } from "#contract";
import { CallError, createClient, failureSchema } from "#contract";
import type { ApiAddress } from "./config.ts";

export interface Api {
  client: Client;
  /** How far this bot has told the events; CallError core.unavailable when the core is away. */
  readCursor(bot: string): Promise<number>;
  moveCursor(bot: string, id: number): Promise<void>;
  /** Events after `after`. The caller closes it; it does not go on by itself after an error. */
  openEvents(platforms: readonly string[], after: number): EventSource;
  close(): Promise<void>;
}

/** A server is tested live within a call, which may take a while. */
const answerTimeoutMs = 120_000;
/** Below what a listening socket lets wait (511, all bots together): above it the kernel refuses. Who is more waits here. */
const mostConnections = 128;
/** The core sends a comment at least this often divided by three; a stream that is silent for longer is dead. */
const silenceTimeoutMs = 90_000;
const cursorAnswer = z.union([z.object({ ok: z.object({ id: z.number() }) }), z.object({ error: failureSchema })]);

export function createApi(address: ApiAddress): Api {
  const isSocket = "socketPath" in address;
  const origin = isSocket ? "http://core" : address.origin;
  const connect = isSocket ? { connect: { socketPath: address.socketPath } } : {};
  const calls = new Agent({
    ...connect,
    connections: mostConnections,
    headersTimeout: answerTimeoutMs,
    bodyTimeout: answerTimeoutMs,
  });
  const streams = new Agent({ ...connect, bodyTimeout: silenceTimeoutMs });
  const headers = {
    "content-type": "application/json",
    ...(isSocket ? {} : { authorization: `Bearer ${address.token}` }),
  };

  const send = async (method: "GET" | "POST", path: string, body?: unknown): Promise<unknown> => {
    const text = body === undefined ? null : JSON.stringify(body);
    const answer = await request(new URL(path, origin), { dispatcher: calls, method, headers, body: text });
    return answer.body.json();
  };
  const cursor = async (method: "GET" | "POST", path: string, body?: unknown): Promise<number> => {
    const answer = cursorAnswer.parse(await send(method, path, body).catch(unavailable));
    if ("error" in answer) throw new CallError(answer.error.code, answer.error.params);
    return answer.ok.id;
  };

  return {
    client: createClient((path, body) => send("POST", path, body)),
    readCursor: (bot) => cursor("GET", `/v1/events/cursor?bot=${encodeURIComponent(bot)}`),
    moveCursor: async (bot, id) => void (await cursor("POST", "/v1/events/cursor", { bot, id })),
    openEvents: (platforms, after) =>
      new EventSource(new URL(`/v1/events?platforms=${platforms.join(",")}`, origin), {
        fetch: (url, init) =>
          fetch(url, {
            ...init,
            dispatcher: streams,
            headers: { ...headers, ...init.headers, "Last-Event-ID": String(after) },
          }),
      }),
    close: async () => {
      await Promise.all([calls.destroy(), streams.destroy()]);
    },
  };
}

function unavailable(cause: unknown): never {
  throw new CallError("core.unavailable", {}, { cause });
}
