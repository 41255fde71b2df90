// The API over real sockets: token, parsing, error mapping, stripped output, stale and living socket files.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, fetch } from "undici";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Context } from "#contract";
import { api } from "#contract";
import { FonError } from "../platform/errors.ts";
import type { EventStream } from "../platform/event-stream.ts";
import { createLog } from "../platform/log.ts";
import { Secret } from "../platform/secret.ts";
import type { AllHandlers } from "./call.ts";
import type { ApiServer } from "./server.ts";
import { createApiServer } from "./server.ts";

const context: Context = {
  actor: { platform: "console", userId: "anna", displayName: "Anna", language: "en" },
  room: { platform: "console", roomId: "main", kind: "group", title: "console", isAdmin: false },
};
const hello = { name: "Anna", group: null, isMember: false, groups: [], servers: 0, shares: 0 };

let folder: string;
let socket: string;
let server: ApiServer;
let agent: Agent;
let logged: string[];
let recognised: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fonshare-api-"));
  socket = join(folder, "run", "api.sock");
  agent = new Agent({ connect: { socketPath: socket } });
  logged = [];
  recognised = [];
});
afterEach(async () => {
  await server?.close();
  await agent.close();
  rmSync(folder, { recursive: true, force: true });
});

const noEvents: EventStream = { async *follow() {}, cursorOf: async () => 0, moveCursor: async () => 0 };

function start(answers: Record<string, (...all: never[]) => unknown> = {}, address?: { token: Secret }) {
  const handlers = Object.fromEntries(
    Object.entries(api).map(([feature, verbs]) => [
      feature,
      Object.fromEntries(
        Object.keys(verbs).map((verb) => [
          verb,
          answers[`${feature}.${verb}`] ?? (() => Promise.reject(new Error("unused"))),
        ]),
      ),
    ]),
  ) as unknown as AllHandlers;
  server = createApiServer({
    address: address ? { host: "127.0.0.1", port: 0, ...address } : { socket },
    handlers,
    events: noEvents,
    recognise: async (actor) => {
      recognised.push(actor.userId);
      return { id: 7, displayName: actor.displayName, language: actor.language };
    },
    // Every thread counts as its parent.
    settleRoom: async ({ parentId, ...room }) => (parentId ? { ...room, roomId: parentId } : room),
    log: createLog("debug", "test", { write: (line) => logged.push(line) }),
  });
  return server.listen();
}

async function post(name: string, body: unknown) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const headers = { "content-type": "application/json" };
  const response = await fetch(`http://core/v1/${name}`, { method: "POST", body: text, headers, dispatcher: agent });
  return { status: response.status, body: await response.json() };
}

it("hands the recognised person to the handler and strips what the contract does not know", async () => {
  const callers: unknown[] = [];
  await start({
    "people.hello": async (caller: unknown) => {
      callers.push(caller);
      return { ...hello, passwordHash: "x" };
    },
  });
  expect(await post("people.hello", { context, input: {} })).toEqual({ status: 200, body: { ok: hello } });
  expect(callers).toMatchObject([{ person: { id: 7 }, room: { roomId: "main" } }]);
  expect(statSync(socket).mode & 0o777).toBe(0o600);
});

it("hands over the room whose group counts, and the thread that was spoken in only where it is another", async () => {
  const callers: unknown[] = [];
  await start({ "people.hello": async (caller: unknown) => callers.push(caller) && hello });
  const thread = { ...context.room, roomId: "main:7", parentId: "main" };
  await post("people.hello", { context: { ...context, room: thread }, input: {} });
  await post("people.hello", { context, input: {} });
  expect(callers).toEqual([
    { person: expect.anything(), actor: context.actor, room: context.room, spokenIn: thread },
    { person: expect.anything(), actor: context.actor, room: context.room },
  ]);
});

it("lets a bot ask for itself, without a person", async () => {
  const callers: unknown[] = [];
  await start({ "groups.roomGone": async (...call: unknown[]) => callers.push(call) && { unbound: 2 } });
  const asked = { platform: "telegram", input: { roomId: "-1" } };
  expect((await post("groups.roomGone", asked)).body).toEqual({ ok: { unbound: 2 } });
  expect(callers).toEqual([[{ platform: "telegram" }, { roomId: "-1" }]]);
  expect(recognised).toEqual([]);
});

it("makes no person of a call that is wrong", async () => {
  await start();
  await post("people.link", { context, input: { code: 5 } });
  expect(recognised).toEqual([]);
});

it("never sends an output that does not fit the contract", async () => {
  await start({ "people.hello": async () => ({ ...hello, servers: "ftp://secret-host" }) });
  const { body } = await post("people.hello", { context, input: {} });
  expect(body).toMatchObject({ error: { code: "core.internal" } });
  expect(JSON.stringify(body) + logged.join("")).not.toContain("secret-host");
});

it("tells the code and values of a foreseen error, and only an id of any other", async () => {
  await start({
    "people.hello": async () => {
      throw new FonError("server.busy", { label: "NAS" }, { detail: "hidden detail" });
    },
    "people.erase": async () => {
      throw new Error("connect ECONNREFUSED 10.0.0.9:21");
    },
  });
  const refused = await post("people.hello", { context, input: {} });
  expect(refused.body).toEqual({ error: { code: "server.busy", params: { label: "NAS" } } });
  const failed = (await post("people.erase", { context, input: {} })).body as { error: { params: { id: string } } };
  expect(failed).toEqual({ error: { code: "core.internal", params: { id: expect.stringMatching(/^[0-9a-f]{8}$/) } } });
  expect(logged.join("")).toContain(failed.error.params.id);
  expect(logged.join("")).not.toContain("10.0.0.9");
});

it.each([
  ["people.nothing", { context, input: {} }, "request.unknown-procedure"],
  ["__proto__.constructor", { context, input: {} }, "request.unknown-procedure"],
  ["people.hello", "{ not json", "request.invalid"],
  ["people.hello", "[]", "request.invalid"],
  ["people.hello", { context: { ...context, room: undefined }, input: {} }, "request.invalid"],
  [
    "people.hello",
    { context: { ...context, room: { ...context.room, platform: "discord" } }, input: {} },
    "request.invalid",
  ],
  ["people.link", { context, input: { code: 5 } }, "request.invalid"],
  ["people.hello", { platform: "console", input: {} }, "request.invalid"],
  ["groups.roomGone", { context, input: { roomId: "-1" } }, "request.invalid"],
  ["people.link", { context, input: { code: "x".repeat(300_000) } }, "request.invalid"],
])("answers %s with a code, whatever is sent", async (name, body, code) => {
  await start();
  expect((await post(name, body)).body).toMatchObject({ error: { code } });
});

it("answers an unknown path in the same shape", async () => {
  await start();
  const response = await fetch("http://core/other", { dispatcher: agent });
  expect([response.status, await response.json()]).toEqual([
    404,
    { error: { code: "request.unknown-procedure", params: {} } },
  ]);
});

it("wants the token on every path when it listens on TCP", async () => {
  const port = await start({ "people.hello": async () => hello }, { token: new Secret("correct-token-of-bot") });
  const ask = (path: string, authorization?: string) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method: "POST",
      body: JSON.stringify({ context, input: {} }),
      headers: { "content-type": "application/json", ...(authorization ? { authorization } : {}) },
    });
  for (const wrong of [undefined, "Bearer wrong", "correct-token-of-bot"]) {
    const refused = await ask("/v1/people.hello", wrong);
    expect([refused.status, await refused.json()]).toEqual([
      401,
      { error: { code: "request.unauthorized", params: {} } },
    ]);
  }
  expect((await ask("/v1/events", "Bearer x")).status).toBe(401);
  expect((await ask("/nowhere", "Bearer x")).status).toBe(401);
  expect(await (await ask("/v1/people.hello", "Bearer correct-token-of-bot")).json()).toEqual({ ok: hello });
});

it("replaces the socket of a killed core and refuses that of a living one", async () => {
  await start({ "people.hello": async () => hello });
  await server.close();
  const dead = spawn(process.execPath, [
    "-e",
    `require("net").createServer().listen(${JSON.stringify(socket)}, () => console.log("up"))`,
  ]);
  await once(dead.stdout, "data");
  await expect(start()).rejects.toThrow(/^Another FonShare core already answers at .+\.$/);
  dead.kill("SIGKILL");
  await once(dead, "exit");
  expect(statSync(socket).isSocket()).toBe(true);
  await start({ "people.hello": async () => hello });
  expect((await post("people.hello", { context, input: {} })).body).toEqual({ ok: hello });
});
