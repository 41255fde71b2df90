// Announcements: new files told to a group's rooms, and what people do by reacting to them.
import { z } from "zod";
import { countSchema, instantSchema, refSchema, roomSchema } from "./actor.ts";
import { itemSchema } from "./catalog.ts";
import { procedure } from "./procedure.ts";
import { pullSchema } from "./transfers.ts";

export const reactionSchema = z.enum(["pull"]);
export type Reaction = z.infer<typeof reactionSchema>;

export const announcements = {
  /** Remembers which message of a room shows an announcement, so that a reaction to it finds its files. */
  posted: procedure(
    "announcements.posted",
    z.object({
      announcement: refSchema,
      room: roomSchema.pick({ platform: true, roomId: true }),
      messageId: z.string().min(1).max(64),
    }),
    z.object({ done: z.literal(true) }),
  ),
  /** A reaction to a message of this room. `pull` queues the announced files for the person. */
  react: procedure(
    "announcements.react",
    z.object({ messageId: z.string().min(1).max(64), reaction: reactionSchema, requestId: z.string().min(8).max(128) }),
    z.object({ pull: pullSchema }),
  ),
  /** The files of an announcement, as far as the asking person may still see them. */
  show: procedure(
    "announcements.show",
    z.object({ announcement: refSchema }),
    z.object({ items: z.array(itemSchema), total: countSchema, createdAt: instantSchema }),
  ),
};
