// Shares: which folders a group sees. The one place that decides what a person may see.
export { createSharesApi } from "./api.ts";
export { isBelow } from "./path.ts";
export type { Shares } from "./shares.ts";
export { createShares } from "./shares.ts";
export type { VisibleShare } from "./store.ts";
