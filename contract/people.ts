// A person: greeting, two platforms joined, what is known, erase.
import { z } from "zod";
import { countSchema, doneSchema, emptySchema, instantSchema } from "./actor.ts";
import { procedure } from "./procedure.ts";

const oneTimeCode = z.object({ code: z.string(), expiresAt: instantSchema });

export const people = {
  /** What `/start` needs to know to say the next useful step. */
  hello: procedure(
    "people.hello",
    emptySchema,
    z.object({
      name: z.string(),
      group: z.string().nullable(),
      isMember: z.boolean(),
      groups: z.array(z.string()),
      servers: countSchema,
      shares: countSchema,
    }),
  ),
  /** A code that joins this identity with another platform's, 15 minutes, single use. */
  linkCode: procedure("people.linkCode", emptySchema, oneTimeCode),
  link: procedure("people.link", z.object({ code: z.string().min(1).max(32) }), doneSchema),
  /** Everything that is stored about the person, without any secret. */
  export: procedure("people.export", emptySchema, z.object({ data: z.record(z.string(), z.unknown()) })),
  /** Removes the person, their servers, shares, pulls and memberships, at once. */
  erase: procedure("people.erase", emptySchema, doneSchema),
};
