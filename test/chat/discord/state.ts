// What the Discord stand-in knows: guilds, channels, messages, interactions. Plain data, ids and a clock; no protocol.
import { randomBytes } from "node:crypto";
import type { ChatPerson } from "../driver.ts";

/** What goes over the wire. */
export type Json = Record<string, unknown>;

export interface Person extends ChatPerson {
  username: string;
  isPrivateOpen: boolean;
  dmId: string;
}

export interface Guild {
  id: string;
  name: string;
  /** May be nobody of the test. */
  ownerId: string;
  adminRoleId: string;
  botRoleId: string;
  isBotIn: boolean;
  /** Person's id → when they joined, and whether they hold the administrators' role. */
  members: Map<string, { joinedAt: number; isAdmin: boolean }>;
  bans: Set<string>;
  joinedAt: number;
}

/** Type 0 a text channel, 1 a private one with a person, 11 a thread. */
export interface Channel {
  id: string;
  type: 0 | 1 | 11;
  name: string;
  guildId?: string;
  parentId?: string;
  personId?: string;
  /** Permissions that an overwrite takes from the bot here. */
  botDenied: bigint;
  createdAt: number;
}

export interface Upload {
  id: string;
  name: string;
  contentType: string;
  bytes: Buffer;
  description?: string;
}

export interface MessageBody {
  content: string;
  embeds: Json[];
  components: Json[];
  uploads: Upload[];
}

export interface Message {
  id: string;
  channelId: string;
  authorId: string;
  type: 0 | 19 | 20;
  body: MessageBody;
  flags: number;
  nonce?: string;
  replyTo?: string;
  interactionId?: string;
  onlyFor?: string;
  /** "… is thinking" until the bot fills it. */
  isLoading: boolean;
  createdAt: number;
  editedAt?: number;
  edits: number;
  /** Emoji → who reacted, in order. */
  reactions: Map<string, Set<string>>;
  /** Whom it rang when it was created. */
  rings: string[];
}

/** Type 2 a command, 3 a component, 4 autocomplete, 5 a submitted modal. */
export interface Interaction {
  id: string;
  token: string;
  type: 2 | 3 | 4 | 5;
  personId: string;
  channelId: string;
  guildId?: string;
  messageId?: string;
  name: string;
  createdAt: number;
  isDelivered: boolean;
  /** A fault hit one of its requests: what follows is not the bot's doing. */
  isFaulted: boolean;
  answer?: { type: number; at: number };
  originalId?: string;
  choices?: { name: string; value: string | number }[];
  modal?: Json;
}

export interface Command extends Json {
  id: string;
  name: string;
}

const EPOCH_MS = 1_420_070_400_000;

export type World = ReturnType<typeof createWorld>;

/** `publicRoot`: where uploads can be said to lie. */
export function createWorld() {
  let offsetMs = 0;
  let lastId = 0n;
  const listeners = new Set<() => void>();
  const now = () => Date.now() + offsetMs;
  function newId(): string {
    const fresh = BigInt(now() - EPOCH_MS) << 22n;
    lastId = fresh > lastId ? fresh : lastId + 1n;
    return String(lastId);
  }
  const botId = newId();
  const secret = () => randomBytes(24).toString("base64url");
  return {
    now,
    newId,
    secret,
    botId,
    botName: "FonShare",
    token: `${Buffer.from(botId).toString("base64url")}.${randomBytes(4).toString("hex")}.${secret()}`,
    /** The application's flags: which privileged intents the portal allows. */
    flags: 0,
    people: new Map<string, Person>(),
    guilds: new Map<string, Guild>(),
    channels: new Map<string, Channel>(),
    messages: new Map<string, Message>(),
    interactions: new Map<string, Interaction>(),
    commands: [] as Command[],
    violations: [] as string[],
    /** Moves the stand-in's clock on. */
    advance: (byMs: number) => {
      offsetMs += byMs;
    },
    changed: () => {
      for (const listener of [...listeners]) listener();
    },
    onChange: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function guildOf(world: World, channel: Channel): Guild | undefined {
  return channel.guildId === undefined ? undefined : world.guilds.get(channel.guildId);
}

/** Whether this person sees what is written in the channel. */
export function isReader(world: World, personId: string, channel: Channel): boolean {
  if (channel.type === 1) return channel.personId === personId;
  return guildOf(world, channel)?.members.has(personId) ?? false;
}
