// Who speaks and where: every call carries both, and the core checks both.
import { z } from "zod";

export const platforms = ["console", "discord", "telegram"] as const;
export const platformSchema = z.enum(platforms);
export type Platform = z.infer<typeof platformSchema>;

export const languages = ["en", "fr"] as const;
export const languageSchema = z.enum(languages);
export type Language = z.infer<typeof languageSchema>;

/** Text that people typed as a name: no control characters, trimmed, 1 to 64 characters. */
export const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u);

/** A person as their chat platform knows them. */
export const actorSchema = z.object({
  platform: platformSchema,
  userId: z.string().min(1).max(64),
  displayName: z.string().max(128),
  language: languageSchema,
  /** Name and language are not what the platform said just now: they replace nothing that is known. */
  isGuessed: z.literal(true).optional(),
});
export type Actor = z.infer<typeof actorSchema>;

/** Where they speak. `private`: nobody else reads it. `isAdmin`: asked by the bot from the platform. */
export const roomSchema = z.object({
  platform: platformSchema,
  roomId: z.string().min(1).max(64),
  kind: z.enum(["group", "private"]),
  title: z.string().max(128),
  isAdmin: z.boolean(),
  /** Of a thread or topic: the room it is part of. It counts as that room unless it is bound itself. */
  parentId: z.string().min(1).max(64).optional(),
});
export type Room = z.infer<typeof roomSchema>;

export const contextSchema = z.object({ actor: actorSchema, room: roomSchema });
export type Context = z.infer<typeof contextSchema>;

/** An instant as it crosses the border: ISO 8601 in UTC. */
export const instantSchema = z.iso.datetime();
/** A whole number of bytes. */
export const bytesSchema = z.number().int().nonnegative();
export const countSchema = z.number().int().nonnegative();
/** The short stable reference of something: a letter and base 36, `f3k9` a file, `d2p` a folder. */
export const refSchema = z.string().regex(/^[a-z][0-9a-z]{1,12}$/);
export const emptySchema = z.object({});
export const doneSchema = z.object({ done: z.literal(true) });
