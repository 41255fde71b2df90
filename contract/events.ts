// The event stream: what the core tells a bot without being asked. Each event has an id that only grows.
import { z } from "zod";
import { bytesSchema, countSchema, instantSchema, languageSchema, platformSchema, refSchema } from "./actor.ts";
import { newsSchema } from "./groups.ts";
import { pullSchema, reasonSchema } from "./transfers.ts";

const folderLine = z.object({
  ref: refSchema,
  owner: z.string(),
  share: z.string(),
  name: z.string(),
  path: z.string(),
  files: countSchema,
  bytes: bytesSchema,
  examples: z.array(z.string()),
});

/** What can be told. Group events go to every room of the group, personal ones to the person in private. */
export const tellingSchema = z.discriminatedUnion("kind", [
  /** The first scan of a share: one summary. */
  z.object({
    kind: z.literal("share.indexed"),
    announcement: refSchema,
    owner: z.string(),
    share: z.string(),
    files: countSchema,
    bytes: bytesSchema,
    folders: countSchema,
  }),
  /** What is new since, of one or more people, by folder. `more`: files that no line of the list tells of. */
  z.object({
    kind: z.literal("files.added"),
    announcement: refSchema,
    level: newsSchema.exclude(["off"]),
    owners: z.array(z.string()),
    files: countSchema,
    bytes: bytesSchema,
    folders: z.array(folderLine),
    more: countSchema,
  }),
  z.object({ kind: z.literal("member.joined"), name: z.string(), group: z.string() }),
  z.object({ kind: z.literal("server.connected"), server: refSchema, label: z.string() }),
  /** Its first whole scan, while it is shared with none of these groups of its owner. */
  z.object({
    kind: z.literal("server.indexed"),
    server: refSchema,
    label: z.string(),
    files: countSchema,
    bytes: bytesSchema,
    groups: z.array(z.string()),
  }),
  z.object({ kind: z.literal("server.trouble"), server: refSchema, label: z.string(), reason: reasonSchema }),
  z.object({
    kind: z.literal("scan.quarantined"),
    server: refSchema,
    label: z.string(),
    lost: countSchema,
    had: countSchema,
  }),
  z.object({ kind: z.literal("pull.finished"), pull: pullSchema }),
  /** A copy that differed from its source was removed again. To the one who pulled (`from` the owner's name), and to the source's owner (`from` the label). */
  z.object({ kind: z.literal("file.differs"), name: z.string(), from: z.string(), isYours: z.boolean() }),
]);
export type Telling = z.infer<typeof tellingSchema>;

export const eventSchema = z.object({
  /** Only grows; give the last one back as `Last-Event-ID` to go on after it. */
  id: z.number().int().positive(),
  /** Stable: the same key is the same event, told again. */
  key: z.string(),
  createdAt: instantSchema,
  rooms: z.array(z.object({ platform: platformSchema, roomId: z.string(), language: languageSchema })),
  people: z.array(z.object({ platform: platformSchema, userId: z.string(), language: languageSchema })),
  telling: tellingSchema,
});
export type FonEvent = z.infer<typeof eventSchema>;

/** `POST /v1/events/cursor`: a bot remembers in the core how far it has told. */
export const cursorSchema = z.object({
  bot: z.string().regex(/^[a-z0-9-]{1,32}$/),
  id: z.number().int().nonnegative(),
});
