// What a procedure of the API is: a name, who may call it, and the schemas of what goes in and comes out.
import type { z } from "zod";

/** `person`: somebody speaks through a bot. `bot`: the bot asks for itself; only its platform counts. */
export type Speaker = "person" | "bot";

export interface Procedure<
  I extends z.ZodType = z.ZodType,
  O extends z.ZodType = z.ZodType,
  S extends Speaker = Speaker,
> {
  readonly name: string;
  readonly speaker: S;
  readonly input: I;
  readonly output: O;
}

/** @param name `feature.verb`, the last part of the URL it is posted to */
export function procedure<I extends z.ZodType, O extends z.ZodType>(
  name: string,
  input: I,
  output: O,
): Procedure<I, O, "person"> {
  return { name, speaker: "person", input, output };
}

/** One that a bot calls for itself, about rooms and messages of its own platform. */
export function botProcedure<I extends z.ZodType, O extends z.ZodType>(
  name: string,
  input: I,
  output: O,
): Procedure<I, O, "bot"> {
  return { name, speaker: "bot", input, output };
}

export type InputOf<P> = P extends Procedure<infer I, z.ZodType> ? z.input<I> : never;
export type OutputOf<P> = P extends Procedure<z.ZodType, infer O> ? z.output<O> : never;
