// The catalog: search, browse, what is new, and when a server was last read.
import { z } from "zod";
import { bytesSchema, countSchema, emptySchema, instantSchema, refSchema } from "./actor.ts";
import { procedure } from "./procedure.ts";

/** One line of a list. `path` is inside the share, without the name; names may hold any hostile character. */
export const itemSchema = z.object({
  /** The number to say `/pull 2` with. */
  number: z.number().int().positive(),
  ref: refSchema,
  kind: z.enum(["file", "folder"]),
  name: z.string(),
  share: z.string(),
  path: z.string(),
  owner: z.string(),
  bytes: bytesSchema,
  /** Files inside, for a folder. */
  files: countSchema,
  modifiedAt: instantSchema.nullable(),
  /** Servers that hold the same file (same name and size); 1 for a folder. */
  copies: z.number().int().positive(),
  /** The asking person's own servers hold it. */
  isYours: z.boolean(),
});
export type Item = z.infer<typeof itemSchema>;

const cursor = z.string().max(300);
export const pageSchema = z.object({
  items: z.array(itemSchema),
  /** Give it back for the next page; null on the last. */
  next: cursor.nullable(),
  /** The same for the page before: null on the first, "" when that is the first. */
  previous: cursor.nullable(),
  /** How many there are; `isCapped`: at least so many. */
  total: countSchema,
  isCapped: z.boolean(),
});

export const catalog = {
  /** Words, "phrases", -not, prefix of the last word, kind: size: newer: from:. */
  search: procedure(
    "catalog.search",
    z.object({ query: z.string().max(300), cursor: cursor.optional() }),
    pageSchema.extend({
      /** The words that were searched instead of mistyped ones. */ corrected: z.string().nullable(),
    }),
  ),
  /** Whole queries that a beginning may become, from words that the person may see: for completing while they type. */
  suggest: procedure(
    "catalog.suggest",
    z.object({ query: z.string().max(300) }),
    z.object({ queries: z.array(z.string().max(100)).max(25) }),
  ),
  /** `where`: nothing for the list of shares, a folder's reference, a number of the last list, or `share/path`. */
  browse: procedure(
    "catalog.browse",
    z.object({ where: z.string().max(1500).optional(), cursor: cursor.optional() }),
    pageSchema.extend({ share: z.string().nullable(), path: z.string(), parentRef: refSchema.nullable() }),
  ),
  /** Files that came to the catalog last, newest first. */
  latest: procedure("catalog.latest", z.object({ cursor: cursor.optional() }), pageSchema),
  reindex: procedure(
    "catalog.reindex",
    z.object({ server: z.string().trim().min(1).max(64).optional() }),
    z.object({ server: z.string() }),
  ),
  /** How the scans of the person's own servers stand. */
  scans: procedure(
    "catalog.scans",
    emptySchema,
    z.object({
      scans: z.array(
        z.object({
          serverRef: refSchema,
          state: z.enum(["never", "running", "complete", "partial", "failed", "quarantined"]),
          problem: z.string().nullable(),
          files: countSchema,
          bytes: bytesSchema,
          finishedAt: instantSchema.nullable(),
          nextAt: instantSchema.nullable(),
        }),
      ),
    }),
  ),
  /** The owner's answer to a quarantined scan: the files are really gone. */
  acceptLoss: procedure(
    "catalog.acceptLoss",
    z.object({ server: z.string().trim().min(1).max(64).optional() }),
    z.object({ server: z.string() }),
  ),
};
