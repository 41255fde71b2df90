// The refusals of the REST API as values, with Discord's own codes and sentences.
import type { Json } from "./state.ts";

export class ApiError extends Error {
  readonly status: number;
  readonly code: number;
  readonly errors: Json | undefined;
  /** Nothing that a careful bot could have avoided: no violation. */
  readonly isOrdinary: boolean;

  constructor(status: number, code: number, message: string, more: { errors?: Json; isOrdinary?: boolean } = {}) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.errors = more.errors;
    this.isOrdinary = more.isOrdinary ?? false;
  }
}

const ordinary = { isOrdinary: true };
const refusals = {
  notFound: () => new ApiError(404, 0, "404: Not Found"),
  unauthorized: () => new ApiError(401, 0, "401: Unauthorized"),
  unknownChannel: () => new ApiError(404, 10003, "Unknown Channel", ordinary),
  unknownGuild: () => new ApiError(404, 10004, "Unknown Guild", ordinary),
  unknownMember: () => new ApiError(404, 10007, "Unknown Member", ordinary),
  unknownMessage: () => new ApiError(404, 10008, "Unknown Message", ordinary),
  unknownUser: () => new ApiError(404, 10013, "Unknown User", ordinary),
  unknownEmoji: () => new ApiError(400, 10014, "Unknown Emoji"),
  unknownWebhook: () => new ApiError(404, 10015, "Unknown Webhook"),
  unknownInteraction: () => new ApiError(404, 10062, "Unknown interaction"),
  unknownCommand: () => new ApiError(404, 10063, "Unknown application command"),
  tooLarge: () => new ApiError(413, 40005, "Request entity too large"),
  alreadyAnswered: () => new ApiError(400, 40060, "Interaction has already been acknowledged."),
  noUserAgent: () => new ApiError(403, 40333, "internal network error"),
  missingAccess: () => new ApiError(403, 50001, "Missing Access", ordinary),
  notInPrivate: () => new ApiError(403, 50003, "Cannot execute action on a DM channel"),
  notTheAuthor: () => new ApiError(403, 50005, "Cannot edit a message authored by another user"),
  emptyMessage: () => new ApiError(400, 50006, "Cannot send an empty message"),
  privateClosed: () => new ApiError(403, 50007, "Cannot send messages to this user", ordinary),
  missingPermissions: () => new ApiError(403, 50013, "Missing Permissions", ordinary),
  deadToken: () => new ApiError(401, 50027, "Invalid Webhook Token"),
  badJson: () => new ApiError(400, 50109, "The request body contains invalid JSON."),
};

export function refuse(what: keyof typeof refusals): ApiError {
  return refusals[what]();
}

/** 50035 with one complaint about one field; `path` as in `components.0.label`. */
export function refuseField(path: string, code: string, message: string): ApiError {
  return refuseFields([{ path: path === "" ? [] : path.split("."), code, message }]);
}

export interface Complaint {
  path: readonly PropertyKey[];
  code: string;
  message: string;
}

export function refuseFields(complaints: readonly Complaint[]): ApiError {
  const errors: Json = {};
  for (const { path, code, message } of complaints) {
    let node = errors;
    for (const key of path) {
      node[String(key)] ??= {};
      node = node[String(key)] as Json;
    }
    node["_errors"] = [...((node["_errors"] as Json[] | undefined) ?? []), { code, message }];
  }
  return new ApiError(400, 50035, "Invalid Form Body", { errors });
}
