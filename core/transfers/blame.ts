// Which of the two servers an error came from, carried along with it; the outcome's reason names that one.
import { FonError } from "../platform/errors.ts";

export type Side = "source" | "destination";

/** A value that travels as an error: the trouble and the side it came from. */
export class Blamed extends Error {
  readonly side: Side;
  readonly trouble: FonError;

  constructor(side: Side, trouble: FonError) {
    super(trouble.message, { cause: trouble });
    this.name = "Blamed";
    this.side = side;
    this.trouble = trouble;
  }
}

/** Waits for `work` at one side; its FonError comes out with that side's name. */
export async function at<T>(side: Side, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof FonError ? new Blamed(side, error) : error;
  }
}

/** Both to their end, even when one fails: a session must not be let go while it is in the middle of a command. */
export async function both<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  const [first, second] = await Promise.allSettled([one, other]);
  if (first.status === "rejected") throw first.reason;
  if (second.status === "rejected") throw second.reason;
  return [first.value, second.value];
}
