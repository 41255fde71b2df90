// Words for announcements that the news and /new share. Pure.
import { cleanName, cutGraphemes } from "../text.ts";
import type { Tongue } from "../words/index.ts";

const mostNames = 3;
const longestName = 32;

/** "Anna and Ben", or "Anna, Ben, Chloé and 4 others". */
export function describeOwners(owners: readonly string[], tongue: Tongue): string {
  const names = owners.map((owner) => cutGraphemes(cleanName(owner), longestName));
  const others = names.length - mostNames;
  return tongue.list(others > 0 ? [...names.slice(0, mostNames), tongue.say("count.others", { n: others })] : names);
}
