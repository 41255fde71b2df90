// Groups: who shares with whom, and in which rooms of which platforms.
import { z } from "zod";
import { doneSchema, emptySchema, instantSchema, nameSchema, platformSchema } from "./actor.ts";
import { procedure } from "./procedure.ts";

/** How file contents may travel: clear FXP data, or only protected data (the rest of the ladder comes later). */
export const policySchema = z.enum(["fxp", "fxp-tls-only"]);
export type Policy = z.infer<typeof policySchema>;

export const memberSchema = z.object({
  name: z.string(),
  role: z.enum(["admin", "member"]),
  joinedAt: instantSchema,
  isYou: z.boolean(),
});
export const groupSchema = z.object({
  name: z.string(),
  policy: policySchema,
  role: z.enum(["admin", "member"]),
  members: z.array(memberSchema),
  rooms: z.array(z.object({ platform: platformSchema, title: z.string(), isHere: z.boolean() })),
});

const oneTimeCode = z.object({ code: z.string(), expiresAt: instantSchema });
const byCode = z.object({ code: z.string().trim().min(1).max(32) });
const nameOnly = z.object({ name: z.string() });

export const groups = {
  /** The group of this room, for a member of it. */
  show: procedure("groups.show", emptySchema, groupSchema),
  /** All groups of the person, for a private room. */
  mine: procedure("groups.mine", emptySchema, z.object({ groups: z.array(nameOnly) })),
  /** Makes a group, binds this room to it (if it is a group room) and makes the person its first admin. */
  create: procedure("groups.create", z.object({ name: nameSchema }), nameOnly),
  /** A code for a person to join with (`join`) or for binding one more room (`room`); admins only. 24 hours, single use. */
  code: procedure("groups.code", z.object({ purpose: z.enum(["join", "room"]) }), oneTimeCode),
  /** Joins the group of this room, or the one that the code names. */
  join: procedure("groups.join", z.object({ code: z.string().trim().min(1).max(32).optional() }), nameOnly),
  /** Binds this room to the group that the code names. */
  bind: procedure("groups.bind", byCode, nameOnly),
  unbind: procedure("groups.unbind", emptySchema, nameOnly),
  /** Leaves at once: shares, searches, running pulls from and to the group end. */
  leave: procedure("groups.leave", emptySchema, nameOnly),
  setPolicy: procedure("groups.setPolicy", z.object({ policy: policySchema }), z.object({ policy: policySchema })),
  removeMember: procedure("groups.removeMember", z.object({ name: z.string().trim().min(1).max(128) }), doneSchema),
};
