// The stand-in before an unmodified discord.js: conversations, people, rooms, every verb of the driver.
import type { ChatInputCommandInteraction, Client, TextChannel } from "discord.js";
import { Events, MessageFlags } from "discord.js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ChatPerson, ChatRoom } from "../driver.ts";
import type { DiscordDriver } from "./driver.ts";
import { closeAll, interactionBy, next, startClient, startDriver } from "./fixtures.ts";

let driver: DiscordDriver;
let client: Client;
let anna: ChatPerson;
let ben: ChatPerson;
let room: ChatRoom;
const commands = [
  {
    name: "search",
    name_localizations: { fr: "chercher" },
    description: "Search",
    options: [{ type: 3, name: "query", description: "Words", required: true, autocomplete: true }],
  },
  {
    name: "group",
    description: "Group",
    contexts: [0],
    options: [
      { type: 1, name: "show", description: "Show" },
      {
        type: 1,
        name: "policy",
        description: "Policy",
        options: [
          {
            type: 3,
            name: "level",
            description: "How much",
            required: true,
            choices: [
              { name: "Everything", value: "full" },
              { name: "Nothing", value: "off" },
            ],
          },
          { type: 4, name: "hours", description: "Hours" },
        ],
      },
    ],
  },
  { name: "erase", description: "Admins only", default_member_permissions: "8" },
];

beforeEach(async () => {
  driver = await startDriver();
  anna = driver.addPerson("Anna", "fr");
  ben = driver.addPerson("Ben");
  room = driver.addRoom("Films", [anna, ben]);
  client = await startClient(driver);
  await client.application?.commands.set(commands);
});
afterEach(closeAll);

const row = (...components: object[]) => ({ type: 1, components }) as never;
const button = (label: string, custom_id: string) => ({ type: 2, style: 1, label, custom_id });
const channel = async () => (await client.channels.fetch(room.id)) as TextChannel;
async function command(line = "/search summer concert", who = anna, where: ChatRoom | null = room) {
  const got = await interactionBy(client, () => driver.say(who, where ?? undefined, line));
  return got as ChatInputCommandInteraction;
}
const clicked = async (act: () => Promise<void>) => {
  const got = await interactionBy(client, act);
  if (!got.isMessageComponent()) throw new Error("no component");
  return got;
};

describe("commands", () => {
  test("arrive as Discord sends them, with member, rights and languages", async () => {
    const got = await command();
    expect(got.commandName).toBe("search");
    expect(got.options.getString("query")).toBe("summer concert");
    expect([got.user.id, got.locale, got.guildLocale, got.context]).toEqual([anna.id, "fr", "en-US", 0]);
    expect(got.inCachedGuild() && got.member.permissions.has("Administrator")).toBe(true);
    const other = await command("/search x", ben);
    expect(other.memberPermissions?.has("Administrator")).toBe(false);
    expect(other.memberPermissions?.has("SendMessages")).toBe(true);
  });

  test("are found by their French name, in private too, and refused where they are not offered", async () => {
    const got = await command("/chercher été", anna, null);
    expect([got.commandName, got.inGuild(), got.context]).toEqual(["search", false, 1]);
    await expect(driver.say(ben, room, "/chercher x")).rejects.toThrow("no command");
    await expect(driver.say(ben, room, "/nothing")).rejects.toThrow("no command");
    await expect(driver.say(anna, undefined, "/group show")).rejects.toThrow("no command");
    await expect(driver.say(ben, room, "/erase")).rejects.toThrow("no command");
    await expect(driver.say(anna, room, "/search")).rejects.toThrow("required");
  });

  test("sub-commands, choices and numbers are taken in order or by name", async () => {
    const got = await command("/group policy off 7");
    expect([got.options.getSubcommand(), got.options.getString("level"), got.options.getInteger("hours")]).toEqual([
      "policy",
      "off",
      7,
    ]);
    expect((await command("/group policy hours:3 level:full")).options.getInteger("hours")).toBe(3);
    await expect(driver.say(anna, room, "/group policy maybe")).rejects.toThrow("does not fit");
    await expect(driver.say(anna, room, "/group dance")).rejects.toThrow("Choose one of");
  });

  test("complete themselves", async () => {
    client.on(Events.InteractionCreate, async (got) => {
      if (got.isAutocomplete()) await got.respond([{ name: `${got.options.getFocused()}!`, value: "v" }]);
    });
    expect(await driver.complete(anna, room, "/search summ")).toEqual([{ name: "summ!", value: "v" }]);
    expect(await driver.complete(anna, room, "/search")).toEqual([{ name: "!", value: "v" }]);
  });

  test("setting them again changes nothing", async () => {
    const before = await client.application?.commands.fetch({ withLocalizations: true });
    await client.application?.commands.set(commands);
    const after = await client.application?.commands.fetch({ withLocalizations: true });
    const stamps = (all: typeof before) => all?.map((one) => `${one.id} ${one.version}`);
    expect(stamps(after)).toEqual(stamps(before));
    expect(after?.find((one) => one.name === "search")?.nameLocalizations).toEqual({ fr: "chercher" });
  });
});

describe("answers", () => {
  test("a deferral shows nothing until it is filled, then edits count", async () => {
    const got = await command();
    const deferred = await got.deferReply({ withResponse: true });
    expect(deferred.resource?.message?.flags.has(MessageFlags.Loading)).toBe(true);
    expect(driver.seenBy(ben, room)).toEqual([]);
    await got.editReply("**3** results");
    expect(driver.seenBy(ben, room)).toMatchObject([{ text: "3 results", edits: 0, constructs: ["bold"] }]);
    await got.editReply({ embeds: [{ title: "T", description: "a\\*b", fields: [{ name: "n", value: "v" }] }] });
    expect(driver.seenBy(ben, room)).toMatchObject([{ text: "3 results\nT\na*b\nn: v", edits: 1 }]);
    await got.deleteReply();
    expect(driver.seenBy(ben, room)).toEqual([]);
    expect(driver.violations()).toEqual([]);
  });

  test("an ephemeral answer is for its person alone, and no channel has it", async () => {
    const got = await command("/search x", ben);
    await got.reply({ content: "psst", flags: MessageFlags.Ephemeral, components: [row(button("Go", "go"))] });
    const [shown] = driver.seenBy(ben, room);
    expect(shown).toMatchObject({ text: "psst", onlyFor: { name: "Ben" }, buttons: [{ label: "Go" }] });
    expect(driver.seenBy(anna, room)).toEqual([]);
    if (!shown) throw new Error("nothing shown");
    await expect(driver.press(anna, shown, "Go")).rejects.toThrow("does not see");
    await expect(driver.react(ben, shown, "⭐")).rejects.toThrow("react");
    await expect((await channel()).messages.fetch({ message: shown.id, force: true })).rejects.toMatchObject({
      code: 10008,
    });
    expect((await got.fetchReply()).content).toBe("psst");
    const press = await clicked(() => driver.press(ben, shown, "Go"));
    await press.update({ content: "done", components: [] });
    expect(driver.seenBy(ben, room)).toMatchObject([{ text: "done", buttons: [] }]);
  });

  test("the first follow-up fills the deferral and is as private as it was", async () => {
    const got = await command();
    await got.deferReply({ flags: MessageFlags.Ephemeral });
    await got.followUp("first");
    await got.followUp("second, open");
    expect(driver.seenBy(anna, room).map((one) => one.text)).toEqual(["first", "second, open"]);
    expect(driver.seenBy(ben, room).map((one) => one.text)).toEqual(["second, open"]);
  });

  test("buttons, menus and forged ids come with the message that they are on", async () => {
    const menu = { type: 3, custom_id: "kind", options: [{ label: "Video", value: "v" }] };
    const sent = await (await channel()).send({ content: "hi", components: [row(button("Pull it", "p")), row(menu)] });
    const [shown] = driver.seenBy(ben, room);
    if (!shown) throw new Error("nothing shown");
    expect(shown.buttons).toEqual([{ label: "Pull it" }, { label: "Video" }]);
    const pressed = await clicked(() => driver.press(ben, shown, "Pull"));
    expect([pressed.customId, pressed.message.id, pressed.user.id]).toEqual(["p", sent.id, ben.id]);
    const chosen = await clicked(() => driver.press(ben, shown, "Video"));
    expect(chosen.isStringSelectMenu() && chosen.values).toEqual(["v"]);
    const forged = await clicked(() => driver.pressDetached({ person: ben, room, customId: "evil", message: shown }));
    expect(forged.customId).toBe("evil");
    await expect(driver.press(ben, shown, "Push")).rejects.toThrow("No button");
    await pressed.deferUpdate();
    await pressed.editReply({ content: "changed", components: [] });
    expect(driver.seenBy(ben, room)[0]?.text).toBe("changed");
  });

  test("a link to the bot is followed, another is not", async () => {
    const link = (label: string, url: string) => ({ type: 2, style: 5, label, url });
    const here = link("Write me", `https://discord.com/users/${driver.botId}`);
    await (await channel()).send({ content: "x", components: [row(here, link("Page", "https://example.org"))] });
    const [shown] = driver.seenBy(ben, room);
    if (!shown) throw new Error("nothing shown");
    expect(shown.buttons[1]).toEqual({ label: "Page", url: "https://example.org" });
    await driver.press(ben, shown, "Write");
    await expect(driver.press(ben, shown, "Page")).rejects.toThrow("example.org");
  });

  test("a modal opens and comes back filled", async () => {
    const got = await command();
    const input = { type: 4, custom_id: "name", label: "Name", style: 1 };
    await got.showModal({ custom_id: "m", title: "Group", components: [row(input)] });
    expect(driver.modalFor(anna)).toMatchObject({ title: "Group" });
    const sent = await interactionBy(client, () => driver.submitModal(anna, { name: "Chums" }));
    expect(sent.isModalSubmit() && sent.fields.getTextInputValue("name")).toBe("Chums");
  });
});

describe("rooms and people", () => {
  test("private words have content, those of a room have none without the intent", async () => {
    let coming = next(client, Events.MessageCreate);
    await driver.say(ben, undefined, "hello");
    expect((await coming)[0].content).toBe("hello");
    coming = next(client, Events.MessageCreate);
    await driver.say(ben, room, "secret");
    expect((await coming)[0].content).toBe("");
    await (await client.users.fetch(ben.id)).send("answer");
    expect(driver.seenBy(ben, undefined).map((one) => one.text)).toEqual(["answer"]);
    expect(driver.seenBy(anna, undefined)).toEqual([]);
  });

  test("a closed person gets nothing in private", async () => {
    driver.setPrivateOpen(ben, false);
    await expect((await client.users.fetch(ben.id)).send("hi")).rejects.toMatchObject({ code: 50007 });
    expect(driver.violations()).toEqual([]);
  });

  test("the bot comes and goes", async () => {
    const gone = next(client, Events.GuildDelete);
    await driver.removeBot(room);
    const guildId = (await gone)[0].id;
    await expect(client.rest.get(`/channels/${room.id}`)).rejects.toMatchObject({ code: 50001 });
    await expect(client.rest.get(`/guilds/${guildId}`)).rejects.toMatchObject({ code: 10004 });
    await expect(driver.say(ben, room, "/search x")).rejects.toThrow("not in the room");
    const back = next(client, Events.GuildCreate);
    await driver.addBot(room, anna);
    expect((await back)[0].name).toBe("Films");
  });

  test("channels and threads come, change their name and go", async () => {
    const born = next(client, Events.ThreadCreate);
    const thread = driver.addThread(room, "Old films");
    expect((await born)[0]).toMatchObject({ name: "Old films", parentId: room.id });
    const got = await command("/search x", ben, thread);
    await got.reply("in the thread");
    expect(driver.seenBy(anna, thread)).toHaveLength(1);
    expect(driver.seenBy(anna, room)).toHaveLength(0);
    const dead = next(client, Events.ThreadDelete);
    driver.deleteThread(thread);
    await dead;
    const changed = next(client, Events.ChannelUpdate);
    driver.rename(room, "Cinema");
    expect((await changed)[1]).toMatchObject({ name: "Cinema" });
    const added = next(client, Events.ChannelCreate);
    const other = driver.addChannel(room, "Music");
    expect((await added)[0].id).toBe(other.id);
    expect(await client.rest.get(`/guilds/${(await channel()).guildId}/channels`)).toHaveLength(2);
    const lost = next(client, Events.ChannelDelete);
    driver.deleteChannel(room);
    await lost;
    await expect(client.rest.get(`/channels/${room.id}`)).rejects.toMatchObject({ code: 10003 });
  });

  test("who leaves, is banned or goes silently is no member any more; admins change", async () => {
    const carl = driver.addPerson("Carl");
    driver.setPresent(carl, room, true);
    const guild = (await channel()).guild;
    const isMember = (who: ChatPerson) =>
      guild.members.fetch({ user: who.id, force: true }).then(
        (member) => member.permissions.has("ManageGuild"),
        (error) => error.code,
      );
    expect([await isMember(anna), await isMember(ben), await isMember(carl)]).toEqual([true, false, false]);
    driver.setAdmin(ben, room, true);
    expect(await isMember(ben)).toBe(true);
    const demoted = next(client, Events.GuildUpdate);
    driver.setAdmin(anna, room, false);
    await demoted;
    expect(await isMember(anna)).toBe(false);
    driver.setPresent(carl, room, false);
    await driver.leave(anna, room);
    const banned = next(client, Events.GuildBanAdd);
    await driver.leave(ben, room, true);
    expect((await banned)[0].user.id).toBe(ben.id);
    expect([await isMember(anna), await isMember(ben), await isMember(carl)]).toEqual([10007, 10007, 10007]);
    expect(driver.seenBy(ben, room)).toEqual([]);
  });

  test("reactions arrive, also to old messages, and can be fetched when they were made silently", async () => {
    const sent = await (await channel()).send("new files");
    const [shown] = driver.seenBy(ben, room);
    if (!shown) throw new Error("nothing shown");
    sent.channel.messages.cache.clear();
    const coming = next(client, Events.MessageReactionAdd);
    await driver.react(ben, shown, "⬇");
    expect((await coming)[0].emoji.name).toBe("⬇️");
    driver.reactSilently(anna, shown, "⬇️");
    const message = await (await channel()).messages.fetch({ message: sent.id, force: true });
    const people = await message.reactions.cache.get("⬇️")?.users.fetch();
    expect([...(people?.keys() ?? [])].sort()).toEqual([anna.id, ben.id].sort());
    const removed = next(client, Events.MessageReactionRemove);
    await driver.react(ben, shown, "⬇️", false);
    expect((await removed)[1].id).toBe(ben.id);
    expect(driver.seenBy(ben, room)[0]?.reactions).toEqual({ "⬇️": 1 });
  });

  test("a deleted message is gone for the bot too", async () => {
    const sent = await (await channel()).send("x");
    const [shown] = driver.seenBy(ben, room);
    if (shown) driver.deleteMessage(shown);
    await expect(sent.edit("y")).rejects.toMatchObject({ code: 10008 });
  });

  test("until looks after each change and gives up when the stand-in closes", async () => {
    const found = driver.until(() => driver.seenBy(ben, room).find((one) => one.text === "here"));
    await (await channel()).send("here");
    expect((await found).text).toBe("here");
    const never = driver.until(() => undefined);
    never.catch(() => undefined);
    await closeAll();
    await expect(never).rejects.toThrow("closed");
  });

  test("acknowledgements are measured", async () => {
    const got = await command();
    expect(driver.acks()).toMatchObject([{ kind: "command", ms: undefined }]);
    driver.advance(120);
    await got.reply("x");
    expect(driver.acks()[0]?.ms).toBeGreaterThanOrEqual(120);
  });
});
