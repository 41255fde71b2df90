// Every error code that can cross the border from the core to a bot, with its retry word.
// The bot words them (bot/words); the core throws them (core/platform/errors.ts).

/**
 * What the one who sees the error should do: `never` the request itself is wrong; `later` the same
 * request may work after a wait; `other` another arrangement or source may work; `owner` somebody
 * has to change something at a server first.
 */
export type Retry = "never" | "later" | "other" | "owner";

export const errorCodes = {
  // the request
  "request.invalid": "never",
  "request.unknown-procedure": "never",
  "request.unauthorized": "never",
  "request.too-many": "later",
  "core.unavailable": "later",
  "core.internal": "later",
  "button.gone": "never",
  "button.not-yours": "never",
  // people and groups
  "room.admin-only": "never",
  "room.not-there": "never",
  "group.none-here": "never",
  "group.not-a-member": "never",
  "group.name-taken": "never",
  "group.room-bound": "never",
  "group.code-invalid": "never",
  "group.admin-only": "never",
  "group.already-member": "never",
  "group.member-unknown": "never",
  // servers
  "server.unknown": "never",
  "server.none": "never",
  "server.which": "never",
  "server.label-taken": "never",
  "server.paused": "owner",
  "server.locked": "owner",
  "server.offline": "later",
  "server.busy": "later",
  "server.login-refused": "owner",
  "server.tls-required": "owner",
  "server.tls-failed": "owner",
  "server.certificate-unknown": "owner",
  "server.certificate-changed": "owner",
  "server.address-refused": "never",
  "server.address-unresolvable": "later",
  "server.no-inbox": "owner",
  "server.protocol": "later",
  "enrol.link-invalid": "never",
  // shares and catalog
  "share.unknown": "never",
  "share.name-taken": "never",
  "share.path-missing": "never",
  "share.path-shared": "never",
  "catalog.unknown-ref": "never",
  "catalog.no-list": "never",
  "catalog.query-empty": "never",
  "catalog.query-invalid": "never",
  "scan.running": "later",
  "scan.limit": "owner",
  // transfers
  "pull.unknown": "never",
  "pull.own-file": "never",
  "pull.nothing-to-do": "never",
  "pull.wrong-state": "never",
  "pull.over-budget": "never",
  "pull.policy-forbids": "owner",
  "pull.owner-forbids": "owner",
  "pull.no-consent": "owner",
  "pull.relay-quota": "later",
  "pull.hours": "later",
  "pull.limit-member": "later",
  "pull.limit-group": "later",
  "pull.over-limit": "never",
  "pull.stopped-by-owner": "never",
  "pull.no-longer-allowed": "never",
  "file.gone": "other",
  "file.changed": "later",
  "file.unreadable": "other",
  "inbox.exists": "never",
  "inbox.no-space": "later",
  "inbox.refused": "owner",
  "fxp.refused-by-source": "owner",
  "fxp.refused-by-destination": "owner",
  "fxp.no-arrangement": "owner",
  "fxp.no-family": "owner",
  "fxp.slow": "other",
  "fxp.stalled": "other",
  "fxp.cut": "other",
  "fxp.size-differs": "other",
  "fxp.content-differs": "other",
  "fxp.not-comparable": "owner",
} as const satisfies Record<string, Retry>;

export type ErrorCode = keyof typeof errorCodes;

/** Values put into the sentence of an error; never a host, path of a server, login or password. */
export type ErrorParams = Record<string, string | number>;
