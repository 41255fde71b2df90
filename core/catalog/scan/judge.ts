// What a finished crawl may do to the catalog. Pure: the promise that a scan which went wrong deletes nothing.

/** Files of one scanned folder, in the catalog and on the server. */
export interface RootCount {
  had: number;
  has: number;
}

export type Verdict = { state: "complete" | "partial" } | { state: "quarantined"; lost: number; had: number };

/** Below this, losing half is everyday life. */
const fewFiles = 10;

/** An empty folder where files were is a disk that is not mounted more often than it is a clean-up. */
function isSuspicious({ had, has }: RootCount): boolean {
  return has < had && (has === 0 || (had >= fewFiles && has * 2 < had));
}

export function judge(isComplete: boolean, roots: RootCount[], isLossAccepted: boolean): Verdict {
  if (!isComplete) return { state: "partial" };
  const suspicious = roots.filter(isSuspicious);
  if (suspicious.length === 0 || isLossAccepted) return { state: "complete" };
  const had = suspicious.reduce((sum, root) => sum + root.had, 0);
  return { state: "quarantined", lost: had - suspicious.reduce((sum, root) => sum + root.has, 0), had };
}
