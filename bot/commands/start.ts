// /start: where the person stands and the next useful step.
import type { api, OutputOf } from "#contract";
import type { Button, Reply } from "../reply.ts";
import { makeReply } from "../reply.ts";
import { cleanName } from "../text.ts";
import type { Tongue } from "../words/index.ts";
import type { Call, Command } from "./command.ts";

type Hello = OutputOf<(typeof api)["people"]["hello"]>;

export const start: Command = {
  name: "start",
  actions: [],
  takes: "nothing",
  async run(call) {
    return startReply(call, await call.client.people.hello(call.context, {}));
  },
};

function startReply({ context, tongue }: Call, hello: Hello): Reply {
  const isPrivate = context.room.kind === "private";
  const where = isPrivate ? describeGroups(hello, tongue) : describeRoom(hello, tongue);
  const canGoOn = isPrivate ? hello.groups.length > 0 : hello.isMember;
  const texts = canGoOn ? [where, nextStep(hello, tongue)] : [where];
  return makeReply(
    [
      { kind: "heading", text: tongue.say("start.hello", { name: hello.name }) },
      ...texts.map((text) => ({ kind: "text", text }) as const),
    ],
    { buttons: nextButtons(hello, tongue, isPrivate) },
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

function nextStep(hello: Hello, tongue: Tongue): string {
  if (hello.servers === 0) return tongue.say("start.no-server");
  const servers = tongue.say("count.servers", { n: hello.servers });
  if (hello.shares === 0) return tongue.say("start.no-share", { servers });
  return tongue.say("start.ready", { servers, shares: tongue.say("count.shares", { n: hello.shares }) });
}

function nextButtons(hello: Hello, tongue: Tongue, isPrivate: boolean): Button[] {
  const button = (key: "join" | "add-server" | "new" | "help", command: string): Button => ({
    label: tongue.say(`button.${key}`),
    command,
    role: "plain",
  });
  if (!isPrivate && !hello.isMember)
    return hello.group === null ? [button("help", "/help")] : [button("join", "/join")];
  if (hello.servers === 0) return [button("add-server", "/servers add"), button("help", "/help")];
  return [button("new", "/new"), button("help", "/help")];
}
