// What a handler of the API is: it gets a recognised caller and parsed input, and returns what the contract says.

import type { z } from "zod";
import type { Actor, Platform, Procedure, Room } from "#contract";

export interface Person {
  id: number;
  displayName: string;
  language: "en" | "fr";
}

/** Who calls and from where; what they may do is asked at the moment of doing it. */
export interface Caller {
  person: Person;
  actor: Actor;
  /** The room whose group counts. */
  room: Room;
  /** Only where that is another one: the thread or topic that was really spoken in. */
  spokenIn?: Room;
}

/** A bot that asks for itself. */
export interface BotCaller {
  platform: Platform;
}

/** One handler for each verb of a feature of the contract's table. */
export type Handlers<F> = {
  [V in keyof F]: (caller: CallerOf<F[V]>, input: ParsedOf<F[V]>) => Promise<AnswerOf<F[V]>>;
};

type CallerOf<P> = P extends Procedure<z.ZodType, z.ZodType, "bot"> ? BotCaller : Caller;
type ParsedOf<P> = P extends Procedure<infer I, z.ZodType> ? z.output<I> : never;
type AnswerOf<P> = P extends Procedure<z.ZodType, infer O> ? z.input<O> : never;
