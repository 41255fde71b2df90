// Asks for the times of folders that were listed without exact ones, many at a time and without listing them again.
import { joinPath } from "../../ftp/index.ts";
import type { Crawling, Reader } from "./crawling.ts";
import { isRead, noteTime } from "./crawling.ts";

/** So that several sessions find some. */
const timesPerTurn = 200;

/** @returns whether the session can be used again. What it did not hear is listed by the next scan, and no more */
export async function readTimes(
  state: Crawling,
  { session, root }: Pick<Reader, "session" | "root">,
): Promise<boolean> {
  const paths = state.timeless.splice(0, timesPerTurn);
  const real = paths.map((path) => joinPath(root, path));
  state.reading += 1;
  try {
    const told = await session.folderTimes?.(real, { signal: state.stop.signal });
    for (const [index, path] of paths.entries()) noteTime(state, path, told?.[index]?.modifiedAt ?? null);
    return true;
  } catch {
    // Not worth a login, and no reason to call the scan partial.
    state.timeless.length = 0;
    return false;
  } finally {
    isRead(state);
  }
}
