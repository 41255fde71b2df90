// The words of `npm run bench`: what a part measures and how a figure is written down. Printing is in main.ts, plots in page.ts.

/** `smoke`: does it still run, in seconds and without peers. `full`: the figures of docs/performance.md. */
export type Size = "smoke" | "full";

export type Cell = string | number | null;

/** In place of a figure: the program is not on this machine, or what was measured broke (then the run ends with exit code 1). */
export const notInstalled = "not installed";
export const failed = "failed";

export interface Table {
  title: string;
  /** What was done, in a sentence or two: inputs, rounds, what a ratio compares. */
  note: string;
  columns: string[];
  rows: Cell[][];
  /** How it is drawn; a table without one is only printed. */
  plot?: Plot;
}

export interface Plot {
  kind: "bar" | "line";
  /** Column of the labels, or of the x values of a line. */
  x: string;
  /** Columns of numbers, one series each. */
  y: string[];
  /** Unit of the y values. */
  unit: string;
  isLogarithmic?: boolean;
}

export interface Part {
  name: "scan" | "search" | "pull" | "growth";
  /** @param tell progress, a line at a time, for whoever waits */
  measure(size: Size, tell: (line: string) => void): Promise<Table[]>;
}
