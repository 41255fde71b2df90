// One call of the API, from its parsed JSON to the answer: who speaks, what goes in, what comes out. Knows no HTTP.
import { randomUUID } from "node:crypto";
import type { z } from "zod";
import type { Actor, Api, Context, failureSchema, Procedure, Room } from "#contract";
import { api, botCallSchema, callSchema } from "#contract";
import { isDatabaseAway } from "../platform/db.ts";
import { asFonError, FonError } from "../platform/errors.ts";
import type { BotCaller, Caller, Handlers, Person } from "../platform/handler.ts";
import type { Log } from "../platform/log.ts";

export type AllHandlers = { [F in keyof Api]: Handlers<Api[F]> };
export type Failure = z.input<typeof failureSchema>;
export type Answer = { ok: unknown } | { error: Failure };

export interface CallDeps {
  handlers: AllHandlers;
  recognise: (actor: Actor) => Promise<Person>;
  /** The room whose group counts: itself when it is bound, else the one it is a thread of. */
  settleRoom: (room: Room) => Promise<Room>;
  log: Log;
}

interface Entry {
  procedure: Procedure;
  handle: (caller: Caller | BotCaller, input: unknown) => Promise<unknown>;
}

/** Never rejects: whatever goes wrong is an answer. */
export type AnswerCall = (name: string, body: unknown) => Promise<Answer>;

export function createAnswerCall({ handlers, recognise, settleRoom, log }: CallDeps): AnswerCall {
  const table = makeTable(handlers);
  const findCaller = async ({ actor, room: spokenIn }: Context): Promise<Caller> => {
    const [person, room] = await Promise.all([recognise(actor), settleRoom(spokenIn)]);
    return { person, actor, room, ...(room.roomId !== spokenIn.roomId && { spokenIn }) };
  };
  return async (name, body) => {
    try {
      const entry = table.get(name);
      if (!entry) throw new FonError("request.unknown-procedure");
      const { procedure, handle } = entry;
      const call = procedure.speaker === "bot" ? parseInput(botCallSchema, body, "") : parseCall(body);
      const input = parseInput(procedure.input, call.input, "input");
      const caller = "context" in call ? await findCaller(call.context) : { platform: call.platform };
      const output = await handle(caller, input);
      return { ok: procedure.output.parse(output) };
    } catch (error) {
      return { error: toFailure(error, name, log) };
    }
  };
}

/** Throws when a procedure of the contract has no handler: told at the start, not at the first call. */
function makeTable(handlers: AllHandlers): Map<string, Entry> {
  const table = new Map<string, Entry>();
  for (const [feature, verbs] of Object.entries(api)) {
    for (const [verb, procedure] of Object.entries<Procedure>(verbs)) {
      const handle = (handlers as Record<string, Record<string, Entry["handle"]>>)[feature]?.[verb];
      if (!handle) throw new Error(`no handler for ${procedure.name}`);
      table.set(procedure.name, { procedure, handle });
    }
  }
  return table;
}

function parseCall(body: unknown): z.output<typeof callSchema> {
  const call = parseInput(callSchema, body, "");
  if (call.context.actor.platform !== call.context.room.platform) {
    throw new FonError("request.invalid", { field: "context.room.platform" });
  }
  return call;
}

function parseInput<T extends z.ZodType>(schema: T, value: unknown, at: string): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const field = [at, ...(parsed.error.issues[0]?.path ?? [])].filter((part) => part !== "").join(".");
  throw new FonError("request.invalid", field === "" ? {} : { field });
}

function toFailure(error: unknown, name: string, log: Log): Failure {
  const foreseen = asFonError(error);
  if (foreseen) {
    log.debug({ procedure: name, code: foreseen.code }, "refused");
    return { code: foreseen.code, params: foreseen.params };
  }
  if (isDatabaseAway(error)) {
    log.warn({ err: error, procedure: name }, "a call met no database");
    return { code: "core.unavailable", params: {} };
  }
  const id = randomUUID().slice(0, 8);
  log.error({ err: error, procedure: name, id }, "a call failed for a reason that was not foreseen");
  return { code: "core.internal", params: { id } };
}
