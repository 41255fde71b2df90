// How long completing a query takes on a catalog of 100,000 files: `npx vitest bench --run test/bench`.
// Not a test: it prints figures and judges nothing.
import { sql } from "drizzle-orm";
import { afterAll, bench, describe } from "vitest";
import { createCatalog } from "../../core/catalog/index.ts";
import { createGroups } from "../../core/groups/index.ts";
import { systemClock } from "../../core/platform/clock.ts";
import { group, member, person, server, share } from "../../core/schema/index.ts";
import { createShares } from "../../core/shares/index.ts";
import { createTestDatabase } from "../database.ts";

const database = await createTestDatabase();
const { db } = database;
const [anna] = await db.insert(person).values({ displayName: "Anna", language: "en" }).returning();
const [club] = await db.insert(group).values({ name: "Club" }).returning();
const [personId, groupId] = [anna?.id ?? 0, club?.id ?? 0];
await db.insert(member).values({ groupId, personId });
for (let i = 0; i < 5; i++) {
  const values = { ownerId: personId, label: `Box ${i}`, security: "tls", state: "online" } as const;
  const [{ id: serverId } = { id: 0 }] = await db.insert(server).values(values).returning();
  await db.insert(share).values({ groupId, serverId, name: `Share ${i}`, path: i % 2 ? "d1" : "" });
  await fill(serverId);
}
await db.execute(sql`analyze`);
afterAll(() => database.close());

/** 20,000 files in 1,000 folders, of 40,000 words of which few are frequent. */
async function fill(serverId: number): Promise<void> {
  await db.execute(sql`
    insert into directory (server_id, path, name, words)
    select ${serverId}::bigint, 'd1/' || n, 'w' || n, array_to_tsvector(array['folder', md5((n % 300)::text)])
    from generate_series(1, 1000) n`);
  await db.execute(sql`
    insert into file (server_id, directory_id, name, size_bytes, words)
    select d.server_id, d.id, 'f' || n, n, array_to_tsvector(array(select distinct w from unnest(array[
      'track', 'jpg', '/folder', md5((random() ^ 4 * 40000)::int::text), md5((random() ^ 4 * 40000)::int::text),
      lpad(n::text, 4, '0')]) w))
    from directory d, generate_series(1, 20) n where d.server_id = ${serverId}`);
}

const catalog = createCatalog({ db, clock: systemClock, shares: createShares({ db, groups: createGroups({ db }) }) });
const room = { platform: "console", roomId: "p", kind: "private", title: "", isAdmin: true } as const;
const ask = (query: string) => catalog.suggest({ id: personId, displayName: "Anna", language: "en" }, room, { query });

describe("suggest among 100,000 files", () => {
  for (const query of ["", "t", "a", "c8", "c4ca", "track ", "track c", "zzzz", "kind:ph", "from:a"]) {
    bench(JSON.stringify(query), async () => void (await ask(query)), { iterations: 30, time: 0, warmupIterations: 3 });
  }
});
