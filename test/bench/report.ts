// The words of `npm run bench`: what a part measures and how a figure is written down. Printing is in main.ts, plots in page.ts.

/** `smoke`: does it still run, in seconds and without peers. `full`: the figures of docs/performance.md. */
export type Size = "smoke" | "full";

export type Cell = string | number | null;

/** In place of a figure: the program is not on this machine, or what was measured broke (see `isOurFailure`). */
export const notInstalled = "not installed";
export const failed = "failed";
/** Columns of our own figures begin so where others stand beside them. */
export const ours = "FonShare";

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

/**
 * Pure. Did something of ours fail? Then the run ends with exit code 1. A peer that cannot do what it was measured at says
 * something about the peer: its cell tells that.
 */
export function isOurFailure({ columns, rows }: Pick<Table, "columns" | "rows">): boolean {
  const own = columns.map((name) => name.startsWith(ours));
  const isJudged = (at: number) => own[at] || !own.includes(true);
  return rows.some((row) => row.some((cell, at) => cell === failed && isJudged(at)));
}

/** What was asked for of a part (`--only`), and where what it gives is kept. */
export interface Pieces {
  /** True for all when nothing was named. */
  wants(name: string): boolean;
  /**
   * Measures a piece that is wanted. Its tables are kept whatever comes later; what it throws is told at the end (exit
   * code 1), and the next piece is measured.
   */
  measure(name: string, work: () => Promise<Table[]>): Promise<void>;
  /** Tables in the middle of a piece, in case that the rest fails; one of the same title takes their place later. */
  keep(tables: Table[]): void;
}

export interface Part {
  name: "scan" | "search" | "pull" | "growth";
  /** Names that `--only` can ask for; a part without them is measured as a whole. */
  pieces?: readonly string[];
  /**
   * @param tell progress, a line at a time, for whoever waits
   * @returns what no piece has given
   */
  measure(size: Size, tell: (line: string) => void, pieces: Pieces): Promise<Table[]>;
}
