// Pulls: what a person asked for, the queue of its file transfers, and the engine that runs them from server to server.
// No file byte comes through here; the protocol is core/ftp, who may see what is core/shares.
export { createTransfersApi } from "./api.ts";
export { createDoctor } from "./check.ts";
export type { Engine } from "./engine.ts";
export { createEngine } from "./engine.ts";
export type { Transfers } from "./transfers.ts";
export { createTransfers } from "./transfers.ts";
