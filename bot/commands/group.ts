// /group: the group of this room, or in private all of one's groups.
import { CallError, nameSchema, policySchema } from "#contract";
import { quoteWord } from "../arguments.ts";
import type { Block, ListItem, Reply } from "../reply.ts";
import { makeReply, saySentence } from "../reply.ts";
import { cleanName } from "../text.ts";
import { agreedIn, ask } from "./ask.ts";
import type { Actions, Call, Command } from "./command.ts";
import { nameIn, refuse, refuseExtra, requireCode, runAction } from "./command.ts";

const actions: Actions = { create, code, link, members, policy, remove, unbind };

export const group: Command = {
  name: "group",
  actions: Object.keys(actions),
  takes: "nothing",
  run: (call) => runAction(call, "group", actions, show),
};

async function show(call: Call): Promise<Reply> {
  const { client, context, tongue } = call;
  if (context.room.kind === "private") return mine(call);
  const it = await client.groups.show(context, {});
  const rooms = it.rooms.map(
    (room) => `${cleanName(room.title)}${room.isHere ? ` (${tongue.say("group.room-here")})` : ""}`,
  );
  const rows: Array<[string, string]> = [
    [tongue.say("group.policy"), tongue.say(`group.policy-${it.policy}`)],
    [tongue.say("group.members"), tongue.list(it.members.map((member) => cleanName(member.name)))],
    [tongue.say("group.rooms"), rooms.join(", ")],
  ];
  return makeReply([
    { kind: "heading", text: cleanName(it.name) },
    { kind: "table", rows },
  ]);
}

async function mine({ client, context, tongue }: Call): Promise<Reply> {
  const { groups } = await client.groups.mine(context, {});
  if (groups.length === 0) return saySentence(tongue.say("start.no-groups"), { isPrivate: true });
  const names = groups.map((one): Block => ({ kind: "text", text: cleanName(one.name) }));
  return makeReply([{ kind: "heading", text: tongue.say("group.mine") }, ...names], { isPrivate: true });
}

async function create(call: Call): Promise<Reply> {
  const { tongue } = call;
  const typed = nameIn(call.words);
  if (typed === undefined) return refuse(tongue.say("missing.group-name"));
  if (!nameSchema.safeParse(typed).success) return refuse(tongue.say("input.bad-name", { name: typed }));
  const { name } = await call.client.groups.create(call.context, { name: typed });
  return saySentence(tongue.say("group.created", { group: name }), { tone: "ok" });
}

async function code(call: Call): Promise<Reply> {
  refuseExtra(call);
  const made = await call.client.groups.code(call.context, { purpose: "join" });
  return codeReply(call, "group.code", made.expiresAt, `/join ${made.code}`);
}

/** Without a code it makes one for another room, with one it binds this room. */
async function link(call: Call): Promise<Reply> {
  if (call.words.length === 0) {
    const made = await call.client.groups.code(call.context, { purpose: "room" });
    return codeReply(call, "group.room-code", made.expiresAt, `/group link ${made.code}`);
  }
  const { name } = await call.client.groups.bind(call.context, { code: requireCode(call) });
  return saySentence(call.tongue.say("group.linked", { group: name }), { tone: "ok" });
}

function codeReply(call: Call, key: "group.code" | "group.room-code", expiresAt: string, command: string): Reply {
  const text = call.tongue.say(key, { time: call.tongue.moment(expiresAt, call.now) });
  return makeReply(
    [
      { kind: "text", text },
      { kind: "literal", text: command },
    ],
    { isPrivate: true },
  );
}

async function members(call: Call): Promise<Reply> {
  refuseExtra(call);
  const { client, context, tongue } = call;
  const it = await client.groups.show(context, {});
  const items = it.members.map((member): ListItem => {
    const details = [tongue.say("group.since", { date: tongue.date(member.joinedAt) })];
    if (member.role === "admin") details.unshift(tongue.say("group.admin"));
    const mark = member.isYou ? ({ text: tongue.say("group.you"), tone: "ok" } as const) : null;
    return { number: null, ref: "", icon: "person", name: cleanName(member.name), size: "", age: "", details, mark };
  });
  const title = tongue.say("list.title", { title: it.name, count: tongue.say("count.members", { n: items.length }) });
  return makeReply([
    { kind: "heading", text: title },
    { kind: "items", items },
  ]);
}

async function policy(call: Call): Promise<Reply> {
  refuseExtra(call, 1);
  const { client, context, tongue } = call;
  const [word] = call.words;
  if (word === undefined) {
    const it = await client.groups.show(context, {});
    return makeReply([
      { kind: "table", rows: [[tongue.say("group.policy"), tongue.say(`group.policy-${it.policy}`)]] },
    ]);
  }
  const wanted = policySchema.safeParse(word.toLowerCase());
  if (!wanted.success) {
    const known = policySchema.options.join(", ");
    return refuse(tongue.say("input.unknown-word", { command: "group policy", word, known }));
  }
  const set = await client.groups.setPolicy(context, { policy: wanted.data });
  return saySentence(tongue.say("group.policy-set", { policy: tongue.say(`group.policy-${set.policy}`) }), {
    tone: "ok",
  });
}

async function remove(call: Call): Promise<Reply> {
  const name = nameIn(call.words);
  if (name === undefined) return refuse(call.tongue.say("missing.member"));
  if (name.length > 128) return refuse(call.tongue.say("input.bad-name", { name }));
  if (agreedIn(call) === undefined) {
    await refuseToAsk(call, name);
    const text = call.tongue.say("group.remove-ask", { name });
    return ask(call, {
      blocks: [{ kind: "text", text }],
      command: `/group remove ${quoteWord(name)}`,
      yes: "button.remove",
    });
  }
  await call.client.groups.removeMember(call.context, { name });
  return saySentence(call.tongue.say("group.removed", { name }), { tone: "ok" });
}

/** A question that can only be answered with an error is not asked. */
async function refuseToAsk({ client, context }: Call, name: string): Promise<void> {
  const { members: all } = await client.groups.show(context, {});
  if (!all.some((member) => member.isYou && member.role === "admin")) throw new CallError("group.admin-only");
  const wanted = name.toLowerCase();
  if (!all.some((member) => member.name.toLowerCase() === wanted)) throw new CallError("group.member-unknown");
}

async function unbind(call: Call): Promise<Reply> {
  refuseExtra(call);
  if (agreedIn(call) === undefined) {
    const text = call.tongue.say("group.unbind-ask");
    return ask(call, { blocks: [{ kind: "text", text }], command: "/group unbind", yes: "button.unbind" });
  }
  const { name } = await call.client.groups.unbind(call.context, {});
  return saySentence(call.tongue.say("group.unbound", { group: name }), { tone: "ok" });
}
