// Announcements: new files told to a group's rooms, and what people do by reacting to them.
import { z } from "zod";
import { bytesSchema, countSchema, emptySchema, instantSchema, refSchema } from "./actor.ts";
import { pageSchema } from "./catalog.ts";
import { botProcedure, procedure } from "./procedure.ts";
import { pullSchema } from "./transfers.ts";

/** `pull` queues the announced files; `keep` puts the announcement on one's own list; `rate` gives it a star. */
export const reactionSchema = z.enum(["pull", "keep", "rate"]);
export type Reaction = z.infer<typeof reactionSchema>;

const messageId = z.string().min(1).max(64);
const roomId = z.string().min(1).max(64);

export const announcements = {
  /** Remembers which message of a room shows an announcement, so that a reaction to it finds its files. */
  posted: botProcedure(
    "announcements.posted",
    z.object({ announcement: refSchema, roomId, messageId }),
    z.object({ done: z.literal(true) }),
  ),
  /** The newest messages of the platform that show announcements, newest first: for reactions made meanwhile. */
  recent: botProcedure(
    "announcements.recent",
    emptySchema,
    z.object({ messages: z.array(z.object({ roomId, messageId })) }),
  ),
  /**
   * A reaction to an announcement, by a message of this room or one of its threads, or by its reference.
   * The same person's same reaction twice is one. `isOn: false` takes `keep` and `rate` back. `isLate`: found
   * afterwards; one that was answered before is passed over.
   */
  react: procedure(
    "announcements.react",
    z.object({
      on: z.union([z.object({ messageId }), z.object({ announcement: refSchema })]),
      reaction: reactionSchema,
      isOn: z.boolean().default(true),
      isLate: z.boolean().default(false),
      requestId: z.string().min(8).max(128),
    }),
    z.object({
      announcement: refSchema,
      outcome: z.enum(["pulled", "kept", "unkept", "rated", "unrated", "known"]),
      /** Only after `pulled`. */
      pull: pullSchema.nullable(),
      /** Stars of all people. */
      stars: countSchema,
    }),
  ),
  /** The files of an announcement, as far as the asking person may still see them. */
  show: procedure(
    "announcements.show",
    z.object({ announcement: refSchema, cursor: z.string().max(300).optional() }),
    pageSchema.extend({ createdAt: instantSchema, stars: countSchema, isKept: z.boolean() }),
  ),
  /** What the person kept, newest first, as far as they may still see it. */
  kept: procedure(
    "announcements.kept",
    emptySchema,
    z.object({
      announcements: z.array(
        z.object({
          ref: refSchema,
          owners: z.array(z.string()),
          files: countSchema,
          bytes: bytesSchema,
          stars: countSchema,
          createdAt: instantSchema,
        }),
      ),
    }),
  ),
};
