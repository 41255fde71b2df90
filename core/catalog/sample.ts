// Whether rows with a common word are found sooner by looking at some pages of the table, wherever they are. The index of words
// gives all rows of a word before the first of them is read: of one that is in a sixth of the names of a large server that
// takes longer than the search should. Pure.

/** How common something is, and in how large a catalog. */
export interface Spread {
  /** Of all files. */
  share: number;
  filesPerServer: number;
  /** Servers whose files share the same pages, this one included. */
  crowd: number;
}

/** Files that are alike lie together: so many times more are looked at than would do if they did not. */
const spare = 4;
/** To look at a row takes so many times longer than the index takes to give one. */
const rowCost = 3;

/**
 * @param rows that are wanted of each server
 * @returns per cent of the pages; undefined: by the index
 */
export function samplePercent({ share, filesPerServer, crowd }: Spread, rows: number): number | undefined {
  const looked = (rows * spare) / share;
  const isSooner = looked * rowCost * crowd < share * filesPerServer;
  return isSooner ? (100 * looked) / filesPerServer : undefined;
}
