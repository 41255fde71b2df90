// What a plan and the filters of a query ask of a row `f`, as text of a statement.
import type { Plan } from "../plan.ts";
import type { Query } from "../query.ts";
import { ids, timeText } from "./reading.ts";

/**
 * Numbers of words, hidden from the planner: it would look up in every partition how common each is, which takes longer
 * than many a search, although how to read is decided already.
 */
const hidden = (group: readonly number[]) => `(select ${ids(group)})`;

/** What a plan asks of row `f`, its branches left out. */
export function conditionsOf({ groups, filters, excluded }: Pick<Plan, "groups" | "filters" | "excluded">): string[] {
  const single = groups.filter((group) => group.length === 1).flat();
  const several = groups.filter((group) => group.length > 1);
  return [
    ...(single.length > 0 ? [`f.words @> ${hidden(single)}`] : []),
    ...several.map((group) => `f.words && ${hidden(group)}`),
    ...(filters.length > 0 ? [inOrder(filters.map(isAmong))] : []),
    ...(excluded.length > 0 ? [`not f.words && ${hidden(excluded)}`] : []),
  ];
}

const hashedFrom = 33;

/** In words that no index is asked for. Of a long list a hash table is made. */
function isAmong(group: readonly number[]): string {
  if (group.length < hashedFrom) return `(f.words && ${hidden(group)}) is true`;
  return `exists (select from unnest(f.words) w(id) where w.id = any(${ids(group)}))`;
}

/** One after the other as they stand here: the planner would begin with whatever it takes for cheap. */
export function inOrder([first = "true", ...others]: string[]): string {
  return others.length === 0 ? first : `case when ${first} then ${inOrder(others)} else false end`;
}

/** What the filters of a query ask of file `f`. */
export function figuresOf({ minBytes, maxBytes, newerThan }: Query): string[] {
  const age = "coalesce(f.modified_at, f.seen_at)";
  return [
    ...(minBytes === undefined ? [] : [`f.size_bytes >= ${minBytes}::bigint`]),
    ...(maxBytes === undefined ? [] : [`f.size_bytes <= ${maxBytes}::bigint`]),
    ...(newerThan === undefined ? [] : [`${age} >= ${timeText(newerThan)}`]),
  ];
}

export interface Walk {
  conditions: readonly string[];
  order: string;
}

/** More than the clocks of servers and their time zones differ. */
const skewMs = 2 * 86_400_000;

/**
 * How files are read from the newest on. With an age asked for: those that came since, and the few that were rewritten
 * since but had come before, which have an index of their own (see core/schema/catalog.ts); nothing else is that new.
 */
export function walksOf({ newerThan }: Query): Walk[] {
  const order = "order by f.seen_at desc";
  if (!newerThan) return [{ conditions: [], order }];
  const since = timeText(new Date(newerThan.getTime() - skewMs));
  const wasRewritten = [
    "f.modified_at - f.seen_at > interval '2 days'",
    `f.modified_at >= ${timeText(newerThan)}`,
    `f.seen_at < ${since}`,
  ];
  return [
    { conditions: [`f.seen_at >= ${since}`], order },
    { conditions: wasRewritten, order: "order by f.modified_at desc" },
  ];
}

/** For reading by time, where every row is looked at once. */
export function withoutBranches(plan: Plan): Plan {
  const [first = []] = plan.branches;
  const together = first.map((_, i) => plan.branches.flatMap((branch) => branch[i] ?? []));
  return { ...plan, groups: [...plan.groups, ...together], branches: [], rareFrom: 0 };
}
