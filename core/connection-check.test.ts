// The budget of connections: what cores hold together fits an ordinary PostgreSQL, and where it does not, that is said.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase } from "../test/database.ts";
import { checkConnections, connectionsOfCore, judgeConnections } from "./connection-check.ts";
import { applicationNames } from "./connections.ts";
import { isDatabaseAway, openDatabase } from "./platform/db.ts";
import { createSignals } from "./platform/signals.ts";

/** max_connections of a PostgreSQL that nobody configured, without what is kept for its superuser. */
const usual = 100 - 3;

test("four cores fit a PostgreSQL that nobody configured, and leave a little for others", () => {
  expect(4 * connectionsOfCore).toBeLessThan(usual);
  expect(judgeConnections({ allowed: usual, cores: 3 })).toBeUndefined();
});

test("a fifth core is warned of, and a database with too little for one is refused", () => {
  expect(judgeConnections({ allowed: usual, cores: 4 })).toContain(`up to ${5 * connectionsOfCore} connections`);
  expect(() => judgeConnections({ allowed: connectionsOfCore - 1, cores: 0 })).toThrow(/raise max_connections/);
  expect(judgeConnections({ allowed: connectionsOfCore, cores: 0 })).toBeUndefined();
});

describe("in a database", () => {
  const limit = connectionsOfCore + 1;
  const role = `few_${process.pid}`;
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  const asRole = (connections: number, application?: string) =>
    openDatabase({ ...database.address, user: role } as typeof database.address, connections, { application });

  beforeAll(async () => {
    database = await createTestDatabase();
    await database.sql.unsafe(`create role ${role} login connection limit ${limit}`);
  });
  afterAll(async () => {
    await database.sql.unsafe(`drop role ${role}`);
    await database.close();
  });

  test("the limit of the role counts, and so do the cores that run", async () => {
    const one = asRole(1);
    const core = asRole(1, applicationNames.main);
    try {
      expect(await checkConnections(one)).toBeUndefined();
      const signals = createSignals(core.sql);
      await new Promise<void>((resolve) => void signals.on("queue", resolve));
      expect(await checkConnections(one)).toMatch(new RegExp(`^2 cores on one database .+ allows them ${limit}:`));
      await database.sql.unsafe(`alter role ${role} connection limit ${connectionsOfCore - 1}`);
      await expect(checkConnections(one)).rejects.toThrow(`allows it ${connectionsOfCore - 1};`);
    } finally {
      await core.close();
      await one.close();
    }
  });

  test("a database without a connection left is one that is away for a moment; signals come when there is one", async () => {
    await database.sql.unsafe(`alter role ${role} connection limit 1`);
    const holder = asRole(1);
    await holder.sql`select 1`;
    const late = asRole(1);
    try {
      for (const attempt of [() => late.sql`select 1`.then(String), () => late.db.transaction(async () => "begun")]) {
        const error = await attempt().catch((one: unknown) => one);
        expect(error).toMatchObject({ code: "53300" });
        expect(isDatabaseAway(error)).toBe(true);
      }
      const looked = Promise.withResolvers<void>();
      createSignals(late.sql).on("queue", looked.resolve);
      await database.sql.unsafe(`alter role ${role} connection limit 5`);
      await looked.promise;
    } finally {
      await late.close();
      await holder.close();
    }
  });
});
