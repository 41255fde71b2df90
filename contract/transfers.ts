// Pulls: what a person asked for, as one or many file transfers from servers of the group to their own.
import { z } from "zod";
import { bytesSchema, countSchema, instantSchema, refSchema } from "./actor.ts";
import { procedure } from "./procedure.ts";
import { adviceSchema } from "./servers.ts";

export const pullStateSchema = z.enum(["queued", "running", "waiting", "paused", "done", "failed", "cancelled"]);
export type PullState = z.infer<typeof pullStateSchema>;

/** Why something waits or failed: an error code with its values, worded by the bot. */
export const reasonSchema = z.object({
  code: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type Reason = z.infer<typeof reasonSchema>;

export const pullSchema = z.object({
  ref: refSchema,
  title: z.string(),
  from: z.array(z.string()),
  to: z.string(),
  state: pullStateSchema,
  files: countSchema,
  filesDone: countSchema,
  filesFailed: countSchema,
  bytes: bytesSchema,
  bytesDone: bytesSchema,
  bytesPerSecond: z.number().nonnegative().nullable(),
  remainingMs: z.number().nonnegative().nullable(),
  /** Place in the queue, 1 is next; null when not queued. */
  position: z.number().int().positive().nullable(),
  reason: reasonSchema.nullable(),
  nextTryAt: instantSchema.nullable(),
  createdAt: instantSchema,
  finishedAt: instantSchema.nullable(),
});
export type Pull = z.infer<typeof pullSchema>;

/** References (`f3k9`, `d2p`), numbers of the last list (`2`), or the reference of an announcement (`a12`). */
const what = z.object({
  what: z.array(z.string().trim().min(1).max(32)).min(1).max(50),
  /** One's own server, by label or reference; may be left out by somebody who has just one with an inbox. */
  to: z.string().trim().min(1).max(64).optional(),
});

export const planSchema = z.object({
  /** What would be pulled, by stable references: the numbers of a list may mean something else by the time of the answer. */
  what: z.array(z.string().min(1).max(32)).min(1),
  title: z.string(),
  from: z.array(z.string()),
  to: z.string(),
  files: countSchema,
  bytes: bytesSchema,
  /** Of these the destination has already so many. */
  alreadyThere: countSchema,
  alreadyThereBytes: bytesSchema,
  /** Null when the owner set no budget. */
  budgetLeftBytes: z.number().int().nullable(),
  fits: z.boolean(),
  /** At the pair's known speed; null when nothing was moved between the two yet. */
  estimatedMs: z.number().nonnegative().nullable(),
});

/** Could what was named come to one's server now: tried with the two real servers, without moving a byte of it. */
export const pairCheckSchema = z.object({
  from: z.string(),
  to: z.string(),
  /** In the order in which a transfer would try them; `untried` after the first that works. */
  ways: z.array(
    z.object({
      arrangement: z.string(),
      result: z.enum(["works", "refused", "untried"]),
      /** Why not. */
      reason: reasonSchema.nullable(),
    }),
  ),
  /** Why it cannot come at all, whatever became of the ways. */
  reason: reasonSchema.nullable(),
  /** How the contents will be compared afterwards. */
  comparison: z.enum(["hash", "blocks"]).nullable(),
  /** What worked last. */
  remembered: z.object({ arrangement: z.string(), bytesPerSecond: bytesSchema.nullable() }).nullable(),
  /** Lines for one's own server; the other one's are for its owner. */
  advice: z.array(adviceSchema),
});

/** What somebody else takes from one's own server: one pull, as far as it touches it. */
export const outgoingSchema = z.object({
  ref: refSchema,
  server: z.string(),
  person: z.string(),
  group: z.string(),
  /** The first file, inside the share. */
  path: z.string(),
  state: pullStateSchema,
  files: countSchema,
  filesDone: countSchema,
  bytes: bytesSchema,
  bytesDone: bytesSchema,
  bytesPerSecond: z.number().nonnegative().nullable(),
  startedAt: instantSchema.nullable(),
});
export type Outgoing = z.infer<typeof outgoingSchema>;

const byRef = z.object({ pull: z.string().trim().min(1).max(32) });
const onePull = z.object({ pull: pullSchema });

export const transfers = {
  /** The dry run: changes nothing. */
  plan: procedure("transfers.plan", what, planSchema),
  /** `requestId` makes it idempotent: the same id never makes a second pull. */
  pull: procedure("transfers.pull", what.extend({ requestId: z.string().min(8).max(128) }), onePull),
  list: procedure(
    "transfers.list",
    z.object({ limit: z.number().int().min(1).max(50).default(10) }),
    z.object({ pulls: z.array(pullSchema) }),
  ),
  show: procedure("transfers.show", byRef, onePull),
  pause: procedure("transfers.pause", byRef, onePull),
  resume: procedure("transfers.resume", byRef, onePull),
  cancel: procedure("transfers.cancel", byRef, onePull),
  retry: procedure("transfers.retry", byRef, onePull),
  /** The doctor for a pair: of what one sees, or of a pull of one's own (`p12`), to one's own server. */
  check: procedure("transfers.check", what.extend({ what: what.shape.what.max(1) }), pairCheckSchema),
  /** What others take from one's own servers, latest first. */
  outgoing: procedure(
    "transfers.outgoing",
    z.object({ limit: z.number().int().min(1).max(50).default(10) }),
    z.object({ outgoing: z.array(outgoingSchema) }),
  ),
  /** Stops what somebody else takes from one's own servers by that pull, for good. */
  stop: procedure("transfers.stop", byRef, z.object({ stopped: countSchema })),
};
