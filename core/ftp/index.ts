// The FTP protocol layer: sessions, listings, and transfers from server to server (FXP).
// No database, no configuration, no knowledge of members or shares; the only importer of basic-ftp.
export { checkPort } from "./address-policy.ts";
export { possibleArrangements } from "./arrangements.ts";
export { createConnector } from "./connect.ts";
export { createFxp } from "./fxp/pair.ts";
export { joinPath } from "./names.ts";
export { probe } from "./probe.ts";
export type * from "./types.ts";
