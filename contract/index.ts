// All that a bot may know of the core: schemas by feature, the table of procedures, events, error codes, the client.
export * from "./actor.ts";
export * from "./announcements.ts";
export * from "./api.ts";
export * from "./catalog.ts";
export * from "./client.ts";
export * from "./errors.ts";
export * from "./events.ts";
export * from "./groups.ts";
export * from "./messages.ts";
export * from "./people.ts";
export * from "./procedure.ts";
export * from "./servers.ts";
export * from "./shares.ts";
export * from "./transfers.ts";
