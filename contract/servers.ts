// Servers as their owner sees them. Host, login and real paths are not part of any answer.
import { z } from "zod";
import { countSchema, doneSchema, emptySchema, instantSchema, refSchema } from "./actor.ts";
import { procedure } from "./procedure.ts";

/** `locked`: three wrong-password answers; nothing uses the server until its owner acts. */
export const serverStateSchema = z.enum(["online", "offline", "paused", "locked"]);
export type ServerState = z.infer<typeof serverStateSchema>;
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
  checkedAt: instantSchema.nullable(),
});

export const findingSchema = z.object({
  /** A word the bot has a sentence for. */
  what: z.enum([
    "tls-verified",
    "tls-pinned",
    "tls-none",
    "resume",
    "no-resume",
    "hashes",
    "no-hashes",
    "fxp-allowed",
    "fxp-refused",
    "fxp-unknown",
    "clear-refused",
    "inbox-writable",
    "inbox-refused",
    "inbox-none",
  ]),
  good: z.boolean(),
  detail: z.string().nullable(),
});
export const adviceSchema = z.object({ line: z.string(), why: z.string(), risk: z.string() });
export const checkSchema = z.object({
  server: serverSchema,
  findings: z.array(findingSchema),
  advice: z.array(adviceSchema),
});

/** A server named by its label or reference; may be left out by somebody who has just one. */
const which = z.object({ server: z.string().trim().min(1).max(64).optional() });

export const servers = {
  list: procedure("servers.list", emptySchema, z.object({ servers: z.array(serverSchema) })),
  /** A one-time link to the enrolment page, 15 minutes; with `server` it opens that server's settings (password, paths). */
  enrol: procedure("servers.enrol", which, z.object({ link: z.string(), expiresAt: instantSchema })),
  check: procedure("servers.check", which, checkSchema),
  pause: procedure("servers.pause", which, z.object({ server: serverSchema })),
  resume: procedure("servers.resume", which, z.object({ server: serverSchema })),
  /** Forgets the server, its credentials, shares, catalog rows and pulls at once. */
  remove: procedure("servers.remove", z.object({ server: z.string().trim().min(1).max(64) }), doneSchema),
  count: procedure("servers.count", emptySchema, z.object({ servers: countSchema })),
};
