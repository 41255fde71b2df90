// Calls of the bot over a real socket. What the event stream does is in event-stream.test.ts.
import { afterEach, expect, it } from "vitest";
import { createApi } from "./api.ts";
import { startFakeCore } from "./fake-core.ts";

const endings: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

it("a crowd that asks at once is answered, whoever's turn it is", async () => {
  const core = await startFakeCore();
  const api = createApi({ socketPath: core.socketPath });
  endings.push(
    () => core.close(),
    () => api.close(),
  );
  const context = {
    actor: { platform: "console", userId: "anna", displayName: "Anna", language: "en" },
    room: { platform: "console", roomId: "main", kind: "group", title: "", isAdmin: false },
  } as const;
  const asked = Array.from({ length: 3000 }, () => api.client.people.hello(context, {}));
  const answers = await Promise.allSettled(asked);
  expect(answers.filter(({ status }) => status === "rejected")).toEqual([]);
});
