// Blocks out of one file of one server, over as many of its sessions as there are.
import type { Session } from "../ftp/index.ts";
import { expectRead, takeBack } from "../ftp/index.ts";
import { both } from "./blame.ts";
import type { Place } from "./compare.ts";

export interface Reader {
  session: Session;
  /** More of the same server, to share the work. */
  others: readonly Session[];
  path: string;
  signal: AbortSignal;
}

/**
 * The blocks in the order of the places, whoever read them. What another session cannot read is left to the first one.
 * @param over nobody wants them any more, when it is aborted: what is left out then has no block
 */
export async function readPlaces(
  { session, others, path, signal }: Reader,
  places: readonly Place[],
  over?: AbortSignal,
): Promise<Buffer[]> {
  const left = [...places.entries()];
  const blocks: Buffer[] = [];
  async function readOn(one: Session): Promise<void> {
    const take = () => (over?.aborted ? undefined : left.shift());
    for (let next = take(); next; ) {
      const [index, { offsetBytes, lengthBytes }] = next;
      const following = take();
      if (following) expectRead(one);
      try {
        blocks[index] = await one.readBlock(path, offsetBytes, lengthBytes, signal);
      } catch (error) {
        left.push(...[next, following].filter((place) => place !== undefined));
        throw error;
      }
      next = following;
    }
  }
  // It begins: where there is one place only, the others are not asked.
  const reading = readOn(session).catch((error: unknown) => {
    left.length = 0;
    throw error;
  });
  const helping = others.map((one) => readOn(one).catch(() => undefined));
  await both(reading, Promise.all(helping));
  // What another one could not read comes before what was to come behind the last block.
  if (left.length > 0) await takeBack(session);
  await readOn(session);
  return blocks;
}
