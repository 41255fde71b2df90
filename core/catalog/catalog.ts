// The catalog as other features and the API use it.
import type { Api, InputOf, OutputOf, Room } from "#contract";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import type { Person } from "../platform/handler.ts";
import { browse } from "./browse.ts";
import { remember } from "./last-list.ts";
import { latest } from "./latest.ts";
import type { ResolveDeps } from "./resolve.ts";
import { files, resolve } from "./resolve.ts";
import { prepareScans } from "./scan/prepare.ts";
import { search } from "./search.ts";
import { holds } from "./store/items.ts";
import { nextDueAt } from "./store/scans.ts";
import { createCommonWords } from "./store/words.ts";
import { suggest } from "./suggest.ts";
import type { Picked, PickedFile } from "./types.ts";

export interface CatalogDeps extends ResolveDeps {
  db: Db;
  clock: Clock;
}

type Procedures = Api["catalog"];
type Asked<V extends keyof Procedures> = (
  person: Person,
  room: Room,
  input: InputOf<Procedures[V]>,
) => Promise<OutputOf<Procedures[V]>>;

export interface Catalog {
  search: Asked<"search">;
  suggest: Asked<"suggest">;
  browse: Asked<"browse">;
  latest: Asked<"latest">;
  /** What references, numbers of the last list and announcements name, as far as the person may see it now. @throws catalog.unknown-ref {ref}, catalog.no-list */
  resolve(person: Person, room: Room, what: string[]): Promise<Picked[]>;
  /** Every file of what was picked, at any depth. */
  files(picked: Picked): Promise<PickedFile[]>;
  /** Makes these lines of the person's last list in this room: the first has the number after `shown`, else 1. */
  remember(person: Person, room: Room, refs: string[], shown?: number): Promise<void>;
  /** Does this server have a file of this name and size, as far as the catalog knows? */
  holds(serverId: number, name: string, sizeBytes: number): Promise<boolean>;
  /** Makes and removes rows of the schedule as shares came and went. @returns when the next scan may begin */
  prepareScans(everyMs: number): Promise<Date | undefined>;
}

export function createCatalog(deps: CatalogDeps): Catalog {
  const findDeps = { ...deps, commonWords: createCommonWords(deps.clock) };
  return {
    search: (person, room, input) => search(findDeps, person, room, input),
    suggest: (person, room, input) => suggest(findDeps, person, room, input),
    browse: (person, room, input) => browse(deps, person, room, input),
    latest: (person, room, input) => latest(deps, person, room, input),
    resolve: (person, room, what) => resolve(deps, person, room, what),
    files: (picked) => files(deps.db, picked),
    remember: (person, room, refs, shown) => remember(deps, person, room, refs, shown),
    holds: (serverId, name, sizeBytes) => holds(deps.db, serverId, { name, sizeBytes }),
    async prepareScans(everyMs) {
      await prepareScans(deps, everyMs);
      return nextDueAt(deps.db);
    },
  };
}
