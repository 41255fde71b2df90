// /servers limits: what an owner allows others at a server, shown and changed.
import type { api, Limits, OutputOf } from "#contract";
import { quoteWord } from "../arguments.ts";
import type { Block, Button, Reply } from "../reply.ts";
import { makeReply } from "../reply.ts";
import { cleanName } from "../text.ts";
import type { Tongue } from "../words/index.ts";
import type { Call } from "./command.ts";
import { refuse } from "./command.ts";
import { limitKeys, readLimits } from "./limit-words.ts";

type Server = OutputOf<(typeof api)["servers"]["list"]>["servers"][number];

/** @param find the person's server of that name, or their only one */
export async function limits(call: Call, find: (call: Call) => Promise<Server>): Promise<Reply> {
  const { client, context, tongue, words } = call;
  const name = words.filter((word) => !word.includes("="));
  const server = await find({ ...call, words: name });
  const read = readLimits(words, server.limits);
  if ("wrong" in read) return refuse(tongue.say("limits.wrong", { word: read.wrong, known: limitKeys.join(", ") }));
  if (Object.keys(read.limits).length === 0) return limitsCard(server, tongue);
  const changed = await client.servers.limit(context, { server: server.ref, limits: read.limits });
  return { ...limitsCard(changed.server, tongue), tone: "ok" };
}

function limitsCard(server: Server, tongue: Tongue): Reply {
  const { ref, limits: now } = server;
  const label = cleanName(server.label);
  const blocks: Block[] = [
    { kind: "heading", text: tongue.say("limits.title", { server: label }) },
    { kind: "table", rows: rowsOf(now, tongue) },
    { kind: "text", text: tongue.say("limits.own") },
    { kind: "text", text: tongue.say("limits.relay-means"), tone: now.relay ? "warn" : "plain" },
    { kind: "literal", text: `/servers limits ${quoteWord(label)} slots=2 hours=20:00-06:00 day=50GB` },
  ];
  return makeReply(blocks, {
    isPrivate: true,
    buttons: [switchButton("relay", now.relay, ref, tongue), switchButton("clear", now.clear, ref, tongue)],
  });
}

function rowsOf(now: Limits, tongue: Tongue): Array<[string, string]> {
  const volume = (day: number | null, week: number | null) => {
    const parts = [
      ...(day === null ? [] : [tongue.say("limits.day", { size: tongue.size(day) })]),
      ...(week === null ? [] : [tongue.say("limits.week", { size: tongue.size(week) })]),
    ];
    return parts.length === 0 ? tongue.say("limits.free") : parts.join(", ");
  };
  const allowed = (is: boolean) => tongue.say(is ? "limits.allowed" : "limits.forbidden");
  const { hours, bytesPerSecond } = now;
  return [
    [tongue.say("limits.slots-out"), tongue.say("limits.slots", { n: now.slotsOut })],
    [tongue.say("limits.slots-in"), tongue.say("limits.slots", { n: now.slotsIn })],
    [tongue.say("limits.hours"), hours === null ? tongue.say("limits.always") : tongue.say("group.quiet-hours", hours)],
    [tongue.say("limits.member"), volume(now.memberDayBytes, now.memberWeekBytes)],
    [tongue.say("limits.group"), volume(now.groupDayBytes, now.groupWeekBytes)],
    [tongue.say("limits.clear"), allowed(now.clear)],
    [tongue.say("limits.relay"), allowed(now.relay)],
    [
      tongue.say("limits.rate"),
      bytesPerSecond === null
        ? tongue.say("limits.free")
        : tongue.say("pull.speed", { size: tongue.size(bytesPerSecond) }),
    ],
  ];
}

function switchButton(what: "relay" | "clear", is: boolean, ref: string, tongue: Tongue): Button {
  const next = is ? "off" : "on";
  return {
    label: tongue.say(`button.${what}-${next}`),
    command: `/servers limits ${ref} ${what}=${next}`,
    role: "plain",
  };
}
