// Groups: who shares with whom, and in which rooms of which platforms.
import { z } from "zod";
import { countSchema, doneSchema, emptySchema, instantSchema, nameSchema, platformSchema } from "./actor.ts";
import { botProcedure, procedure } from "./procedure.ts";

/**
 * How file contents may travel. `fxp`: from server to server, protected where the two can, else in the clear where both
 * owners allow it; `fxp-tls-only`: from server to server and only protected; `relay-allowed`: like `fxp`, and through the
 * core when nothing else works and both owners agreed; `relay-only`: only through the core, which hides the servers'
 * addresses from each other.
 */
export const policySchema = z.enum(["fxp", "fxp-tls-only", "relay-allowed", "relay-only"]);
export type Policy = z.infer<typeof policySchema>;

/** How much of new files a group is told: folders with examples, folders, how many, or nothing. */
export const newsSchema = z.enum(["full", "folders", "count", "off"]);
export type News = z.infer<typeof newsSchema>;

export const hourSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
/** Hours in which new files are not told; they are told together at `to`. `zone` is a name of the IANA database. */
export const quietSchema = z.object({ from: hourSchema, to: hourSchema, zone: z.string().min(1).max(64) });
export type Quiet = z.infer<typeof quietSchema>;

export const memberSchema = z.object({
  name: z.string(),
  role: z.enum(["admin", "member"]),
  joinedAt: instantSchema,
  isYou: z.boolean(),
});
export const groupSchema = z.object({
  name: z.string(),
  policy: policySchema,
  news: newsSchema,
  quiet: quietSchema.nullable(),
  role: z.enum(["admin", "member"]),
  members: z.array(memberSchema),
  rooms: z.array(z.object({ platform: platformSchema, title: z.string(), isHere: z.boolean() })),
});

const oneTimeCode = z.object({ code: z.string(), expiresAt: instantSchema });
const byCode = z.object({ code: z.string().trim().min(1).max(32) });
const nameOnly = z.object({ name: z.string() });
const roomId = z.string().min(1).max(64);

export const groups = {
  /** The group of this room, for a member of it. */
  show: procedure("groups.show", emptySchema, groupSchema),
  /** All groups of the person, for a private room. `room`: in which room they joined; null when a code let them in. */
  mine: procedure(
    "groups.mine",
    emptySchema,
    z.object({
      groups: z.array(nameOnly.extend({ room: z.object({ platform: platformSchema, roomId }).nullable() })),
    }),
  ),
  /** Makes a group, binds this room to it (if it is a group room) and makes the person its first admin. Admins of the room only. */
  create: procedure("groups.create", z.object({ name: nameSchema }), nameOnly),
  /** A code for a person to join with (`join`) or for binding one more room (`room`); admins only. 24 hours, single use. */
  code: procedure("groups.code", z.object({ purpose: z.enum(["join", "room"]) }), oneTimeCode),
  /** Joins the group of this room, or the one that the code names. */
  join: procedure("groups.join", z.object({ code: z.string().trim().min(1).max(32).optional() }), nameOnly),
  /** Binds this room to the group that the code names. Admins of the room only. */
  bind: procedure("groups.bind", byCode, nameOnly),
  unbind: procedure("groups.unbind", emptySchema, nameOnly),
  /** Leaves at once: shares, searches, running pulls from and to the group end. */
  leave: procedure("groups.leave", emptySchema, nameOnly),
  setPolicy: procedure("groups.setPolicy", z.object({ policy: policySchema }), z.object({ policy: policySchema })),
  setNews: procedure("groups.setNews", z.object({ news: newsSchema }), z.object({ news: newsSchema })),
  /** Without a zone: the core's own. */
  setQuiet: procedure(
    "groups.setQuiet",
    z.object({ quiet: quietSchema.partial({ zone: true }).nullable() }),
    z.object({ quiet: quietSchema.nullable() }),
  ),
  removeMember: procedure("groups.removeMember", z.object({ name: z.string().trim().min(1).max(128) }), doneSchema),
  /** Bound rooms of the platform, and who of it became a member there: for looking whether both still are. */
  watched: botProcedure(
    "groups.watched",
    emptySchema,
    z.object({
      rooms: z.array(
        z.object({ roomId, parentId: roomId.nullable(), title: z.string(), userIds: z.array(z.string()) }),
      ),
    }),
  ),
  /** The room, and its threads, are no more, or the bot was put out: they are unbound. */
  roomGone: botProcedure("groups.roomGone", z.object({ roomId }), z.object({ unbound: countSchema })),
  /** The platform gave the room another id. */
  roomMoved: botProcedure("groups.roomMoved", z.object({ from: roomId, to: roomId }), doneSchema),
  /** Somebody left the room or was banned: they lose its group, and the groups of its threads, at once. */
  memberGone: botProcedure(
    "groups.memberGone",
    z.object({ roomId, userId: z.string().min(1).max(64) }),
    z.object({ groups: z.array(z.string()) }),
  ),
};
