// Reading rows of the visible shares, a share at a time: the work grows with what a person sees and not with the catalog.

import { textLiteral } from "../../platform/literal.ts";
import type { Sight } from "../sight.ts";
import { isWithin } from "../sight.ts";
import { inOrder } from "./conditions.ts";
import { partitions } from "./partition.ts";
import { ids, whole } from "./reading.ts";

export type Table = "file" | "directory";

export interface Place {
  serverId: number;
  /** Of a share; "" is the whole server. */
  path: string;
  /** Paths of all visible shares of this server. */
  roots: readonly string[];
}

/** Where the person may look, nothing twice: each server once where all of it is visible. */
export function placesOf(sight: Sight): Place[] {
  const servers = [...Map.groupBy(sight.shares, ({ serverId }) => serverId)].map(([serverId, shares]) => {
    const roots = [...new Set(shares.map(({ path }) => path))];
    const widest = roots.filter((path) => !roots.some((other) => other !== path && isWithin(path, other)));
    return widest.map((path) => ({ serverId, path, roots }));
  });
  const [all, parts] = [true, false].map((isWhole) => servers.flat().filter(({ path }) => (path === "") === isWhole));
  return [...(all ?? []), ...(parts ?? [])];
}

/** Indexes of words that are asked when no server is named: one of each partition. */
const indexes: Record<Table, number> = { file: partitions, directory: 1 };

/** Rows of rare words are found sooner by looking everywhere than by looking into each of these. */
export const areMany = (places: readonly Place[], table: Table) => places.length > indexes[table];

export interface Reading {
  /** Of row `f`. */
  columns: string;
  conditions: readonly string[];
  branches?: readonly number[][][];
  order?: string | undefined;
  /** Folders that are shared themselves are left out: their own names are hidden behind those of the shares. */
  hidesRoots?: boolean;
  /** Rows of one place (or of all at once) at most, for one branch. */
  limit: number;
  /** Number of the first place. */
  from?: number;
  /** Only rows of so many per cent of the pages, of the same ones each time. */
  sample?: number | undefined;
}

/** Rows `c` with the number of their place in the list, which must have one. Branch after branch, and place after place. */
export function inPlaces(
  places: readonly Place[],
  table: Table,
  { columns, conditions, branches = [], order = "", hidesRoots = false, limit, from = 0, sample }: Reading,
): string {
  const rows =
    sample === undefined
      ? `${table} f`
      : `${table} f tablesample system (${sample.toFixed(4)}) repeatable (a.server_id)`;
  const isThere = "f.server_id = a.server_id";
  const asked = [
    ...conditions,
    ...conditionsOfBranches(branches, "a"),
    ...(places.some(({ path }) => path !== "") ? [isInPlace(table)] : []),
    ...(hidesRoots ? ["f.path <> all (a.roots)"] : []),
  ];
  // Pages of a sample have rows of other servers too, whose words the planner would look at before it looks whose they are. It
  // stands outside as well: there it says which partition is read.
  const all = [isThere, ...(sample === undefined ? asked : [inOrder([isThere, ...asked])])];
  return `
    select c.*, a.place from (${steps(places, from, branches, hidesRoots)}) a cross join lateral (
      select ${columns} from ${rows} where ${all.join(" and ")} ${order} limit ${whole(limit)}
    ) c`;
}

/** Every place for every branch, in order; "offset 0" keeps it. */
function steps(places: readonly Place[], from: number, branches: readonly number[][][], hasRoots: boolean): string {
  const rows = places.map(({ serverId, path, roots }, i) => {
    const hidden = hasRoots ? `, array[${roots.map(textLiteral).join(", ")}]::text[]` : "";
    return `(${whole(from + i)}, ${whole(serverId)}, ${textLiteral(path)}::text${hidden})`;
  });
  const placed = `(values ${rows.join(", ")}) p(place, server_id, path${hasRoots ? ", roots" : ""})`;
  if (branches.length === 0) return `select * from ${placed} order by place offset 0`;
  return `select * from ${placed} cross join ${branchesAs("b", branches)} order by step, place offset 0`;
}

function branchesAs(name: string, branches: readonly number[][][]): string {
  const groups = (branches[0] ?? []).map((_, i) => `, g${i}`).join("");
  const rows = branches.map((branch, i) => `(${[whole(i), ...branch.map(ids)].join(", ")})`);
  return `(values ${rows.join(", ")}) ${name}(step${groups})`;
}

const conditionsOfBranches = (branches: readonly number[][][], name: string) =>
  (branches[0] ?? []).map((_, i) => `f.words && ${name}.g${i}`);

/** Row `f` lies in the folder of place `a`. */
function isInPlace(table: Table): string {
  const isBelow = (path: string) => `(${path} = a.path or starts_with(${path}, a.path || '/'))`;
  if (table === "directory") return `(a.path = '' or ${isBelow("f.path")})`;
  return `(a.path = '' or exists (select from directory d where d.id = f.directory_id and ${isBelow("d.path")}))`;
}

/**
 * Rows of all places at once, with the number -1 for their place: for what so few have that looking into every place would cost more than to
 * pass over what lies elsewhere. With hundreds of rows the same ones are found again and again, without any order.
 */
export function anywhere(
  places: readonly Place[],
  table: Table,
  { columns, conditions, branches = [], hidesRoots = false, limit }: Omit<Reading, "order">,
): string {
  const servers = [...new Set(places.map(({ serverId }) => whole(serverId)))];
  const all = [
    // "is true" keeps it from the index, which would be asked once for each server again.
    `(f.server_id in (${servers.join(", ")})) is true`,
    ...conditions,
    ...conditionsOfBranches(branches, "b"),
    ...(places.some(({ path }) => path !== "") ? [isInAny(places, table)] : []),
    ...(hidesRoots ? [`(f.server_id, f.path) not in (${pairsOf(rootsOf(places))})`] : []),
  ];
  const rows = `select ${columns} from ${table} f where ${all.join(" and ")} limit ${whole(limit)}`;
  if (branches.length === 0) return `select c.*, -1 as place from (${rows}) c`;
  return `select c.*, -1 as place from ${branchesAs("b", branches)} cross join lateral (${rows}) c`;
}

const rootsOf = (places: readonly Place[]) =>
  places.flatMap(({ serverId, roots }) => roots.map((path) => ({ serverId, path })));

function isInAny(places: readonly Place[], table: Table): string {
  const complete = places.filter(({ path }) => path === "").map(({ serverId }) => whole(serverId));
  const parts = pairsOf(places.filter(({ path }) => path !== ""));
  const [path, folder] = table === "file" ? ["d.path", ", directory d"] : ["f.path", ""];
  const isIn = `a.server_id = f.server_id and (${path} = a.path or starts_with(${path}, a.path || '/'))`;
  const part = `exists (select from (values ${parts}) a(server_id, path)${folder}
    where ${table === "file" ? "d.id = f.directory_id and " : ""}${isIn})`;
  return complete.length === 0 ? part : `(f.server_id in (${complete.join(", ")}) or ${part})`;
}

/** Folders, each as server and path. */
export function pairsOf(places: ReadonlyArray<Pick<Place, "serverId" | "path">>): string {
  return places.map(({ serverId, path }) => `(${whole(serverId)}, ${textLiteral(path)}::text)`).join(", ");
}
