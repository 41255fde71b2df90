// The event stream over HTTP (server-sent events), and how far each bot has told it.
import { once } from "node:events";
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import type { FonEvent } from "#contract";
import { cursorSchema, platformSchema } from "#contract";
import type { EventStream } from "../platform/event-stream.ts";
import type { Log } from "../platform/log.ts";

const wantedSchema = z.object({
  platforms: z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(platformSchema).min(1)),
});
const lastIdSchema = z.coerce.number().int().nonnegative().catch(0);

/** @param stopping ends every open stream when it aborts */
export function addEventRoutes(app: FastifyInstance, stream: EventStream, stopping: AbortSignal, log: Log): void {
  app.get("/v1/events", async (request, reply) => {
    const wanted = wantedSchema.safeParse(request.query);
    if (!wanted.success) return reply.code(400).send(invalid("platforms"));
    const gone = new AbortController();
    reply.raw.once("close", () => gone.abort());
    const signal = AbortSignal.any([gone.signal, stopping]);
    const after = lastIdSchema.parse(request.headers["last-event-id"] ?? 0);
    await send(reply, stream.follow({ ...wanted.data, after, signal }), signal).catch((err: unknown) => {
      log.warn({ err }, "an event stream broke off");
      reply.raw.destroy();
    });
    return reply;
  });

  app.get("/v1/events/cursor", async (request, reply) => {
    const asked = cursorSchema.pick({ bot: true }).safeParse(request.query);
    if (!asked.success) return reply.code(400).send(invalid("bot"));
    return { ok: { bot: asked.data.bot, id: await stream.cursorOf(asked.data.bot) } };
  });

  app.post("/v1/events/cursor", async (request, reply) => {
    const told = cursorSchema.safeParse(request.body);
    if (!told.success) return reply.code(400).send(invalid("id"));
    return { ok: { bot: told.data.bot, id: await stream.moveCursor(told.data.bot, told.data.id) } };
  });
}

const invalid = (field: string) => ({ error: { code: "request.invalid", params: { field } } });

/** Waits for a slow reader instead of filling memory. The headers go out at once, before the first event. */
async function send(reply: FastifyReply, events: AsyncIterable<FonEvent | "quiet">, signal: AbortSignal) {
  reply.hijack();
  reply.raw.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  reply.raw.write("retry: 1000\n\n");
  for await (const event of events) {
    const text = event === "quiet" ? ": quiet\n\n" : `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`;
    if (!reply.raw.write(text)) await once(reply.raw, "drain", { signal }).catch(() => undefined);
  }
  reply.raw.end();
}
