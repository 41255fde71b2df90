// The table of procedures, and how a call and its answer look on the wire.
import { z } from "zod";
import { contextSchema, platformSchema } from "./actor.ts";
import { announcements } from "./announcements.ts";
import { catalog } from "./catalog.ts";
import type { ErrorCode } from "./errors.ts";
import { errorCodes } from "./errors.ts";
import { groups } from "./groups.ts";
import { messages } from "./messages.ts";
import { people } from "./people.ts";
import { servers } from "./servers.ts";
import { shares } from "./shares.ts";
import { transfers } from "./transfers.ts";

/** Every procedure, by feature and verb. Posted to `/v1/<feature>.<verb>`. */
export const api = { people, messages, groups, servers, shares, catalog, transfers, announcements };
export type Api = typeof api;

/** A person's call, and a bot's own. */
export const callSchema = z.object({ context: contextSchema, input: z.unknown() });
export const botCallSchema = z.object({ platform: platformSchema, input: z.unknown() });

const codes = Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]];
export const failureSchema = z.object({
  code: z.enum(codes),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});
export const answerSchema = z.union([z.object({ ok: z.unknown() }), z.object({ error: failureSchema })]);
