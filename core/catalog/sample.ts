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
/** To pass over one of the server's files that the index leaves out takes so much of the time of one that it gives. */
const passedCost = 0.09;

/** Of one server, in rows that the index gives; some eight of them are a microsecond. */
const indexCost = ({ share, filesPerServer }: Pick<Spread, "share" | "filesPerServer">) =>
  (share + passedCost) * filesPerServer;

/** To plan a statement takes two milliseconds: so much in one server is worth another one that works beside it. */
const halvedFrom = 8_000;

/** The index takes so long in each of several servers that two halves of them are better read at a time. */
export const isHalved = (spread: Spread): boolean => indexCost(spread) > halvedFrom;

/**
 * @param rows that are wanted of each server
 * @param indexed the share of all files that the index would give
 * @returns per cent of the pages; undefined: by the index
 */
export function samplePercent(
  { share, filesPerServer, crowd }: Spread,
  rows: number,
  indexed = share,
): number | undefined {
  const looked = (rows * spare) / share;
  const isSooner = looked * rowCost * crowd < indexCost({ share: indexed, filesPerServer });
  return isSooner ? Math.min(100, (100 * looked) / filesPerServer) : undefined;
}

/** Several things that are asked of a file, each of them common. How often they meet in one nobody knows. */
export interface Meeting {
  /** Of the rarest: they meet in no more. */
  spread: Spread;
  /** The shares of all of them together: the index gives each. */
  indexed: number;
}

/** @returns undefined where a sample is not sooner however often they meet */
export function meetingOf(spreads: readonly Spread[], rows: number): Meeting | undefined {
  const [spread] = spreads.toSorted((a, b) => a.share - b.share);
  if (!spread) return undefined;
  const indexed = spreads.reduce((sum, { share }) => sum + share, 0);
  return samplePercent(spread, rows, indexed) === undefined ? undefined : { spread, indexed };
}

/** Files that are looked at, of all servers, to learn how often things meet: few beside what the index would give. */
const probed = 2_000;

/** @returns per cent of the pages of so many servers */
export const probePercent = ({ spread: { filesPerServer } }: Meeting, servers: number) =>
  Math.min(100, (100 * probed) / (servers * filesPerServer));

export interface Probed {
  /** Files. */
  looked: number;
  /** Those of them in which all of it met. */
  met: number;
}

const shareOf = ({ looked, met }: Probed) => met / Math.max(1, looked);

/** @param rows as for `samplePercent`, which says the same */
export function percentOfMeeting({ spread, indexed }: Meeting, probed: Probed, rows: number): number | undefined {
  return samplePercent({ ...spread, share: shareOf(probed) }, rows, indexed);
}

/** They meet on each server so often that those read first give all the rows that are wanted. */
export const meetsOften = ({ spread }: Meeting, probed: Probed, rows: number): boolean =>
  shareOf(probed) * spread.filesPerServer > rows * spare;
