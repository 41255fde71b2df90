// The FTP protocol layer: sessions, listings, and transfers from server to server (FXP).
// No database, no configuration, no knowledge of members or shares; the only importer of basic-ftp.
export { checkPort, isUnroutable } from "./address-policy.ts";
export { adviceFor } from "./advice.ts";
export type { PairSide, Ways } from "./arrangements.ts";
export { waysBetween } from "./arrangements.ts";
export { createConnector } from "./connect.ts";
export { pickAlgorithm } from "./digest.ts";
export { expectModifiedAt, expectRead } from "./fxp/hurry.ts";
export { createFxp } from "./fxp/pair.ts";
export { joinPath, ownCopy } from "./names.ts";
export { probe } from "./probe.ts";
export type { PairProbe } from "./probe-pair.ts";
export { probePair } from "./probe-pair.ts";
export type { ProbeTrace } from "./probe-writing.ts";
export { createRelay } from "./relay.ts";
export type { Coming } from "./send-ahead.ts";
export { isIdle, sendAhead, takeBack } from "./send-ahead.ts";
export type * from "./types.ts";
