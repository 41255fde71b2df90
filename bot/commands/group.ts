// /group: the group of this room, or in private all of one's groups.
import { CallError, nameSchema, policySchema } from "#contract";
import { quoteWord } from "../arguments.ts";
import type { Block, Button, ListItem, Reply } from "../reply.ts";
import { makeReply, saySentence } from "../reply.ts";
import { cleanName, cutGraphemes } from "../text.ts";
import { agreedIn, ask } from "./ask.ts";
import type { Actions, Call, Command } from "./command.ts";
import { lastsFor, nameIn, refuse, refuseExtra, requireCode, runAction } from "./command.ts";
import type { Group } from "./group-card.ts";
import { groupCard, policyCard } from "./group-card.ts";
import { setNews, setQuiet } from "./group-news.ts";

const actions: Actions = { create, code, link, members, policy, news: setNews, quiet: setQuiet, remove, unbind };
/** More buttons than this are no help. */
const mostRemoveButtons = 20;

export const group: Command = {
  name: "group",
  actions: Object.keys(actions),
  takes: "nothing",
  // Everybody in the room wants to know that it has a group now.
  isOpen: ["create"],
  asksAdmin: true,
  run: (call) => runAction(call, "group", actions, show),
};

async function show(call: Call): Promise<Reply> {
  if (call.context.room.kind === "private") return mine(call);
  const it = await call.client.groups.show(call.context, {});
  return groupCard(it, mayRun(it, call), call.tongue);
}

/** An admin of the group, or of the room as the platform says. */
function mayRun({ role }: Group, { context }: Call): boolean {
  return role === "admin" || context.room.isAdmin;
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
  const founder = cleanName(call.context.actor.displayName);
  if (call.context.room.kind === "private")
    return saySentence(tongue.say("group.created", { group: name, name: founder }), { tone: "ok" });
  const join: Button = { label: tongue.say("button.join"), command: "/join", role: "plain", isForAll: true };
  const add: Button = {
    label: tongue.say("button.add-server"),
    command: "/servers add",
    role: "plain",
    isForAll: true,
  };
  return saySentence(tongue.say("group.created", { group: name, name: founder }), { tone: "ok", buttons: [join, add] });
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
  const text = call.tongue.say(key, { time: lastsFor(call, expiresAt) });
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
  return makeReply(
    [
      { kind: "heading", text: title },
      { kind: "items", items },
    ],
    { buttons: mayRun(it, call) ? removeButtons(it, tongue) : [] },
  );
}

function removeButtons({ members }: Group, tongue: Call["tongue"]): Button[] {
  const others = members.filter((member) => !member.isYou).slice(0, mostRemoveButtons);
  return others.map(({ name }) => ({
    label: tongue.say("button.remove-member", { name: cutGraphemes(cleanName(name), 24) }),
    command: `/group remove ${quoteWord(name)}`,
    role: "plain",
  }));
}

async function policy(call: Call): Promise<Reply> {
  refuseExtra(call, 1);
  const { client, context, tongue } = call;
  const [word] = call.words;
  if (word === undefined) {
    const it = await client.groups.show(context, {});
    return policyCard(it, mayRun(it, call), tongue);
  }
  const wanted = policySchema.safeParse(word.toLowerCase());
  if (!wanted.success) {
    const known = policySchema.options.join(", ");
    return refuse(tongue.say("input.unknown-word", { command: `${tongue.say("command.group")} policy`, word, known }));
  }
  const set = await client.groups.setPolicy(context, { policy: wanted.data });
  // In a row of its own: a value inside a sentence is cut like a name.
  const blocks: Block[] = [
    { kind: "text", text: tongue.say("group.policy-set"), tone: "ok" },
    { kind: "table", rows: [[tongue.say("group.policy"), tongue.say(`group.policy-${set.policy}`)]] },
  ];
  if (set.policy.startsWith("relay-")) blocks.push({ kind: "text", text: tongue.say("group.policy-relay") });
  return makeReply(blocks, { tone: "ok" });
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
async function refuseToAsk(call: Call, name: string): Promise<void> {
  const it = await call.client.groups.show(call.context, {});
  const { members: all } = it;
  if (!mayRun(it, call)) throw new CallError("group.admin-only");
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
