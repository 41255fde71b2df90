// What a procedure of the API is: a name and the schemas of what goes in and comes out.
import type { z } from "zod";

export interface Procedure<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly input: I;
  readonly output: O;
}

/** @param name `feature.verb`, the last part of the URL it is posted to */
export function procedure<I extends z.ZodType, O extends z.ZodType>(
  name: string,
  input: I,
  output: O,
): Procedure<I, O> {
  return { name, input, output };
}

export type InputOf<P> = P extends Procedure<infer I, z.ZodType> ? z.input<I> : never;
export type OutputOf<P> = P extends Procedure<z.ZodType, infer O> ? z.output<O> : never;
