// A stand-in for the core in the bot's tests: answers of the contract by procedure, over a real Unix socket.
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client, ErrorCode, FonEvent, Item, Pull } from "#contract";
import { CallError, createClient } from "#contract";

export interface FakeCall {
  name: string;
  /** Of a bot's own call. */
  platform?: string;
  /** Of a person's call. */
  context: { actor: { userId: string; displayName: string; language: string }; room: { roomId: string; kind: string } };
  input: Record<string, unknown>;
}
export type FakeAnswer = unknown | ((call: FakeCall) => unknown);
export type FakeAnswers = Record<string, FakeAnswer>;

export const instant = "2026-05-01T10:00:00.000Z";

export function fakeItem(change: Partial<Item> = {}): Item {
  return {
    number: 1,
    ref: "f3k9",
    kind: "file",
    name: "Summer concert.flac",
    share: "Music",
    path: "Live/2024",
    owner: "Ben",
    bytes: 67_108_864,
    files: 0,
    modifiedAt: instant,
    copies: 1,
    isYours: false,
    ...change,
  };
}

export function fakePull(change: Partial<Pull> = {}): Pull {
  return {
    ref: "p12",
    title: "Summer concert.flac",
    from: ["Ben"],
    to: "attic",
    state: "running",
    files: 1,
    filesDone: 0,
    filesFailed: 0,
    bytes: 67_108_864,
    bytesDone: 33_554_432,
    bytesPerSecond: 8_000_000,
    remainingMs: 4200,
    position: null,
    reason: null,
    nextTryAt: null,
    createdAt: instant,
    finishedAt: null,
    ...change,
  };
}

export const fakeServer = {
  ref: "s1",
  label: "attic",
  state: "online",
  problem: null,
  security: "tls",
  software: "vsftpd",
  canReceive: true,
  budgetBytes: null,
  limits: {
    slotsOut: 2,
    slotsIn: 2,
    bytesPerSecond: null,
    hours: { from: "20:00", to: "06:00", zone: "Europe/Paris" },
    memberDayBytes: 50e9,
    memberWeekBytes: null,
    groupDayBytes: null,
    groupWeekBytes: null,
    relay: false,
    clear: true,
  },
  checkedAt: instant,
};

const page = {
  items: [fakeItem(), fakeItem({ number: 2, ref: "d2p", kind: "folder", files: 12 })],
  next: "c~2",
  previous: null,
  total: 41,
  isCapped: false,
};
const code = { code: "K7QF-3MPD", expiresAt: instant };
const done = { done: true };
const byPull = { pull: fakePull() };
const group = {
  name: "Friends",
  policy: "fxp",
  news: "full",
  quiet: null,
  role: "admin",
  members: [
    { name: "Anna", role: "admin", joinedAt: instant, isYou: true },
    { name: "Ben", role: "member", joinedAt: instant, isYou: false },
    { name: "Ben \\o/", role: "member", joinedAt: instant, isYou: false },
    { name: 'Be"n \\o/', role: "member", joinedAt: instant, isYou: false },
  ],
  rooms: [{ platform: "console", title: "console", isHere: true }],
};

/** A good answer for every procedure. */
export const goodAnswers: FakeAnswers = {
  "people.hello": { name: "Anna", group: "Friends", isMember: true, groups: ["Friends"], servers: 1, shares: 1 },
  "people.linkCode": code,
  "people.link": done,
  "people.export": { data: { name: "Anna", servers: [] } },
  "people.erase": done,
  "groups.show": group,
  "groups.mine": { groups: [{ name: "Friends", room: { platform: "console", roomId: "main" } }] },
  "groups.create": { name: "Friends" },
  "groups.code": code,
  "groups.join": { name: "Friends" },
  "groups.bind": { name: "Friends" },
  "groups.unbind": { name: "Friends" },
  "groups.leave": { name: "Friends" },
  "groups.setPolicy": (call: FakeCall) => ({ policy: call.input["policy"] }),
  "groups.setNews": (call: FakeCall) => ({ news: call.input["news"] }),
  "groups.setQuiet": (call: FakeCall) => {
    const quiet = call.input["quiet"] as object | null;
    return { quiet: quiet && { zone: "UTC", ...quiet } };
  },
  "groups.removeMember": done,
  "groups.watched": { rooms: [] },
  "groups.roomGone": { unbound: 1 },
  "groups.roomMoved": done,
  "groups.memberGone": { groups: ["Friends"] },
  "messages.keepButtons": done,
  "messages.press": refusal("button.gone"),
  "messages.remember": done,
  "messages.find": { messages: [] },
  "messages.forget": done,
  "messages.followed": { messages: [] },
  "servers.list": { servers: [fakeServer] },
  "servers.enrol": {
    link: "http://localhost:8080/enrol/abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    expiresAt: instant,
  },
  "servers.check": {
    server: fakeServer,
    findings: [{ what: "fxp-refused", good: false, detail: null }],
    advice: [{ line: "port_promiscuous=YES", why: "fxp-active" }],
    pairs: [{ with: "Ben", direction: "from", arrangement: "source-pasv", bytesPerSecond: 12_300_000 }],
  },
  "servers.limit": (call: FakeCall) => ({
    server: { ...fakeServer, limits: { ...fakeServer.limits, ...(call.input["limits"] as object) } },
  }),
  "servers.pause": { server: { ...fakeServer, state: "paused" } },
  "servers.resume": { server: fakeServer },
  "servers.remove": done,
  "shares.list": {
    shares: [
      { name: "Music", owner: "Anna", isYours: true, server: "attic", files: 3, bytes: 9000, scannedAt: instant },
    ],
  },
  "shares.add": (call: FakeCall) => ({ name: call.input["name"] ?? "Music" }),
  "shares.remove": (call: FakeCall) => ({ name: call.input["name"] }),
  "catalog.search": { ...page, corrected: null },
  "catalog.suggest": { queries: ["summer concert"] },
  "catalog.browse": { ...page, share: "Music", path: "Live", parentRef: "d1" },
  "catalog.latest": page,
  "catalog.reindex": { server: "attic" },
  "catalog.acceptLoss": { server: "attic" },
  "catalog.scans": {
    scans: [
      { serverRef: "s1", state: "complete", problem: null, files: 3, bytes: 9000, finishedAt: instant, nextAt: null },
    ],
  },
  "transfers.plan": {
    what: ["f2", "f3"],
    title: "Summer concert.flac",
    from: ["Ben"],
    to: "attic",
    files: 1,
    bytes: 67_108_864,
    alreadyThere: 0,
    alreadyThereBytes: 0,
    budgetLeftBytes: null,
    fits: true,
    estimatedMs: 8000,
  },
  "transfers.pull": byPull,
  "transfers.list": { pulls: [fakePull()] },
  "transfers.show": byPull,
  "transfers.pause": { pull: fakePull({ state: "paused" }) },
  "transfers.resume": byPull,
  "transfers.cancel": { pull: fakePull({ state: "cancelled" }) },
  "transfers.retry": byPull,
  "transfers.check": {
    from: "Ben",
    to: "attic",
    ways: [
      {
        arrangement: "source-pasv-sscn-destination",
        result: "refused",
        reason: { code: "fxp.refused-by-destination", params: { server: "attic" } },
      },
      { arrangement: "source-pasv", result: "works", reason: null },
      { arrangement: "destination-pasv", result: "untried", reason: null },
      { arrangement: "relay", result: "untried", reason: null },
    ],
    reason: null,
    comparison: "blocks",
    remembered: { arrangement: "source-pasv", bytesPerSecond: 12_300_000 },
    advice: [{ line: "TLSOptions NoSessionReuseRequired", why: "session-reuse" }],
  },
  "transfers.outgoing": {
    outgoing: [
      {
        ref: "p7",
        server: "attic",
        person: "Ben",
        group: "Friends",
        path: "Album/01.flac",
        state: "running",
        files: 3,
        filesDone: 1,
        bytes: 3e7,
        bytesDone: 1e7,
        bytesPerSecond: 2e6,
        startedAt: instant,
      },
    ],
  },
  "transfers.stop": { stopped: 2 },
  "announcements.posted": done,
  "announcements.recent": { messages: [] },
  "announcements.react": (call: FakeCall) => {
    const { reaction, isOn = true } = call.input;
    if (reaction === "pull") return { announcement: "a12", outcome: "pulled", pull: fakePull(), stars: 0 };
    const outcome = reaction === "keep" ? (isOn ? "kept" : "unkept") : isOn ? "rated" : "unrated";
    return { announcement: "a12", outcome, pull: null, stars: 3 };
  },
  "announcements.show": { ...page, createdAt: instant, stars: 3, isKept: false },
  "announcements.kept": {
    announcements: [{ ref: "a12", owners: ["Anna", "Ben"], files: 53, bytes: 9000, stars: 3, createdAt: instant }],
  },
};

/** The real client of the contract, answered from a table; `calls` is what it was asked. */
export function createFakeClient(answers: FakeAnswers = {}): { client: Client; calls: FakeCall[] } {
  const calls: FakeCall[] = [];
  const client = createClient(async (path, body) => {
    const call = { ...(body as Omit<FakeCall, "name">), name: path.replace("/v1/", "") };
    calls.push(call);
    return answerCall({ ...goodAnswers, ...answers }, call);
  });
  return { client, calls };
}

/** An answer that is thrown as CallError by the client. */
export function refusal(code: ErrorCode, params: Record<string, string | number> = {}): () => never {
  return () => {
    throw new CallError(code, params);
  };
}

function answerCall(answers: FakeAnswers, call: FakeCall): unknown {
  const answer = answers[call.name];
  try {
    return { ok: typeof answer === "function" ? answer(call) : answer };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    return { error: { code: error.code, params: error.params } };
  }
}

export interface FakeCore {
  socketPath: string;
  calls: FakeCall[];
  /** `Last-Event-ID` of each stream that was opened. */
  resumedAfter: string[];
  cursor: number;
  /** Resolves when the cursor is stored as `id`. */
  cursorReaches(id: number): Promise<void>;
  /** Stores and sends an event. */
  emit(event: FonEvent): void;
  /** Cuts all streams and answers nothing more until `start`. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

export async function startFakeCore(answers: FakeAnswers = {}): Promise<FakeCore> {
  const folder = await mkdtemp(join(tmpdir(), "fonshare-bot-"));
  const socketPath = join(folder, "api.sock");
  const streams = new Set<ServerResponse>();
  const events: FonEvent[] = [];
  const reached = new Map<number, () => void>();
  const send = (response: ServerResponse, event: FonEvent) =>
    void response.write(`id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`);

  const core: FakeCore = {
    socketPath,
    calls: [],
    resumedAfter: [],
    cursor: 0,
    cursorReaches: (id) =>
      core.cursor >= id ? Promise.resolve() : new Promise((resolve) => void reached.set(id, resolve)),
    emit(event) {
      events.push(event);
      for (const stream of streams) send(stream, event);
    },
    async stop() {
      for (const stream of streams) stream.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
    async start() {
      server.listen(socketPath);
      await once(server, "listening");
    },
    async close() {
      if (server.listening) await core.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  const openStream = (request: IncomingMessage, response: ServerResponse) => {
    const after = String(request.headers["last-event-id"] ?? "");
    core.resumedAfter.push(after);
    response.writeHead(200, { "content-type": "text/event-stream" }).write("retry: 1000\n\n");
    for (const event of events.filter(({ id }) => id > Number(after))) send(response, event);
    streams.add(response);
    response.on("close", () => streams.delete(response));
  };
  const answer = async (request: IncomingMessage): Promise<unknown> => {
    const path = request.url ?? "";
    const text = await readAll(request);
    if (path.startsWith("/v1/events/cursor")) {
      if (request.method === "POST") core.cursor = Number((JSON.parse(text) as { id: number }).id);
      reached.get(core.cursor)?.();
      return { ok: { bot: "console", id: core.cursor } };
    }
    const call = { ...(JSON.parse(text) as Omit<FakeCall, "name">), name: path.replace("/v1/", "") };
    core.calls.push(call);
    return answerCall({ ...goodAnswers, ...answers }, call);
  };
  const server = createServer((request, response) => {
    if (request.method === "GET" && request.url?.startsWith("/v1/events?")) return openStream(request, response);
    answer(request).then(
      (body) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body)),
      () => response.destroy(),
    );
  });
  await core.start();
  return core;
}

async function readAll(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
