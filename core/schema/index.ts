// All tables. One folder, because foreign keys cross features and imports between features must not.
export * from "./announcements.ts";
export * from "./catalog.ts";
export * from "./groups.ts";
export * from "./messages.ts";
export * from "./outbox.ts";
export * from "./people.ts";
export * from "./servers.ts";
export * from "./shares.ts";
export * from "./transfers.ts";
