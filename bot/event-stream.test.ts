import { pino } from "pino";
import { afterEach, describe, expect, it } from "vitest";
import type { FonEvent } from "#contract";
import type { Adapter, Told } from "./adapter.ts";
import { createAnnounce } from "./announce.ts";
import type { Api } from "./api.ts";
import { createApi } from "./api.ts";
import { followEvents } from "./event-stream.ts";
import type { FakeAnswers, FakeCore } from "./fake-core.ts";
import { fakePull, instant, refusal, startFakeCore } from "./fake-core.ts";
import { createTongue } from "./words/index.ts";

const log = pino({ level: "silent" });
const tongue = createTongue("en", "UTC");
const soon = { now: () => new Date(instant), wait: () => new Promise<void>((resolve) => setImmediate(resolve)) };
const context = {
  actor: { platform: "console", userId: "anna", displayName: "Anna", language: "en" },
  room: { platform: "console", roomId: "main", kind: "group", title: "console", isAdmin: false },
} as const;

const endings: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function openCore(answers: FakeAnswers = {}): Promise<{ core: FakeCore; api: Api }> {
  const core = await startFakeCore(answers);
  const api = createApi({ socketPath: core.socketPath });
  endings.push(
    () => core.close(),
    () => api.close(),
  );
  return { core, api };
}

const addedTo = (id: number, roomId = "main"): FonEvent => ({
  id,
  key: `added-${id}`,
  createdAt: instant,
  rooms: [{ platform: "console", roomId, language: "en" }],
  people: [],
  telling: {
    kind: "files.added",
    announcement: "a7",
    level: "full",
    owners: ["Ben"],
    files: 3,
    bytes: 9000,
    folders: [
      {
        ref: "d2p",
        owner: "Ben",
        share: "Music",
        name: "Live",
        path: "",
        files: 3,
        bytes: 9000,
        examples: ["01.flac"],
      },
    ],
    more: 0,
  },
});

/** An adapter that writes down what it is told, and the bot's line to the core. */
function startBot(api: Api, messageIds: (told: Told) => string | undefined = (told) => `m${told.eventId}`) {
  const told: string[] = [];
  const reached: boolean[] = [];
  const stopping = new AbortController();
  const adapter: Adapter = {
    platform: "console",
    tellRoom: async (roomId, telling) => {
      told.push(`${roomId}: ${JSON.stringify(telling.describe(tongue).blocks[0])}`);
      return messageIds(telling);
    },
    tellPerson: async (userId, language, telling) => {
      told.push(`${userId} (${language}): ${JSON.stringify(telling.describe(tongue).blocks[0])}`);
    },
    onReach: () => {},
    run: async () => 0,
  };
  const onEvent = createAnnounce({ adapter, client: api.client, clock: soon, log });
  const onReach = (isReached: boolean) => void reached.push(isReached);
  const done = followEvents({ api, platform: "console", clock: soon, log, onEvent, onReach }, stopping.signal);
  const stop = async () => {
    stopping.abort();
    await done;
  };
  endings.push(stop);
  return { told, reached, stop };
}

describe("calls over the socket", () => {
  it("carry who speaks and where, and bring the answer back", async () => {
    const { core, api } = await openCore();
    const hello = await api.client.people.hello(context, {});
    expect(hello.name).toBe("Anna");
    expect(core.calls).toEqual([{ name: "people.hello", context, input: {} }]);
  });

  it("throw the core's refusal with its values", async () => {
    const { api } = await openCore({ "catalog.search": refusal("catalog.query-invalid", { filter: "size:x" }) });
    const asked = api.client.catalog.search(context, { query: "size:x" });
    await expect(asked).rejects.toMatchObject({ code: "catalog.query-invalid", params: { filter: "size:x" } });
  });

  it("say that the core is away, and work again when it is back", async () => {
    const { core, api } = await openCore();
    await core.stop();
    await expect(api.client.people.hello(context, {})).rejects.toMatchObject({ code: "core.unavailable" });
    await expect(api.readCursor("console")).rejects.toMatchObject({ code: "core.unavailable" });
    await core.start();
    await expect(api.client.people.hello(context, {})).resolves.toMatchObject({ name: "Anna" });
  });
});

describe("the event stream", () => {
  it("tells what came after the cursor, remembers the message, and stores the cursor", async () => {
    const { core, api } = await openCore();
    core.cursor = 4;
    core.emit(addedTo(3));
    core.emit(addedTo(5));
    const { told } = startBot(api);
    await core.cursorReaches(5);
    expect(told).toEqual([expect.stringContaining("main: ")]);
    expect(told[0]).toContain("Ben: 3 new files");
    expect(core.resumedAfter).toEqual(["4"]);
    expect(core.calls[0]).toMatchObject({
      name: "announcements.posted",
      platform: "console",
      input: { announcement: "a7", roomId: "main", messageId: "m5" },
    });
  });

  it("goes on after the last told event when the core was away, and tells nothing twice", async () => {
    const { core, api } = await openCore();
    const { told, reached } = startBot(api);
    core.emit(addedTo(1));
    await core.cursorReaches(1);
    await core.stop();
    core.emit(addedTo(2));
    await core.start();
    await core.cursorReaches(2);
    expect(told.length).toBe(2);
    expect(core.resumedAfter.at(-1)).toBe("1");
    expect(reached).toEqual([false, true]);
  });

  it("does not tell a room twice when the core went away between telling and remembering", async () => {
    let isAway = true;
    const { core, api } = await openCore({
      "announcements.posted": () => {
        if (!isAway) return { done: true };
        isAway = false;
        return refusal("core.unavailable")();
      },
    });
    const { told } = startBot(api);
    core.emit(addedTo(1));
    await core.cursorReaches(1);
    expect(told.length).toBe(1);
    expect(core.calls.filter((call) => call.name === "announcements.posted").length).toBe(2);
  });

  it("tells an event once that comes twice", async () => {
    const { core, api } = await openCore();
    const { told } = startBot(api);
    core.emit(addedTo(1));
    core.emit({ ...addedTo(1), key: "told-before" });
    core.emit(addedTo(2));
    await core.cursorReaches(2);
    expect(told.length).toBe(2);
  });

  it("leaves out an event it does not know and one whose message nobody can react to", async () => {
    const { core, api } = await openCore({ "announcements.posted": refusal("catalog.unknown-ref") });
    const { told } = startBot(api);
    core.emit({ ...addedTo(1), telling: { kind: "from.the-future" } } as unknown as FonEvent);
    core.emit(addedTo(2, "gone"));
    core.emit({
      ...addedTo(3),
      rooms: [{ platform: "discord", roomId: "1", language: "en" }],
      people: [{ platform: "console", userId: "ben", language: "fr" }],
      telling: { kind: "pull.finished", pull: fakePull({ state: "done" }) },
    });
    await core.cursorReaches(3);
    expect(told).toEqual([expect.stringContaining("gone: "), expect.stringContaining("ben (fr): ")]);
  });

  it("ends when it is told to", async () => {
    const { api } = await openCore();
    const { stop, reached } = startBot(api);
    await stop();
    expect(reached).toEqual([]);
  });
});
