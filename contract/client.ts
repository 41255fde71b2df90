// The typed client of the core's API. It knows no transport: `post` and `follow` are handed in.
import type { z } from "zod";
import type { Context, Platform } from "./actor.ts";
import type { Api } from "./api.ts";
import { answerSchema, api } from "./api.ts";
import type { ErrorCode, ErrorParams } from "./errors.ts";
import type { InputOf, OutputOf, Procedure } from "./procedure.ts";

/** An answer of the core that is an error, as a bot sees it. */
export class CallError extends Error {
  readonly code: ErrorCode;
  readonly params: ErrorParams;

  constructor(code: ErrorCode, params: ErrorParams = {}, options: { cause?: unknown } = {}) {
    super(code, options);
    this.name = "CallError";
    this.code = code;
    this.params = params;
  }
}

/** Sends one JSON body to a path of the core and gives the parsed JSON body back; rejects when the core cannot be reached. */
export type Post = (path: string, body: unknown) => Promise<unknown>;

/** Who a call is made for: a person in a room, or the bot itself. */
export type For<P> = P extends Procedure<z.ZodType, z.ZodType, "bot"> ? Platform : Context;
type Feature<F> = { [V in keyof F]: (whose: For<F[V]>, input: InputOf<F[V]>) => Promise<OutputOf<F[V]>> };
export type Client = { [F in keyof Api]: Feature<Api[F]> };

/**
 * One function for each procedure: `client.catalog.search(context, { query })`.
 * Every call throws CallError; `core.unavailable` when the core cannot be reached.
 */
export function createClient(post: Post): Client {
  const features = Object.entries(api).map(([feature, verbs]) => [feature, bindVerbs(post, verbs)]);
  return Object.fromEntries(features) as Client;
}

function bindVerbs(post: Post, verbs: Record<string, Procedure>) {
  return Object.fromEntries(
    Object.entries(verbs).map(([verb, procedure]) => [
      verb,
      (whose: Context | Platform, input: unknown) => call(post, procedure, whose, input),
    ]),
  );
}

async function call<O extends z.ZodType>(
  post: Post,
  procedure: Procedure<z.ZodType, O>,
  whose: Context | Platform,
  input: unknown,
): Promise<z.output<O>> {
  const body = typeof whose === "string" ? { platform: whose, input } : { context: whose, input };
  const answer = answerSchema.parse(await reach(post, procedure.name, body));
  if ("error" in answer) throw new CallError(answer.error.code, answer.error.params);
  return procedure.output.parse(answer.ok);
}

async function reach(post: Post, name: string, body: unknown): Promise<unknown> {
  try {
    return await post(`/v1/${name}`, body);
  } catch (cause) {
    throw new CallError("core.unavailable", {}, { cause });
  }
}
