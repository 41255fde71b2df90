// The scripted conversation of the pictures, played against a stand-in with the real core, bot and FTP servers. It collects
// what people see at each step; how that looks is not its business.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Language } from "#contract";
import { createTongue } from "../../../bot/words/index.ts";
import { enrolThroughPage } from "../../../demo/enrol.ts";
import type { FtpHome } from "../../../demo/ftp-home.ts";
import { createFtpHome } from "../../../demo/ftp-home.ts";
import { addNews } from "../../../demo/news.ts";
import type { DemoPerson } from "../../../demo/people.ts";
import { anna, ben, chloe, groupName, you } from "../../../demo/people.ts";
import type { Sample } from "../../../demo/samples.ts";
import type { DiscordDriver } from "../discord/driver.ts";
import type { ChatPerson, ChatRoom, Driver, ShownMessage } from "../driver.ts";
import type { Stage } from "../stage.ts";
import { createStage, hasButton, says, textOf } from "../stage.ts";
import type { ChatWorld, MakeDriver } from "../world.ts";
import { contextOf, createChatWorld } from "../world.ts";
import type { Entry, Panel, Sent, Storyboard } from "./storyboard.ts";

export interface Script {
  /** Of the person through whose eyes it is seen, and of who makes the group. */
  language: Language;
  search: string;
  captions: Record<"join" | "connect" | "search" | "pull" | "news", string>;
  /** Between two states of one message. */
  pressed: string;
  later: string;
}

/** The album that is pulled: as large as real photos, so that there is something to watch. */
const album = "2024-06-21 Fête de la musique";
const albumGrowth = 40;
const lineBytesPerS = 3_000_000;
/** Links begin with it; nothing is ever asked there. */
const publicUrl = "https://fonshare.example.org";
/** On Discord, where a server has channels. */
const channelName = "general";

export async function playConversation<M extends ShownMessage>(
  makeDriver: MakeDriver<Driver & { seenBy(person: ChatPerson, room: ChatRoom | undefined): M[] }>,
  script: Script,
): Promise<Storyboard<M>> {
  const folder = await mkdtemp(join(tmpdir(), "fonshare-pictures-"));
  const timeZone = eveningZone(new Date());
  // The bot writes times as its machine does.
  const makeHere: typeof makeDriver = async (apiAddress) => {
    const driver = await makeDriver(apiAddress);
    return { ...driver, env: { ...driver.env, TZ: timeZone } };
  };
  const world = await createChatWorld([makeHere], { coreEnv: { FONSHARE_PUBLIC_URL: publicUrl } });
  const homes = new Map<DemoPerson, FtpHome>();
  try {
    for (const person of [anna, ben, chloe, you])
      homes.set(person, await createFtpHome(folder, grown(person), person === ben ? lineBytesPerS : undefined));
    const board = await play(world as unknown as ChatWorld, homes, script);
    return { ...board, timeZone } as Storyboard<M>;
  } finally {
    await world.stop();
    await Promise.all([...homes.values()].map((home) => home.stop()));
    await rm(folder, { recursive: true, force: true });
  }
}

const grown = (person: DemoPerson): DemoPerson => ({
  ...person,
  files: () =>
    person
      .files()
      .map((file: Sample) => (file.path.includes(album) ? { ...file, sizeBytes: file.sizeBytes * albumGrowth } : file)),
});

/** Where it is eight in the evening, whenever the pictures are made. */
function eveningZone(now: Date): string {
  const hours = ((20 - now.getUTCHours() + 11 + 24) % 24) - 11;
  // The sign of these names is the other way round.
  return `Etc/GMT${hours > 0 ? "-" : "+"}${Math.abs(hours)}`;
}

async function play(
  world: ChatWorld,
  homes: Map<DemoPerson, FtpHome>,
  script: Script,
): Promise<Omit<Storyboard, "timeZone">> {
  const stage = createStage(world);
  const { language } = script;
  const cast = {
    anna: stage.addPerson(anna.name, language),
    ben: stage.addPerson(ben.name),
    chloe: stage.addPerson(chloe.name, "fr"),
    maya: stage.addPerson(you.name, language),
  };
  const room = stage.addRoom(groupName, Object.values(cast));
  const homeOf = (person: DemoPerson) => homes.get(person) as FtpHome;
  const scene: Scene = { stage, cast, room, homeOf, viewer: cast.maya, tongue: createTongue(language) };
  const connect = await playArrival(scene);
  const search = await playSearch(scene, script);
  const pull = await playPull(scene, search.found, script);
  const news = await playNews(scene);
  const violations = stage.faults();
  if (violations.length > 0) throw new Error(violations.join("\n"));
  const panel = (key: keyof Script["captions"], isRoom: boolean, entries: Entry[]): Panel => ({
    caption: script.captions[key],
    room: isRoom ? (world.driver.platform === "discord" ? channelName : groupName) : undefined,
    memberCount: Object.keys(cast).length + 1,
    entries,
  });
  return {
    viewer: cast.maya,
    columns: [
      [panel("join", true, connect.inRoom), panel("connect", false, connect.inPrivate)],
      [
        panel("search", true, [...search.entries, ...pull.inRoom]),
        panel("pull", false, pull.inPrivate),
        panel("news", true, news),
      ],
    ],
  };
}

interface Scene {
  stage: Stage;
  cast: Record<"anna" | "ben" | "chloe" | "maya", ChatPerson>;
  room: ChatRoom;
  homeOf(person: DemoPerson): FtpHome;
  viewer: ChatPerson;
  /** Of the viewer. */
  tongue: ReturnType<typeof createTongue>;
}

function sent(message: ShownMessage, more: Partial<Sent> = {}): Sent {
  return { kind: "sent", message, at: new Date(), ...more };
}

/** The bot comes, Anna makes the group, Maya joins and connects her server. */
async function playArrival(scene: Scene): Promise<Places> {
  const { stage, cast, room, homeOf, viewer, tongue } = scene;
  const isMade = says("group.created", viewer.language);
  const places: Places = { inRoom: [], inPrivate: [] };
  const makeGroup = tongue.say("button.make-group");
  const offer = await bringBot(stage, room, cast.anna, makeGroup);
  places.inRoom.push(sent(offer, { pressed: { label: makeGroup, by: cast.anna } }));
  await stage.hears(cast.anna, room, isMade, () => stage.driver.press(cast.anna, offer, makeGroup));
  places.inRoom.push(...stage.shown(viewer, room, isMade).map((message) => sent(message)));
  await settle(stage, room, cast.ben, homeOf(ben));
  await settle(stage, room, cast.chloe, homeOf(chloe));
  await settle(stage, room, cast.anna, homeOf(anna));
  await playConnecting(scene, await playJoining(scene, places), places);
  return places;
}

interface Places {
  inRoom: Entry[];
  inPrivate: Entry[];
}

/** Where the viewer reads the message. */
const placeOf = ({ stage, viewer, room }: Scene, places: Places, { id }: ShownMessage): Entry[] =>
  stage.driver.seenBy(viewer, room).some((one) => one.id === id) ? places.inRoom : places.inPrivate;

async function playJoining(scene: Scene, places: Places): Promise<ShownMessage> {
  const { stage, room, viewer, tongue } = scene;
  const { language } = viewer;
  const start = "/start";
  const said: Entry = { kind: "said", by: viewer, text: start, at: new Date() };
  const hello = await stage.asks(viewer, room, start, says("start.not-member", language));
  const join = tongue.say("button.join");
  const asked = { by: viewer, text: start };
  places.inRoom.push(said, sent(hello, { asked, pressed: { label: join, by: viewer } }));
  const [welcome, member] = [says("group.joined", language), says("start.member", language)];
  const joined = await stage.presses(viewer, room, hello, join, new RegExp(`${welcome.source}|${member.source}`));
  const place = placeOf(scene, places, joined);
  // The button opened the private chat, where the client says hello for its person.
  if (place === places.inPrivate) place.push({ ...said, at: new Date() });
  place.push(sent(joined, { pressed: { label: tongue.say("button.add-server"), by: viewer } }));
  return joined;
}

async function playConnecting(scene: Scene, joined: ShownMessage, places: Places): Promise<void> {
  const { stage, room, homeOf, viewer, tongue } = scene;
  const { language } = viewer;
  const invitation = await stage.presses(viewer, room, joined, tongue.say("button.add-server"), link);
  placeOf(scene, places, invitation).push(sent(invitation));
  const [address = ""] = link.exec(textOf(invitation)) ?? [];
  const connected = await stage.hears(viewer, undefined, says("news.server-indexed", language), () =>
    enrolAt(stage.world, address, homeOf(you)),
  );
  const share = tongue.say("button.share-with", { group: groupName });
  places.inPrivate.push(sent(connected, { pressed: { label: share, by: viewer } }));
  const shared = await stage.presses(viewer, undefined, connected, share, says("share.added", language));
  placeOf(scene, places, shared).push(sent(shared));
  const told = await stage.reads(viewer, room, new RegExp(`${viewer.name}[^\\n]* ${you.label}`));
  places.inRoom.push(...told.map((message) => sent(message)));
}

const link = /https?:\/\/[^\s`]+/;

/** The bot comes into the room and makes its offer. */
async function bringBot({ driver }: Stage, room: ChatRoom, admin: ChatPerson, button: string): Promise<ShownMessage> {
  const offered = () => driver.until(() => driver.seenBy(admin, room).findLast(hasButton(button)));
  if (!("deleteMessage" in driver)) {
    await driver.addBot(room, admin);
    return offered();
  }
  // The stand-in calls the first channel like its server, and the bot is in from the start: once more, with another name.
  const discord = driver as unknown as DiscordDriver;
  discord.deleteMessage(await offered());
  await discord.removeBot(room);
  discord.rename(room, channelName);
  await discord.addBot(room, admin);
  return offered();
}

async function settle({ driver, world }: Stage, room: ChatRoom, person: ChatPerson, home: FtpHome): Promise<void> {
  const { api } = world.core();
  const { group } = await api.people.hello(contextOf(driver, person, room), {});
  if (group !== null) await api.groups.join(contextOf(driver, person, room), {}).catch(() => undefined);
  const { link } = await api.servers.enrol(contextOf(driver, person), {});
  await enrolAt(world, link, home);
  await api.shares.add(contextOf(driver, person, room), { path: "", name: home.person.share });
  await driver.until(() => driver.seenBy(person, room).find(({ text }) => text.includes(home.person.share)));
}

const enrolAt = (world: ChatWorld, link: string, home: FtpHome) =>
  enrolThroughPage(link.replace(publicUrl, world.core().publicUrl), home);

async function playSearch(scene: Scene, script: Script): Promise<{ entries: Entry[]; found: ShownMessage }> {
  const { stage, room, viewer } = scene;
  const text = script.search;
  const found = await stage.asks(viewer, room, text, /Fête/);
  return {
    found,
    entries: [
      { kind: "said", by: viewer, text, at: new Date() },
      sent(found, { asked: { by: viewer, text }, pressed: { label: numberOf(found), by: viewer } }),
    ],
  };
}

/** The dry run, the progress in the middle, the end. */
async function playPull({ stage, room, viewer, tongue }: Scene, found: ShownMessage, script: Script): Promise<Places> {
  const { driver } = stage;
  const { language } = viewer;
  const inRoom: Entry[] = [];
  const inPrivate: Entry[] = [];
  const plan = await stage.presses(viewer, room, found, numberOf(found), says("plan.title", language));
  const isInRoom = driver.seenBy(viewer, room).some(({ id }) => id === plan.id);
  (isInRoom ? inRoom : inPrivate).push(sent(plan, { pressed: { label: tongue.say("plan.question"), by: viewer } }));
  await driver.press(viewer, plan, tongue.say("plan.question"));
  const progress = await driver.until(() => driver.seenBy(viewer, undefined).find(isUnderWay));
  const pointer = driver.seenBy(viewer, room).find(({ id, text }) => id === plan.id && text !== plan.text);
  if (pointer) inRoom.push({ kind: "later", text: script.pressed }, sent(pointer));
  if (!isInRoom) inPrivate.push({ kind: "later", text: script.pressed });
  inPrivate.push(sent(progress));
  const isDone = says("pull.done-line", language);
  const done = await driver.until(() =>
    driver.seenBy(viewer, undefined).find((message) => isDone.test(textOf(message))),
  );
  inPrivate.push({ kind: "later", text: script.later }, sent(done));
  return { inRoom, inPrivate };
}

function isUnderWay(message: ShownMessage): boolean {
  const share = Number(/(\d+) ?%/.exec(textOf(message))?.[1] ?? 0);
  return share >= 25 && share <= 85 && /\/s/.test(textOf(message));
}

/** Anna's new photos are told to the room; people react. */
async function playNews({ stage, cast, room, homeOf, viewer }: Scene): Promise<Entry[]> {
  const { driver } = stage;
  await addNews(homeOf(anna));
  await stage.reindex(cast.anna);
  const [digest] = await stage.reads(viewer, room, /Anniversaire/);
  if (!digest) return [];
  await driver.react(cast.ben, digest, driver.platform === "discord" ? "⬇️" : "👍");
  if (driver.platform === "discord") await driver.react(cast.chloe, digest, "⭐");
  return stage.shown(viewer, room, /Anniversaire/).map((message) => sent(message));
}

/** The number of Ben's folder in the list: it stands on the line before his name. */
function numberOf(list: ShownMessage): string {
  const lines = textOf(list).split("\n");
  const line = lines[lines.findIndex((text) => text.includes(ben.name)) - 1] ?? "";
  return /\d+/.exec(line)?.[0] ?? "1";
}
