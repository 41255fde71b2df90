// What a person sees of a pull whose transfers stand differently, from several servers.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ErrorCode } from "#contract";
import { pull as pullTable, transfer } from "../schema/index.ts";
import type { World } from "./fixtures/world.ts";
import { createWorld } from "./fixtures/world.ts";
import { createPullStore } from "./store/pulls.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

test("files and bytes of all states, each source once, the next try, and the reason that is told first", async () => {
  const [anna, ben, chloé] = [
    await world.addPerson("Anna"),
    await world.addPerson("Ben"),
    await world.addPerson("Chloé"),
  ];
  const groupId = await world.addGroup(anna, ben, chloé);
  const sources = [await world.addServer(chloé), await world.addServer(anna), await world.addServer(anna)];
  const home = await world.addServer(ben);
  const now = new Date("2026-06-01T12:00:00Z");
  const ids = { personId: ben.id, groupId, destinationId: home.id };
  const [pull] = await world.db
    .insert(pullTable)
    .values({ ...ids, requestId: "r", title: "Media" })
    .returning();
  if (!pull) throw new Error("no pull");
  type Row = typeof transfer.$inferInsert;
  const add = async (state: Row["state"], source: number, figures: Partial<Row> = {}) => {
    const paths = { sourcePath: "x", destinationPath: crypto.randomUUID() };
    const row = { ...ids, ...paths, pullId: pull.id, sourceId: sources[source]?.id ?? 0, sizeBytes: 100, state };
    await world.db.insert(transfer).values({ ...row, ...figures });
  };
  const reason = (code: ErrorCode) => ({ code, params: {} });
  const at = (minute: number) => new Date(now.getTime() + minute * 60_000);
  const view = async () => await createPullStore(world.db).view(ben.id, pull.id, now);

  expect(await view()).toMatchObject({ state: "cancelled", files: 0, bytes: 0, bytesDone: 0, from: [], reason: null });

  await add("done", 0, { bytesDone: 7 });
  await add("failed", 1, { reason: reason("fxp.cut"), bytesDone: 30, dueAt: at(-5) });
  await add("failed", 0, { reason: reason("server.busy") });
  expect(await view()).toMatchObject({
    state: "failed",
    reason: { code: "fxp.cut" },
    nextTryAt: null,
    from: ["Anna", "Chloé"],
  });

  await add("waiting", 0, { reason: reason("server.busy"), dueAt: at(9) });
  await add("waiting", 1, { reason: reason("server.offline"), dueAt: at(4) });
  expect(await view()).toMatchObject({
    state: "waiting",
    reason: { code: "server.offline" },
    nextTryAt: at(4).toISOString(),
    bytesPerSecond: null,
  });

  await add("running", 2, { bytesDone: 40, bytesPerSecond: 10 });
  // More than its size: servers may say anything.
  await add("running", 0, { bytesDone: 900, bytesPerSecond: 5 });
  await add("queued", 2, { bytesPerSecond: 77 });
  expect(await view()).toMatchObject({
    ...{ title: "Media", to: `Ben-${home.place.host}`, from: ["Anna", "Chloé"], state: "running", reason: null },
    ...{ files: 8, filesDone: 1, filesFailed: 2, bytes: 800, bytesDone: 100 + 30 + 40 + 100, bytesPerSecond: 15 },
    ...{ remainingMs: Math.round((530 / 15) * 1_000), nextTryAt: null, position: null },
  });
});
