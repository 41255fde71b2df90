// What only the wiring of the features to each other can get wrong.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "../test/database.ts";
import type { Core } from "./compose.ts";
import { compose } from "./compose.ts";
import { callerNamed, groupRoom } from "./people/fixtures.ts";
import { systemClock } from "./platform/clock.ts";
import { createLog } from "./platform/log.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let core: Core;
const folder = mkdtempSync(join(tmpdir(), "fonshare-compose-"));

beforeAll(async () => {
  database = await createTestDatabase();
  const keyFile = join(folder, "master.key");
  const options = {
    // Whoever asked for a second one while holding it would wait for ever.
    connections: 1,
    publicUrl: "http://localhost:8080",
    allowNetworks: [],
    scanEveryMs: 1_800_000,
    relayQuotaBytes: 0,
  };
  core = await compose(
    { ...options, database: database.address, keyFile },
    { clock: systemClock, log: createLog("silent", "test") },
  );
});
afterAll(async () => {
  await core.close();
  await database.close();
  rmSync(folder, { recursive: true });
});

const bot = { platform: "telegram" } as const;
const room = groupRoom("-100", { platform: "telegram", isAdmin: true });
const id = "button-of-anna-1";
const keep = (command: string) =>
  core.handlers.messages.keepButtons(bot, { buttons: [{ id, command, room, userId: "anna" }] });
const press = () => core.handlers.messages.press(bot, { id, userId: "anna" });

test("a room with a new id keeps its group, and the buttons that speak in it", async () => {
  const anna = await callerNamed(core.people, "Anna", room, { platform: "telegram" });
  await core.handlers.groups.create(anna, { name: "Club" });
  await keep("/new");
  await core.handlers.groups.roomMoved(bot, { from: "-100", to: "-200" });
  expect((await press()).room).toMatchObject({ roomId: "-200" });
  expect(await core.groups.groupOfRoom({ ...room, roomId: "-200" })).toMatchObject({ name: "Club" });
});

test("whoever erases themselves takes their buttons along, and leaves no group without anybody", async () => {
  const anna = await callerNamed(core.people, "Anna", room, { platform: "telegram" });
  await keep("/new");
  await core.handlers.people.erase(anna, {});
  await expect(press()).rejects.toMatchObject({ code: "button.gone" });
  expect(await core.groups.groupOfRoom({ ...room, roomId: "-200" })).toBeUndefined();
});
