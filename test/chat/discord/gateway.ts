// The gateway v10 over WebSocket: hello, identify, heartbeat, dispatch, resume, and the ways in which it can break.
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { deflateSync } from "node:zlib";
import type { RawData, WebSocket } from "ws";
import { WebSocketServer } from "ws";
import { checkIdentify, intents } from "./intents.ts";
import { fullGuildJson, memberJson, userJson } from "./payloads.ts";
import type { Json, World } from "./state.ts";

export interface Dispatch {
  t: string;
  /** May depend on the intents of the session. */
  d: Json | ((held: number) => Json);
  /** Sent to sessions that hold it; 0: to all. */
  intent: number;
  guildId?: string;
}

interface Session {
  id: string;
  intents: number;
  shard: readonly [number, number];
  isCompressed: boolean;
  seq: number;
  /** For a resume: everything that was dispatched. */
  sent: { op: 0; s: number; t: string; d: Json }[];
  socket: WebSocket | undefined;
  lostAt: number;
}

interface Connection {
  session?: Session;
  /** Ends the connection when no heartbeat comes. */
  timer?: NodeJS.Timeout;
  isSilent: boolean;
  isDropped: boolean;
  /** Payloads since `countedFrom`; 120 a minute are allowed. */
  received: number;
  countedFrom: number;
}

const RESUMABLE_MS = 180_000;
const [HEARTBEAT, IDENTIFY, RESUME, RECONNECT, REQUEST_MEMBERS, INVALID, HELLO, ACK] = [1, 2, 6, 7, 8, 9, 10, 11];

export type Gateway = ReturnType<typeof createGateway>;

export function createGateway(world: World, url: () => string) {
  const settings = { heartbeatMs: 41_250, sessionsLeft: 1000 };
  const server = new WebSocketServer({ noServer: true });
  const sessions = new Map<string, Session>();
  const sockets = new Map<WebSocket, Connection>();

  function send(socket: WebSocket, payload: Json, isCompressed = false): void {
    if (sockets.get(socket)?.isSilent !== false || socket.readyState !== socket.OPEN) return;
    const text = JSON.stringify(payload);
    socket.send(isCompressed ? deflateSync(text) : text);
  }

  /** True when it went out on an open connection. */
  function deliver(session: Session, t: string, d: Json): boolean {
    session.seq += 1;
    const payload = { op: 0 as const, s: session.seq, t, d };
    session.sent.push(payload);
    const { socket } = session;
    if (socket === undefined) return false;
    send(socket, payload, session.isCompressed);
    return sockets.get(socket)?.isSilent === false && socket.readyState === socket.OPEN;
  }

  function dispatch({ t, d, intent, guildId }: Dispatch): boolean {
    const shardOf = (count: number) => (guildId === undefined ? 0 : Number((BigInt(guildId) >> 22n) % BigInt(count)));
    const guild = guildId === undefined ? undefined : world.guilds.get(guildId);
    let isDelivered = false;
    for (const session of sessions.values()) {
      const isLost = session.socket === undefined && session.lostAt + RESUMABLE_MS < world.now();
      if (isLost || shardOf(session.shard[1]) !== session.shard[0]) continue;
      if (intent !== 0 && (session.intents & intent) === 0) continue;
      if (guild !== undefined && !guild.isBotIn && t !== "GUILD_DELETE") continue;
      isDelivered = deliver(session, t, typeof d === "function" ? d(session.intents) : d) || isDelivered;
    }
    world.changed();
    return isDelivered;
  }

  function refuse(socket: WebSocket, code: number, reason: string, isViolation = true): void {
    if (isViolation) world.violations.push(`The gateway closed the connection with ${code}: ${reason}`);
    socket.close(code, reason);
  }

  function expectBeat(socket: WebSocket): void {
    const entry = sockets.get(socket);
    if (entry === undefined) return;
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => refuse(socket, 4009, "Session timed out.", false), settings.heartbeatMs * 2);
    entry.timer.unref();
  }

  function identify(socket: WebSocket, d: Json) {
    const entry = sockets.get(socket);
    if (entry?.session) return refuse(socket, 4005, "Already authenticated.");
    const problem = checkIdentify(world, d);
    if (problem) return refuse(socket, problem.code, problem.reason);
    const session: Session = {
      id: world.secret(),
      intents: Number(d["intents"]),
      shard: (d["shard"] as [number, number] | undefined) ?? [0, 1],
      isCompressed: d["compress"] === true,
      seq: 0,
      sent: [],
      socket,
      lostAt: 0,
    };
    settings.sessionsLeft -= 1;
    sessions.set(session.id, session);
    if (entry) entry.session = session;
    greet(session);
    world.changed();
  }

  function greet(session: Session): void {
    const [index, count] = session.shard;
    const all = [...world.guilds.values()].filter((guild) => guild.isBotIn);
    const guilds = all.filter((guild) => Number((BigInt(guild.id) >> 22n) % BigInt(count)) === index);
    deliver(session, "READY", {
      v: 10,
      user: { ...userJson(world, world.botId), verified: true, mfa_enabled: false, email: null, flags: 0 },
      guilds: guilds.map((guild) => ({ id: guild.id, unavailable: true })),
      session_id: session.id,
      resume_gateway_url: url(),
      shard: session.shard,
      application: { id: world.botId, flags: world.flags },
      user_settings: {},
      relationships: [],
      private_channels: [],
      presences: [],
      guild_join_requests: [],
      geo_ordered_rtc_regions: [],
    });
    if ((session.intents & intents.guilds) === 0) return;
    for (const guild of guilds) deliver(session, "GUILD_CREATE", fullGuildJson(world, guild));
  }

  function resume(socket: WebSocket, d: Json) {
    const entry = sockets.get(socket);
    if (entry?.session) return refuse(socket, 4005, "Already authenticated.");
    if (d["token"] !== world.token) return refuse(socket, 4004, "Authentication failed.");
    const session = sessions.get(String(d["session_id"]));
    const isLost =
      session === undefined || (session.socket === undefined && session.lostAt + RESUMABLE_MS < world.now());
    if (isLost || entry === undefined) return send(socket, { op: INVALID, d: false, s: null, t: null });
    const seq = Number(d["seq"]);
    if (!Number.isInteger(seq) || seq > session.seq) return refuse(socket, 4007, "Invalid seq.");
    session.socket?.terminate();
    session.socket = socket;
    entry.session = session;
    for (const payload of session.sent.filter((one) => one.s > seq)) send(socket, payload, session.isCompressed);
    deliver(session, "RESUMED", { _trace: [] });
    world.changed();
  }

  function requestMembers(session: Session, d: Json) {
    const guild = world.guilds.get(String(d["guild_id"]));
    if (guild === undefined || !guild.isBotIn) return;
    const wanted = d["user_ids"] === undefined ? undefined : [d["user_ids"]].flat().map(String);
    if (wanted === undefined && d["query"] === "" && (session.intents & intents.guildMembers) === 0)
      return refuse(session.socket as WebSocket, 4014, "All members need the intent GUILD_MEMBERS.");
    const prefix = String(d["query"] ?? "").toLowerCase();
    const isMeant = (id: string) => wanted?.includes(id) ?? world.people.get(id)?.username.startsWith(prefix) ?? false;
    const present = [...guild.members.keys(), world.botId];
    deliver(session, "GUILD_MEMBERS_CHUNK", {
      guild_id: guild.id,
      members: present.filter(isMeant).map((id) => memberJson(world, guild, id)),
      chunk_index: 0,
      chunk_count: 1,
      not_found: (wanted ?? []).filter((id) => !present.includes(id)),
      ...(d["nonce"] === undefined ? {} : { nonce: d["nonce"] }),
    });
  }

  function receive(socket: WebSocket, raw: RawData) {
    const entry = sockets.get(socket);
    if (entry === undefined) return;
    const payload = readPayload(raw);
    if (payload === undefined) return refuse(socket, 4002, "Error while decoding payload.");
    if (entry.countedFrom + 60_000 < world.now()) Object.assign(entry, { received: 0, countedFrom: world.now() });
    entry.received += 1;
    if (entry.received > 120) return refuse(socket, 4008, "You are being rate limited.");
    const d = (payload["d"] ?? {}) as Json;
    if (payload["op"] === HEARTBEAT) {
      expectBeat(socket);
      return send(socket, { op: ACK, d: null, s: null, t: null });
    }
    if (payload["op"] === IDENTIFY) return identify(socket, d);
    if (payload["op"] === RESUME) return resume(socket, d);
    if (entry.session === undefined) return refuse(socket, 4003, "Not authenticated.");
    if (payload["op"] === REQUEST_MEMBERS) return requestMembers(entry.session, d);
    if (![3, 4, 31].includes(Number(payload["op"]))) refuse(socket, 4001, "Unknown opcode.");
  }

  function lose(socket: WebSocket, code: number): void {
    const entry = sockets.get(socket);
    sockets.delete(socket);
    clearTimeout(entry?.timer);
    const session = entry?.session;
    if (session === undefined || session.socket !== socket) return;
    session.socket = undefined;
    session.lostAt = world.now();
    // A client that says good-bye like this gives its session up.
    if (entry?.isDropped === false && (code === 1000 || code === 1001)) sessions.delete(session.id);
    world.changed();
  }

  function accept(socket: WebSocket): void {
    sockets.set(socket, { isSilent: false, isDropped: false, received: 0, countedFrom: world.now() });
    socket.on("message", (raw) => receive(socket, raw));
    socket.on("close", (code) => lose(socket, code));
    socket.on("error", () => socket.terminate());
    expectBeat(socket);
    send(socket, { op: HELLO, d: { heartbeat_interval: settings.heartbeatMs, _trace: [] }, s: null, t: null });
  }

  return {
    settings,
    dispatch,
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      const query = new URL(request.url ?? "/", "ws://local").searchParams;
      server.handleUpgrade(request, socket, head, (client) => {
        if (query.get("v") !== "10") return refuse(client, 4012, "Invalid API version.");
        if ((query.get("encoding") ?? "json") !== "json") return refuse(client, 4002, "Only JSON here.");
        accept(client);
      });
    },
    /** Sessions with a live connection. */
    connections: () => [...sessions.values()].filter((session) => session.socket !== undefined).length,
    drop(code?: number): void {
      for (const [socket, entry] of sockets) {
        entry.isDropped = true;
        if (code === undefined) socket.terminate();
        else socket.close(code);
      }
    },
    askToReconnect: () => {
      for (const socket of sockets.keys()) send(socket, { op: RECONNECT, d: null, s: null, t: null });
    },
    invalidate(canResume: boolean): void {
      for (const [socket, { session }] of sockets) {
        send(socket, { op: INVALID, d: canResume, s: null, t: null });
        const entry = sockets.get(socket);
        if (session && !canResume) sessions.delete(session.id);
        // A resume comes over this same connection.
        if (entry) delete entry.session;
        if (session && canResume) session.socket = undefined;
        if (session && canResume) session.lostAt = world.now();
      }
    },
    /** The connections stay open and nothing comes over them any more. */
    goSilent(): void {
      for (const entry of sockets.values()) entry.isSilent = true;
    },
    close(): void {
      for (const socket of sockets.keys()) socket.terminate();
      for (const { timer } of sockets.values()) clearTimeout(timer);
      sockets.clear();
      server.close();
    },
  };
}

function readPayload(raw: RawData): Json | undefined {
  const text = raw.toString();
  if (text.length > 4096) return undefined;
  try {
    const payload = JSON.parse(text) as Json | null;
    return typeof payload === "object" && payload !== null ? payload : undefined;
  } catch {
    return undefined;
  }
}
