// Servers as their owner sees them. Host, login and real paths are not part of any answer.
import { z } from "zod";
import { bytesSchema, countSchema, doneSchema, emptySchema, instantSchema, refSchema } from "./actor.ts";
import { quietSchema } from "./groups.ts";
import { procedure } from "./procedure.ts";

/** `locked`: three wrong-password answers; nothing uses the server until its owner acts. */
export const serverStateSchema = z.enum(["online", "offline", "paused", "locked"]);
export type ServerState = z.infer<typeof serverStateSchema>;
const slotsSchema = z.number().int().min(1).max(16);
const volumeSchema = z.number().int().positive().nullable();
/** What an owner allows others at one server. Their own pulls into it count for the slots only. */
export const limitsSchema = z.object({
  /** Transfers at a time that read from it, and that write to it. */
  slotsOut: slotsSchema,
  slotsIn: slotsSchema,
  /** Bytes per second through the core's relay; FTP has no command for it, so FXP's rate is the server's own setting. */
  bytesPerSecond: volumeSchema,
  /** Only in these hours may others read from it; null: always. */
  hours: quietSchema.nullable(),
  /** Bytes that one member, and all members of one group together, may read in a day and in seven. */
  memberDayBytes: volumeSchema,
  memberWeekBytes: volumeSchema,
  groupDayBytes: volumeSchema,
  groupWeekBytes: volumeSchema,
  /** Contents may go through the core where a group's policy allows it. */
  relay: z.boolean(),
  /** Contents may go in the clear where a group's policy allows it. */
  clear: z.boolean(),
});
export type Limits = z.infer<typeof limitsSchema>;

/** Fields of an owner's own server. `problem` is an error code with its own sentence. */
export const serverSchema = z.object({
  ref: refSchema,
  label: z.string(),
  state: serverStateSchema,
  problem: z.string().nullable(),
  security: z.enum(["tls", "implicit", "plain"]),
  software: z.string(),
  canReceive: z.boolean(),
  budgetBytes: z.number().int().nonnegative().nullable(),
  limits: limitsSchema,
  checkedAt: instantSchema.nullable(),
});

export const findingSchema = z.object({
  /** A word the bot has a sentence for. */
  what: z.enum([
    "tls-verified",
    "tls-pinned",
    "tls-none",
    "tls-client",
    "tls-server",
    "reuse-required",
    "resume",
    "no-resume",
    "no-store-resume",
    "hashes",
    "no-hashes",
    "fxp-allowed",
    "fxp-refused",
    "fxp-unknown",
    "clear-refused",
    "passive-unreachable",
    "space",
    "inbox-writable",
    "inbox-refused",
    "inbox-none",
  ]),
  good: z.boolean(),
  /** A fingerprint in hex, names of commands; for `space` the bytes in decimal. */
  detail: z.string().nullable(),
});
/** `line` as it goes into the configuration, null where only words can help; `why` is the key of the bot's sentences. */
export const adviceSchema = z.object({ line: z.string().nullable(), why: z.string() });
/** What worked last between this server and another one; `with` is its owner's name, or one's own server's label. */
const pairSchema = z.object({
  with: z.string(),
  direction: z.enum(["from", "to"]),
  arrangement: z.string(),
  bytesPerSecond: bytesSchema.nullable(),
});
export const checkSchema = z.object({
  server: serverSchema,
  findings: z.array(findingSchema),
  advice: z.array(adviceSchema),
  pairs: z.array(pairSchema),
});

/** A server named by its label or reference; may be left out by somebody who has just one. */
const which = z.object({ server: z.string().trim().min(1).max(64).optional() });

export const servers = {
  list: procedure("servers.list", emptySchema, z.object({ servers: z.array(serverSchema) })),
  /** A one-time link to the enrolment page, 15 minutes; with `server` it opens that server's settings (password, paths). */
  enrol: procedure("servers.enrol", which, z.object({ link: z.string(), expiresAt: instantSchema })),
  check: procedure("servers.check", which, checkSchema),
  /** Changes what is given and leaves the rest. */
  limit: procedure(
    "servers.limit",
    which.extend({
      limits: limitsSchema.extend({ hours: quietSchema.partial({ zone: true }).nullable() }).partial(),
    }),
    z.object({ server: serverSchema }),
  ),
  pause: procedure("servers.pause", which, z.object({ server: serverSchema })),
  resume: procedure("servers.resume", which, z.object({ server: serverSchema })),
  /** Forgets the server, its credentials, shares, catalog rows and pulls at once. */
  remove: procedure("servers.remove", z.object({ server: z.string().trim().min(1).max(64) }), doneSchema),
  count: procedure("servers.count", emptySchema, z.object({ servers: countSchema })),
};
