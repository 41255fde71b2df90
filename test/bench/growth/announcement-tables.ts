// What became of new files, as tables: the phases until their announcement, and what other intervals make of them.
import type { Cell, Table } from "../report.ts";
import { median, quantile, rounded } from "./spread.ts";

/** Milliseconds of one announcement. */
export interface Course {
  /** Until the scan was due. */
  wait: number;
  /** Until it began. */
  start: number;
  /** Until what it found was in the catalog. */
  scan: number;
  /** Until the announcement was told: news of a group are gathered when there are many. */
  gather: number;
  /** Until it stood in the room. */
  delivery: number;
}

export const phases = ["wait", "start", "scan", "gather", "delivery"] as const;
const totalOf = (course: Course) => phases.reduce((sum, phase) => sum + course[phase], 0);
const seconds = (ms: number) => rounded(ms / 1000);

export function courseTable(
  { places, software }: { places: number; software: string },
  courses: Record<string, readonly Course[]>,
): Table {
  const rows = Object.entries(courses).filter(([, all]) => all.length > 0);
  return {
    title: "From a new file to its announcement",
    note: `Seconds, medians of each phase and of the whole, at ${places} servers (${software}) with a room each. wait: until the next scan is due; start: until it runs; scan: until the catalog has the file; gather: until the group may hear of it again; delivery: until the message stands in the room. At once: somebody asked for a scan the moment the file was there; a second digest within the hour is gathered for 10 s, the next ones for 20 s, 40 s … 15 min; a fresh file is itself as new, so that it is left for another look. By schedule: FONSHARE_SCAN_EVERY=1m, which becomes 15 s to 4 min by how much changes, here near the shortest.`,
    columns: ["when", "files", ...phases, "total p50", "total p95"],
    rows: rows.map(([name, all]): Cell[] => [
      name,
      all.length,
      ...phases.map((phase) => seconds(median(all.map((course) => course[phase])))),
      seconds(median(all.map(totalOf))),
      seconds(quantile(all.map(totalOf), 0.95)),
    ]),
    plot: { kind: "bar", x: "when", y: [...phases], unit: "s" },
  };
}

/** What interval.ts makes of FONSHARE_SCAN_EVERY: a server where each scan finds something, and one where none does. */
const busy = 1 / 4;
const quiet = 4;
const spread = 1.1;
const intervals = { "1m": 60, "10m": 600, "30m": 1800, "2h": 7200 };

export function intervalTable(courses: readonly Course[]): Table {
  const way = median(courses.map(({ start, scan, delivery }) => start + scan + delivery)) / 1000;
  const rows = Object.entries(intervals).map(([name, every]) => [
    name,
    rounded((every * busy) / 2 + way),
    rounded(every * busy * spread + way),
    rounded((every * quiet) / 2 + way),
    rounded(every * quiet * spread + way),
  ]);
  return {
    title: "From a new file to its announcement, by interval",
    note: `Computed: interval/2 on average and 1.1 × interval at most, and the ${way.toFixed(2)} s measured for start, scan and delivery. The interval is a quarter of FONSHARE_SCAN_EVERY where every scan finds something, four times of it where none does. Seconds.`,
    columns: ["FONSHARE_SCAN_EVERY", "busy mean", "busy at most", "quiet mean", "quiet at most"],
    rows,
    plot: {
      kind: "bar",
      x: "FONSHARE_SCAN_EVERY",
      y: ["busy mean", "quiet mean"],
      unit: "s",
      isLogarithmic: true,
    },
  };
}
