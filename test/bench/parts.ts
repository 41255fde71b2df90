// The parts of `npm run bench`, each loaded only when it is asked for.
import type { Part } from "./report.ts";

export const parts: Record<Part["name"], () => Promise<{ part: Part }>> = {
  scan: () => import("./scan/index.ts"),
  search: () => import("./search/index.ts"),
  pull: () => import("./pull/index.ts"),
  growth: () => import("./growth/index.ts"),
};

export const partNames = Object.keys(parts) as Part["name"][];
