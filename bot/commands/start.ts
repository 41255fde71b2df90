// /start: where the person stands and the next useful step.
import type { api, OutputOf } from "#contract";
import { quoteWord } from "../arguments.ts";
import type { Button, Reply } from "../reply.ts";
import { makeReply } from "../reply.ts";
import { cleanName, cutGraphemes } from "../text.ts";
import type { Tongue } from "../words/index.ts";
import type { Call, Command } from "./command.ts";
import { makeGroupButton } from "./offer.ts";

type Hello = OutputOf<(typeof api)["people"]["hello"]>;

const mostGroups = 10;

export const start: Command = {
  name: "start",
  actions: [],
  takes: "nothing",
  async run(call) {
    return startReply(call, await call.client.people.hello(call.context, {}));
  },
};

function startReply({ context, tongue }: Call, hello: Hello): Reply {
  const { room } = context;
  const isPrivate = room.kind === "private";
  const where = isPrivate ? describeGroups(hello, tongue) : describeRoom(hello, tongue);
  const canGoOn = isPrivate ? hello.groups.length > 0 : hello.isMember;
  const texts = canGoOn ? [where, nextStep(hello, tongue)] : [where];
  return makeReply(
    [
      { kind: "heading", text: tongue.say("start.hello", { name: hello.name }) },
      ...texts.map((text) => ({ kind: "text", text }) as const),
    ],
    { buttons: canGoOn || isPrivate ? nextButtons(hello, tongue, isPrivate) : roomButtons(hello, room.title, tongue) },
  );
}

function describeRoom(hello: Hello, tongue: Tongue): string {
  if (hello.group === null) return tongue.say("start.no-group");
  return tongue.say(hello.isMember ? "start.member" : "start.not-member", { group: hello.group });
}

function describeGroups(hello: Hello, tongue: Tongue): string {
  if (hello.groups.length === 0) return tongue.say("start.no-groups");
  return tongue.say("start.groups", { groups: tongue.list(hello.groups.map(cleanName)) });
}

/** What a member does next, in a sentence. */
export function nextStep(hello: Hello, tongue: Tongue): string {
  if (hello.servers === 0) return tongue.say("start.no-server");
  const servers = tongue.say("count.servers", { n: hello.servers });
  if (hello.shares === 0) return tongue.say("start.no-share", { servers });
  return tongue.say("start.ready", { servers, shares: tongue.say("count.shares", { n: hello.shares }) });
}

/** And as buttons. */
export function nextButtons(hello: Hello, tongue: Tongue, isPrivate: boolean): Button[] {
  const help = makeButton("help", "/help", tongue);
  if (hello.servers === 0) return [makeButton("add-server", "/servers add", tongue), help];
  const latest = makeButton("new", "/new", tongue);
  return hello.shares === 0 ? [...shareButtons(hello, tongue, isPrivate), latest, help] : [latest, help];
}

/** With several servers the choice between them comes first. */
function shareButtons(hello: Hello, tongue: Tongue, isPrivate: boolean): Button[] {
  if (hello.servers > 1) return [makeButton("servers", "/servers", tongue)];
  return isPrivate ? shareWithButtons("/", hello.groups, tongue) : [makeButton("share", "/share /", tongue)];
}

/** One button for each of the first groups. @param what server and folder, as /share takes them */
export function shareWithButtons(what: string, groups: readonly string[], tongue: Tongue): Button[] {
  return groups.slice(0, mostGroups).map((group) => ({
    label: tongue.say("button.share-with", { group: cutGraphemes(cleanName(group), 40) }),
    command: `/share ${what} with ${quoteWord(group)}`,
    role: "plain",
  }));
}

function roomButtons(hello: Hello, title: string, tongue: Tongue): Button[] {
  if (hello.group === null) return [makeGroupButton(tongue, title), makeButton("help", "/help", tongue)];
  return [{ ...makeButton("join", "/join", tongue), isForAll: true }];
}

function makeButton(
  key: "join" | "add-server" | "servers" | "share" | "new" | "help",
  command: string,
  tongue: Tongue,
): Button {
  return { label: tongue.say(`button.${key}`), command, role: "plain" };
}
