// What people do in Discord's client, and the interactions and events that come of it.
import type { ChatPerson, ShownMessage } from "../driver.ts";
import type { Gateway } from "./gateway.ts";
import { flatten } from "./limits.ts";
import type { Mailbox } from "./mailbox.ts";
import { interactionJson } from "./payloads.ts";
import { memberPermissions } from "./permissions.ts";
import { fullyQualified } from "./rest-messages.ts";
import { labelOf } from "./shown.ts";
import { readLine } from "./slash-line.ts";
import type { Channel, Command, Interaction, Json, Message, Person, World } from "./state.ts";
import { guildOf, isReader } from "./state.ts";

export function createPeople(world: World, gateway: Gateway, mailbox: Mailbox) {
  function personOf({ id }: ChatPerson): Person {
    const person = world.people.get(id);
    if (person === undefined) throw new Error(`Nobody here has the id ${id}`);
    return person;
  }

  /** The room's channel, or the private one; the person has to be in it. */
  function channelOf(person: Person, room: { id: string } | undefined): Channel {
    const channel = world.channels.get(room?.id ?? person.dmId);
    if (channel === undefined) throw new Error("The room is gone");
    if (!isReader(world, person.id, channel)) throw new Error(`${person.name} is not in the room`);
    return channel;
  }

  function interact(
    type: Interaction["type"],
    person: Person,
    channel: Channel,
    data: Json,
    more: { messageId?: string; name?: string } = {},
  ): Interaction {
    const guild = guildOf(world, channel);
    if (guild && !guild.isBotIn) throw new Error("The bot is not in the room");
    const interaction: Interaction = {
      id: world.newId(),
      token: `aW50ZXJhY3Rpb246${world.secret()}${world.secret()}`,
      type,
      personId: person.id,
      channelId: channel.id,
      name: more.name ?? "",
      createdAt: world.now(),
      isDelivered: false,
      isFaulted: false,
      ...(guild ? { guildId: guild.id } : {}),
      ...(more.messageId === undefined ? {} : { messageId: more.messageId }),
    };
    world.interactions.set(interaction.id, interaction);
    const d = interactionJson(world, interaction, data);
    interaction.isDelivered = gateway.dispatch({
      t: "INTERACTION_CREATE",
      d,
      intent: 0,
      ...(guild ? { guildId: guild.id } : {}),
    });
    return interaction;
  }

  /** Commands that the client offers to this person here. */
  function offered(person: Person, channel: Channel): Command[] {
    const guild = guildOf(world, channel);
    return world.commands.filter((command) => {
      const contexts = command["contexts"] as number[] | null | undefined;
      if (contexts != null && !contexts.includes(guild ? 0 : 1)) return false;
      const needed = command["default_member_permissions"];
      if (guild === undefined || typeof needed !== "string") return true;
      const held = memberPermissions(guild, person.id);
      return needed === "0" ? (held & 8n) !== 0n : (held & BigInt(needed)) === BigInt(needed);
    });
  }

  function command(person: Person, channel: Channel, line: string, type: 2 | 4): Interaction {
    const read = readLine(line, person, offered(person, channel), type === 2);
    const { id, name } = read.command;
    return interact(
      type,
      person,
      channel,
      { id, name, type: 1, options: read.options },
      { name: fullName(name, read.options) },
    );
  }

  /** The message as it is now; it must be there and visible. */
  function messageFor(person: Person, { id }: { id: string }): { message: Message; channel: Channel } {
    const message = world.messages.get(id);
    if (message === undefined) throw new Error("The message is gone");
    const channel = world.channels.get(message.channelId);
    const isHidden = message.onlyFor !== undefined && message.onlyFor !== person.id;
    if (channel === undefined || isHidden || !isReader(world, person.id, channel))
      throw new Error(`${person.name} does not see the message`);
    return { message, channel };
  }

  function pressOn(person: Person, channel: Channel, message: Message, found: { part: Json; value?: string }) {
    const { part, value } = found;
    if (part["disabled"] === true) throw new Error(`${labelOf(part)} is disabled`);
    if (part["url"] != null) return follow(String(part["url"]), person);
    const data = { component_type: part["type"], custom_id: part["custom_id"], id: part["id"] };
    interact(3, person, channel, value === undefined ? data : { ...data, values: [value] }, { messageId: message.id });
  }

  /** A link that leads to the bot opens the private channel with it, which sends nothing. */
  function follow(url: string, person: Person): void {
    const isBot = new RegExp(`^(?:https|discord)://.*/(?:users/${world.botId}|channels/@me/${person.dmId})`).test(url);
    if (!isBot) throw new Error(`The button opens ${url}`);
  }

  return {
    personOf,
    channelOf,
    messageFor,
    say(who: ChatPerson, room: { id: string } | undefined, line: string): void {
      const person = personOf(who);
      const channel = channelOf(person, room);
      if (line.startsWith("/")) command(person, channel, line, 2);
      else mailbox.postOf(person.id, channel, line);
    },
    startCompletion: (who: ChatPerson, room: { id: string } | undefined, line: string): Interaction => {
      const person = personOf(who);
      return command(person, channelOf(person, room), line, 4);
    },
    press(who: ChatPerson, shown: Pick<ShownMessage, "id">, label: string): void {
      const person = personOf(who);
      const { message, channel } = messageFor(person, shown);
      const found = findPart(message, label);
      if (found === undefined) throw new Error(`No button ${JSON.stringify(label)} on the message`);
      pressOn(person, channel, message, found);
    },
    /** With any custom id, as a forger would. */
    pressDetached(
      who: ChatPerson,
      room: { id: string } | undefined,
      customId: string,
      shown: { id: string },
      values?: string[],
    ): void {
      const person = personOf(who);
      if (!world.messages.has(shown.id)) throw new Error("The message is gone");
      const data = { component_type: values ? 3 : 2, custom_id: customId, id: 2, ...(values ? { values } : {}) };
      interact(3, person, channelOf(person, room), data, { messageId: shown.id });
    },
    react(who: ChatPerson, shown: { id: string }, emoji: string, isOn: boolean, isSilent: boolean): void {
      const person = personOf(who);
      const { message } = messageFor(person, shown);
      if (message.onlyFor !== undefined) throw new Error("Nobody can react to a message that only one person sees");
      mailbox.react(person.id, message, fullyQualified(emoji), isOn, isSilent);
    },
    /** The modal that is open before the person. */
    modalFor: (who: ChatPerson): Interaction | undefined =>
      [...world.interactions.values()].findLast((one) => one.personId === who.id && one.modal !== undefined),
    submitModal(who: ChatPerson, interaction: Interaction, values: Record<string, string>): void {
      const { modal } = interaction;
      if (modal === undefined) throw new Error("No modal is open");
      delete interaction.modal;
      const components = fillIn(modal["components"] as Json[], values);
      const data = { custom_id: modal["custom_id"], components };
      const channel = world.channels.get(interaction.channelId) as Channel;
      const { messageId } = interaction;
      interact(5, personOf(who), channel, data, messageId === undefined ? {} : { messageId });
    },
  };
}

function fullName(name: string, options: readonly Json[]): string {
  const nest = options.find((one) => Number(one["type"]) < 3);
  return nest ? fullName(`${name} ${nest["name"]}`, nest["options"] as Json[]) : name;
}

/** The button whose label is or begins so, else the option of a menu. */
function findPart(message: Message, label: string): { part: Json; value?: string } | undefined {
  const parts = flatten(message.body.components).flatMap((part) => {
    if (part["type"] === 2) return [{ part, labels: [labelOf(part), String(part["label"] ?? "")] }];
    if (part["type"] !== 3) return [];
    return (part["options"] as Json[]).map((one) => ({
      part,
      value: String(one["value"]),
      labels: [labelOf(one), String(one["label"])],
    }));
  });
  return (
    parts.find(({ labels }) => labels.includes(label)) ??
    parts.find(({ labels }) => labels.some((one) => one.startsWith(label)))
  );
}

function fillIn(components: readonly Json[], values: Record<string, string>): Json[] {
  const fill = (input: Json) => ({
    type: input["type"],
    custom_id: input["custom_id"],
    ...(input["type"] === 4
      ? { value: values[String(input["custom_id"])] ?? input["value"] ?? "" }
      : { values: [values[String(input["custom_id"])] ?? ""] }),
  });
  return components.map((one, index) =>
    one["type"] === 18
      ? { type: 18, id: index, component: fill(one["component"] as Json) }
      : { type: 1, id: index, components: ((one["components"] as Json[]) ?? []).map(fill) },
  );
}
