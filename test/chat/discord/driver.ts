// The Discord stand-in as the shared conversations drive it, with the verbs and faults that only Discord has.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import type { ChatPerson, ChatRoom, Driver, ShownMessage } from "../driver.ts";
import type { Fault, FaultMatch } from "./faults.ts";
import { createFaults } from "./faults.ts";
import { createGateway } from "./gateway.ts";
import type { LoggedRequest } from "./http.ts";
import { createHttp } from "./http.ts";
import { createMailbox } from "./mailbox.ts";
import { createPeople } from "./people.ts";
import type { RateLimits } from "./rate-limits.ts";
import { createRateLimits } from "./rate-limits.ts";
import { createAccountRoutes } from "./rest-account.ts";
import { ANSWER_WITHIN_MS, createInteractionRoutes } from "./rest-interactions.ts";
import { createMessageRoutes } from "./rest-messages.ts";
import { createRooms } from "./rooms.ts";
import type { DiscordShown } from "./shown.ts";
import { showMessage } from "./shown.ts";
import type { Command, Json, Person, World } from "./state.ts";
import { createWorld, isReader } from "./state.ts";
import { createWaiting } from "./waiting.ts";

type Room = ChatRoom | undefined;

export interface Acknowledgement {
  interactionId: string;
  kind: "command" | "component" | "autocomplete" | "modal";
  /** Until the first answer; undefined while there is none. */
  ms: number | undefined;
}

export interface DiscordDriver extends Driver {
  token: string;
  /** The application's and the bot's user id. */
  botId: string;
  seenBy(person: ChatPerson, room: Room): DiscordShown[];
  /** Resolves when the bot has identified. */
  online(): Promise<void>;
  /** Live gateway connections. */
  connections(): number;
  /** The choices that the bot offers for a line being typed. */
  complete(person: ChatPerson, room: Room, line: string): Promise<{ name: string; value: string | number }[]>;
  pressDetached(what: {
    person: ChatPerson;
    room: Room;
    customId: string;
    message: Pick<ShownMessage, "id">;
    /** Of a menu; without it a button. */
    values?: string[];
  }): Promise<void>;
  /** The modal before this person. */
  modalFor(person: ChatPerson): Json | undefined;
  /** Sends it; values by custom id. */
  submitModal(person: ChatPerson, values: Record<string, string>): Promise<void>;
  reactSilently(person: ChatPerson, message: ShownMessage, emoji: string, isOn?: boolean): void;
  addChannel(beside: ChatRoom, title: string): ChatRoom;
  deleteChannel(room: ChatRoom): void;
  deleteThread(room: ChatRoom): void;
  rename(room: ChatRoom, title: string): void;
  /** Somebody deletes a message of the bot. */
  deleteMessage(message: ShownMessage): void;
  join(person: ChatPerson, room: ChatRoom): void;
  setAdmin(person: ChatPerson, room: ChatRoom, isAdmin: boolean): void;
  /** Without an event. */
  setPresent(person: ChatPerson, room: ChatRoom, isPresent: boolean): void;
  /** Permission bits that the bot does not have in the room (permissions.ts). */
  denyBot(room: ChatRoom, bits: bigint): void;
  /** Flags of the application (intents.ts). */
  setFlags(flags: number): void;
  setLimits(limits: Partial<RateLimits>): void;
  setGateway(settings: Partial<{ heartbeatMs: number; sessionsLeft: number }>): void;
  /** Moves the stand-in's clock on. */
  advance(byMs: number): void;
  /** Returns how often the fault has hit so far. */
  fail(match: FaultMatch, what: Fault): () => number;
  /** Closes the gateway connections; without a code they just break. */
  dropGateway(code?: number): void;
  sendReconnect(): void;
  invalidateSession(canResume: boolean): void;
  goSilent(): void;
  refuseConnections(refuses: boolean): void;
  commands(): Command[];
  acks(): Acknowledgement[];
  requests(): LoggedRequest[];
  /** How many requests were answered 429 for a limit. */
  limited(): number;
}

export async function createDiscordDriver(): Promise<DiscordDriver> {
  const world = createWorld();
  let port = 0;
  const gatewayUrl = () => `ws://127.0.0.1:${port}`;
  const gateway = createGateway(world, gatewayUrl);
  const mailbox = createMailbox(world, gateway);
  const faults = createFaults();
  const limits = createRateLimits(world);
  const routes = [
    ...createAccountRoutes(world, gateway, gatewayUrl),
    ...createMessageRoutes(world, mailbox),
    ...createInteractionRoutes(world, mailbox),
  ];
  const http = createHttp(world, routes, faults, limits);
  http.server.on("upgrade", gateway.upgrade);
  http.server.listen(0, "127.0.0.1");
  await once(http.server, "listening");
  port = (http.server.address() as AddressInfo).port;
  const people = createPeople(world, gateway, mailbox);
  const rooms = createRooms(world, gateway);
  const waiting = createWaiting(world, () => describe(world));
  const seenBy = (who: ChatPerson, room: Room) => seen(world, people.personOf(who), room);
  return {
    platform: "discord",
    token: world.token,
    botId: world.botId,
    env: { DISCORD_TOKEN: world.token, DISCORD_API_URL: `http://127.0.0.1:${port}/api` },
    addPerson: (name, language = "en") => addPerson(world, name, language, rooms.addPrivate),
    addRoom: rooms.addRoom,
    addThread: rooms.addThread,
    addChannel: rooms.addChannel,
    deleteChannel: rooms.remove,
    deleteThread: rooms.remove,
    rename: rooms.rename,
    // One turn of the event loop each: a crowd that acts at once must not hold the bot's answers up.
    say: async (person, room, line) => {
      people.say(person, room, line);
      await turn();
    },
    press: async (person, message, label) => {
      people.press(person, message, label);
      await turn();
    },
    pressDetached: async ({ person, room, customId, message, values }) =>
      people.pressDetached(person, room, customId, message, values),
    react: async (person, message, emoji, isOn = true) => people.react(person, message, emoji, isOn, false),
    reactSilently: (person, message, emoji, isOn = true) => people.react(person, message, emoji, isOn, true),
    async complete(person, room, line) {
      const asked = people.startCompletion(person, room, line);
      return waiting.until(() => asked.choices, ANSWER_WITHIN_MS);
    },
    modalFor: (person) => people.modalFor(person)?.modal,
    async submitModal(person, values) {
      const open = people.modalFor(person);
      if (open === undefined) throw new Error("No modal is open");
      people.submitModal(person, open, values);
    },
    seenBy,
    noticesFor: () => [],
    until: waiting.until,
    online: async () => {
      await waiting.until(() => (gateway.connections() > 0 ? true : undefined));
    },
    connections: gateway.connections,
    leave: async (person, room, isBanned = false) => rooms.leave(person, room, isBanned),
    join: rooms.join,
    addBot: async (room) => rooms.addBot(room),
    removeBot: async (room) => rooms.removeBot(room),
    setPrivateOpen: (person, isOpen) => {
      people.personOf(person).isPrivateOpen = isOpen;
    },
    setAdmin: rooms.setAdmin,
    setPresent: rooms.setPresent,
    denyBot: rooms.denyBot,
    deleteMessage: ({ id }) => {
      const message = world.messages.get(id);
      if (message) mailbox.remove(message);
    },
    setFlags: (flags) => {
      world.flags = flags;
    },
    setLimits: (wanted) => Object.assign(limits.limits, wanted),
    setGateway: (wanted) => Object.assign(gateway.settings, wanted),
    advance: world.advance,
    fail: faults.fail,
    dropGateway: gateway.drop,
    sendReconnect: gateway.askToReconnect,
    invalidateSession: gateway.invalidate,
    goSilent: gateway.goSilent,
    refuseConnections: http.refuseConnections,
    commands: () => world.commands,
    acks: () => acknowledgements(world),
    requests: () => http.log,
    limited: limits.refused,
    violations: () => [...world.violations, ...unanswered(world)],
    async close() {
      waiting.close();
      faults.close();
      gateway.close();
      await http.close();
    },
  };
}

function addPerson(
  world: World,
  name: string,
  language: Person["language"],
  addPrivate: (id: string, name: string) => { id: string },
): ChatPerson {
  const id = world.newId();
  const username = `${name
    .toLowerCase()
    .replace(/[^a-z0-9_.]/g, "")
    .slice(0, 20)}_${id.slice(-6)}`;
  const { id: dmId } = addPrivate(id, name);
  world.people.set(id, { id, name, language, username, isPrivateOpen: true, dmId });
  return { id, name, language };
}

/** A message that is still loading shows nothing of the bot yet. */
function seen(world: World, person: Person, room: Room): DiscordShown[] {
  const channel = world.channels.get(room?.id ?? person.dmId);
  if (channel === undefined || !isReader(world, person.id, channel)) return [];
  return [...world.messages.values()]
    .filter((one) => one.channelId === channel.id && one.authorId === world.botId && !one.isLoading)
    .filter((one) => one.onlyFor === undefined || one.onlyFor === person.id)
    .map((one) => showMessage(world, one));
}

function acknowledgements(world: World): Acknowledgement[] {
  const kinds = { 2: "command", 3: "component", 4: "autocomplete", 5: "modal" } as const;
  return [...world.interactions.values()].map((one) => ({
    interactionId: one.id,
    kind: kinds[one.type],
    ms: one.answer === undefined ? undefined : one.answer.at - one.createdAt,
  }));
}

/** Interactions that reached the bot and that it let die. */
function unanswered(world: World): string[] {
  return [...world.interactions.values()]
    .filter((one) => one.isDelivered && !one.isFaulted && one.answer === undefined)
    .filter((one) => world.now() - one.createdAt > ANSWER_WITHIN_MS)
    .map((one) => `Interaction ${one.id} (${one.name || "component"}) was not answered within 3 s`);
}

function describe(world: World): string {
  const lines = [...world.messages.values()].map((one) => {
    const where = world.channels.get(one.channelId)?.name ?? "?";
    const who = one.authorId === world.botId ? "bot" : (world.people.get(one.authorId)?.name ?? "?");
    const whom = one.onlyFor === undefined ? "" : ` (only ${world.people.get(one.onlyFor)?.name})`;
    const { text, buttons } = showMessage(world, one);
    return `[${where}] ${who}${whom}: ${text} ${buttons.map((button) => `[${button.label}]`).join(" ")}`;
  });
  return [...lines, ...world.violations.map((one) => `violation: ${one}`)].join("\n");
}
