// Shares: a folder of a server that a group may see, under a name of its owner's choice.
import { z } from "zod";
import { bytesSchema, countSchema, emptySchema, instantSchema, nameSchema } from "./actor.ts";
import { procedure } from "./procedure.ts";

export const shareSchema = z.object({
  name: z.string(),
  owner: z.string(),
  isYours: z.boolean(),
  /** Only told to the owner. */
  server: z.string().nullable(),
  files: countSchema,
  bytes: bytesSchema,
  scannedAt: instantSchema.nullable(),
});

export const shares = {
  list: procedure("shares.list", emptySchema, z.object({ shares: z.array(shareSchema) })),
  /** `path` is relative to the server's share folder, "" or "/" for all of it. Without `group` it is this room's. */
  add: procedure(
    "shares.add",
    z.object({
      server: z.string().trim().min(1).max(64).optional(),
      path: z.string().max(1000).default(""),
      name: nameSchema.optional(),
      /** One of the person's groups by name, instead of this room's. */
      group: nameSchema.optional(),
    }),
    z.object({ name: z.string() }),
  ),
  remove: procedure(
    "shares.remove",
    z.object({ name: z.string().trim().min(1).max(64) }),
    z.object({ name: z.string() }),
  ),
};
