// The catalog: what the shared folders hold, searched and browsed by those who may see it.
// It never asks who may see what; core/shares does.

export { createCatalogApi } from "./api.ts";
export type { Catalog, CatalogDeps } from "./catalog.ts";
export { createCatalog } from "./catalog.ts";
export { cutPage, placeByKey, readCursor } from "./page.ts";
export type { ScanLimits } from "./scan/limits.ts";
export { defaultScanLimits } from "./scan/limits.ts";
export { createScanner } from "./scan/scanner.ts";
export type { AddedFile, Applied, Picked, PickedFile } from "./types.ts";
