// What a handler of the API is: it gets a recognised caller and parsed input, and returns what the contract says.

import type { z } from "zod";
import type { Actor, Procedure, Room } from "#contract";

export interface Person {
  id: number;
  displayName: string;
  language: "en" | "fr";
}

/** Who calls and from where; what they may do is asked at the moment of doing it. */
export interface Caller {
  person: Person;
  actor: Actor;
  room: Room;
}

/** One handler for each verb of a feature of the contract's table. */
export type Handlers<F> = {
  [V in keyof F]: (caller: Caller, input: ParsedOf<F[V]>) => Promise<AnswerOf<F[V]>>;
};

type ParsedOf<P> = P extends Procedure<infer I, z.ZodType> ? z.output<I> : never;
type AnswerOf<P> = P extends Procedure<z.ZodType, infer O> ? z.input<O> : never;
