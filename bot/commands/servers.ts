// /servers: one's own servers. No password and no address is ever typed here: adding and changing give a one-time link.
import type { api, Context, OutputOf } from "#contract";
import { CallError } from "#contract";
import { quoteWord } from "../arguments.ts";
import type { Button, ListItem, Reply, Tone } from "../reply.ts";
import { makeReply, saySentence } from "../reply.ts";
import { cleanName, cutGraphemes } from "../text.ts";
import type { Tongue } from "../words/index.ts";
import { agreedIn, ask } from "./ask.ts";
import { checkReply } from "./check-card.ts";
import type { Actions, Call, Command } from "./command.ts";
import { lastsFor, nameIn, refuse, refuseExtra, runAction } from "./command.ts";
import { limits } from "./server-limits.ts";

type Api = typeof api;
type Server = OutputOf<Api["servers"]["list"]>["servers"][number];
type Scan = OutputOf<Api["catalog"]["scans"]>["scans"][number];

const tones: Record<Server["state"], Tone> = { online: "ok", offline: "warn", paused: "plain", locked: "error" };
const actions: Actions = {
  ...{ show, add, check, reindex, accept, pause, resume, password, remove },
  limits: (call) => limits(call, findServer),
};

/** Discord shows no more. */
const mostButtons = 25;

export const servers: Command = {
  name: "servers",
  actions: Object.keys(actions),
  takes: "server",
  run: (call) => runAction(call, "servers", actions, list),
};

async function list({ client, context, tongue, now }: Call): Promise<Reply> {
  const add: Button = { label: tongue.say("button.add-server"), command: "/servers add", role: "plain" };
  const mine = await client.servers.list(context, {});
  if (mine.servers.length === 0) return saySentence(tongue.say("servers.none"), { isPrivate: true, buttons: [add] });
  const { scans } = await client.catalog.scans(context, {});
  const scanOf = new Map(scans.map((scan) => [scan.serverRef, scan]));
  const items = mine.servers.map((server) => describeServer(server, scanOf.get(server.ref), tongue, now));
  const title = { kind: "heading", text: tongue.say("servers.title") } as const;
  const [only, another] = mine.servers;
  const buttons = only && !another ? serverButtons(only, context, tongue) : mine.servers.map(showButton);
  return makeReply([title, { kind: "items", items }], {
    isPrivate: true,
    buttons: [...buttons, add].slice(-mostButtons),
  });
}

async function show(call: Call): Promise<Reply> {
  const { client, context, tongue, now } = call;
  const server = await findServer(call);
  const { scans } = await client.catalog.scans(context, {});
  const scan = scans.find((one) => one.serverRef === server.ref);
  return makeReply([{ kind: "items", items: [describeServer(server, scan, tongue, now)] }], {
    isPrivate: true,
    buttons: serverButtons(server, context, tongue),
  });
}

function showButton({ ref, label }: Server): Button {
  return { label: cutGraphemes(cleanName(label), 20), command: `/servers show ${ref}`, role: "item" };
}

/** What its owner can do with a server in the state it is in. */
function serverButtons({ ref, state }: Server, { room }: Context, tongue: Tongue): Button[] {
  const button = (key: "check" | "reindex" | "pause" | "resume" | "limits" | "settings" | "remove", action: string) =>
    ({ label: tongue.say(`button.${key}`), command: `/servers ${action} ${ref}`, role: "plain" }) as const;
  const share: Button = { label: tongue.say("button.share"), command: `/share ${ref} /`, role: "plain" };
  const isUsed = state === "online" || state === "offline";
  return [
    button("check", "check"),
    ...(isUsed ? [button("reindex", "reindex"), button("pause", "pause")] : []),
    ...(state === "paused" ? [button("resume", "resume")] : []),
    ...(room.kind === "group" ? [share] : []),
    button("limits", "limits"),
    button("settings", "password"),
    button("remove", "remove"),
  ];
}

function describeServer(server: Server, scan: Scan | undefined, tongue: Tongue, now: Date): ListItem {
  const details = [
    tongue.say(server.canReceive ? "servers.receives" : "servers.no-inbox"),
    tongue.say(`security.${server.security}`),
  ];
  if (scan) details.push(describeScan(scan, tongue, now));
  if (server.budgetBytes !== null)
    details.push(tongue.say("servers.budget", { size: tongue.size(server.budgetBytes) }));
  if (server.checkedAt !== null)
    details.push(tongue.say("servers.checked", { age: tongue.age(server.checkedAt, now) }));
  if (server.problem !== null) details.unshift(tongue.error(server.problem, { server: server.label }));
  return {
    number: null,
    ref: server.ref,
    icon: "server",
    name: cleanName(server.label),
    size: scan ? tongue.size(scan.bytes) : "",
    age: "",
    details,
    mark: { text: tongue.say(`state.${server.state}`), tone: tones[server.state] },
  };
}

function describeScan(scan: Scan, tongue: Tongue, now: Date): string {
  const age = scan.finishedAt === null ? "" : tongue.age(scan.finishedAt, now);
  const files = tongue.say("count.files", { n: scan.files });
  if (scan.state === "complete") return tongue.say("scan.complete", { files, age });
  if (scan.state === "partial") return tongue.say("scan.partial", { age });
  return scan.state === "failed" ? tongue.say("scan.failed", { age }) : tongue.say(`scan.${scan.state}`);
}

/** The server that was named, as the input of a call; empty for one's only server. */
function which(call: Call): { server?: string } {
  const server = nameIn(call.words);
  return server === undefined ? {} : { server };
}

async function add(call: Call): Promise<Reply> {
  refuseExtra(call);
  const { link, expiresAt } = await call.client.servers.enrol(call.context, {});
  return linkReply(call.tongue.say("servers.link", { time: lastsFor(call, expiresAt) }), link);
}

async function password(call: Call): Promise<Reply> {
  const named = await findServer(call);
  const { link, expiresAt } = await call.client.servers.enrol(call.context, { server: named.ref });
  const time = lastsFor(call, expiresAt);
  return linkReply(call.tongue.say("servers.link-settings", { server: named.label, time }), link);
}

function linkReply(sentence: string, link: string): Reply {
  return makeReply(
    [
      { kind: "text", text: sentence },
      { kind: "literal", text: link },
    ],
    { isPrivate: true },
  );
}

async function check(call: Call): Promise<Reply> {
  return checkReply(await call.client.servers.check(call.context, which(call)), call.tongue);
}

async function reindex(call: Call): Promise<Reply> {
  const { server } = await call.client.catalog.reindex(call.context, which(call));
  return saySentence(call.tongue.say("servers.reindexed", { server }), { tone: "ok", isPrivate: true });
}

async function accept(call: Call): Promise<Reply> {
  const { server } = await call.client.catalog.acceptLoss(call.context, which(call));
  return saySentence(call.tongue.say("servers.accepted", { server }), { tone: "ok", isPrivate: true });
}

async function pause(call: Call): Promise<Reply> {
  const { server } = await call.client.servers.pause(call.context, which(call));
  const back: Button = {
    label: call.tongue.say("button.resume"),
    command: `/servers resume ${server.ref}`,
    role: "plain",
  };
  const text = call.tongue.say("servers.paused", { server: server.label });
  return saySentence(text, { tone: "ok", isPrivate: true, buttons: [back] });
}

async function resume(call: Call): Promise<Reply> {
  const { server } = await call.client.servers.resume(call.context, which(call));
  if (server.state !== "online" && server.problem !== null) {
    return saySentence(call.tongue.error(server.problem, { server: server.label }), { tone: "error", isPrivate: true });
  }
  return saySentence(call.tongue.say("servers.resumed", { server: server.label }), { tone: "ok", isPrivate: true });
}

async function remove(call: Call): Promise<Reply> {
  if (call.words.length === 0) return refuse(call.tongue.say("missing.server-remove"));
  const { ref, label } = await findServer(call);
  if (agreedIn(call) === undefined) {
    const text = call.tongue.say("servers.remove-ask", { server: label });
    return ask(call, {
      blocks: [{ kind: "text", text }],
      command: `/servers remove ${quoteWord(ref)}`,
      yes: "button.remove",
    });
  }
  await call.client.servers.remove(call.context, { server: ref });
  return saySentence(call.tongue.say("servers.removed", { server: label }), { tone: "ok", isPrivate: true });
}

/** The person's own server that is named, or the only one. */
async function findServer(call: Call): Promise<Server> {
  const { servers: mine } = await call.client.servers.list(call.context, {});
  const name = nameIn(call.words)?.toLowerCase();
  const fitting = mine.filter(
    (server) => name === undefined || [server.ref, server.label.toLowerCase()].includes(name),
  );
  const [found] = fitting;
  if (found === undefined) throw new CallError(mine.length === 0 ? "server.none" : "server.unknown");
  if (fitting.length > 1) throw new CallError("server.which", { servers: mine.map((one) => one.label).join(", ") });
  return found;
}
