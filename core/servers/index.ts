// Servers: whose they are, how they stand, and open sessions to them. The only feature that reads a credential.
export { createServersApi } from "./api.ts";
export type { Enrolment, SettingsForm } from "./enrolment.ts";
export type { ListedFinding } from "./findings.ts";
export { listFindings } from "./findings.ts";
export type { OpenServer } from "./open.ts";
export type { Rotation } from "./rotation.ts";
export { rotateMasterKey } from "./rotation.ts";
export type { Servers } from "./servers.ts";
export { createServers } from "./servers.ts";
export type { Settings } from "./settings.ts";
export { createSteadyConnector } from "./steady.ts";
export type { ServerRow } from "./store/servers.ts";
export type { Trial } from "./trial.ts";
export { mayStore } from "./trial.ts";
