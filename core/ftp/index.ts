// The FTP protocol layer: sessions, listings, and transfers from server to server (FXP).
// No database, no configuration, no knowledge of members or shares; the only importer of basic-ftp.
export type { AddressPolicy } from "./address-policy.ts";
export { checkAddress, checkPort, resolveAllowed } from "./address-policy.ts";
export { adviceFor } from "./advice.ts";
export { arrangements, possibleArrangements } from "./arrangements.ts";
export type { ConnectorDeps } from "./connect.ts";
export { createConnector } from "./connect.ts";
export { createFxp } from "./fxp/pair.ts";
export { decodeName, encodeName, joinPath } from "./names.ts";
export type { ProbeDeps, ProbePaths } from "./probe.ts";
export { probe } from "./probe.ts";
export { cleanReplyText } from "./reply-text.ts";
export type * from "./types.ts";
