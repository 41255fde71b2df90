// /pull: first the dry run with its question, then, agreed, one message that follows the pull to its end.
import type { api, OutputOf } from "#contract";
import { quoteWord } from "../arguments.ts";
import type { Block, Reply } from "../reply.ts";
import { makeReply } from "../reply.ts";
import { cleanName } from "../text.ts";
import { agreedIn, ask } from "./ask.ts";
import type { Call, Command } from "./command.ts";
import { nameIn, refuse } from "./command.ts";
import { pullReply } from "./pull-card.ts";

type Plan = OutputOf<(typeof api)["transfers"]["plan"]>;
interface Wish {
  what: string[];
  to?: string;
  requestId: string | undefined;
}

export const pull: Command = {
  name: "pull",
  actions: [],
  takes: "item",
  async run(call) {
    const { client, context } = call;
    const { requestId, ...wish } = readWish(call);
    if (requestId === undefined) return planReply(call, wish, await client.transfers.plan(context, wish));
    const started = await client.transfers.pull(context, { ...wish, requestId });
    return pullReply(started.pull, call.tongue, call.now);
  },
};

function readWish(call: Call): Wish {
  const words = [...call.words];
  let requestId = agreedIn(call);
  if (words.length > 1 && /^(yes|oui)$/i.test(words.at(-1) ?? "")) {
    words.pop();
    requestId ??= call.requestId;
  }
  const at = words.findIndex((word, index) => index > 0 && word.toLowerCase() === "to");
  const to = at === -1 ? undefined : nameIn(words.splice(at).slice(1));
  const what = words.flatMap((word) => word.split(",")).filter((word) => word !== "");
  const isPlain = what.every((word) => /^[0-9a-z]{1,13}$/i.test(word));
  if (what.length === 0 || what.length > 50 || !isPlain) return refuse(call.tongue.say("missing.pull"));
  return { what, requestId, ...(to === undefined ? {} : { to }) };
}

function planReply(call: Call, wish: { what: string[]; to?: string }, plan: Plan): Reply {
  const { tongue } = call;
  const { title, to } = plan;
  if (plan.files === plan.alreadyThere && plan.files > 0) {
    return makeReply([{ kind: "text", text: tongue.say("plan.nothing", { to }) }], { tone: "ok", isPrivate: true });
  }
  const blocks: Block[] = [{ kind: "heading", text: tongue.say("plan.title", { title }) }, planTable(call, plan)];
  if (!plan.fits) {
    blocks.push({ kind: "text", text: tongue.say("plan.does-not-fit"), tone: "error" });
    return makeReply(blocks, { tone: "error", isPrivate: true });
  }
  const command = ["/pull", ...plan.what, ...(wish.to === undefined ? [] : ["to", quoteWord(wish.to)])].join(" ");
  return ask(call, { blocks, command, yes: "plan.question", tone: "plain" });
}

function planTable({ tongue }: Call, plan: Plan): Block {
  const rows: Array<[string, string]> = [
    [tongue.say("plan.from"), tongue.list(plan.from.map(cleanName))],
    [tongue.say("plan.to"), cleanName(plan.to)],
    [tongue.say("plan.size"), `${tongue.say("count.files", { n: plan.files })}, ${tongue.size(plan.bytes)}`],
  ];
  if (plan.alreadyThere > 0) {
    const there = tongue.say("count.files", { n: plan.alreadyThere });
    rows.push([tongue.say("plan.there"), `${there}, ${tongue.size(plan.alreadyThereBytes)}`]);
  }
  const budget = plan.budgetLeftBytes;
  rows.push(
    [tongue.say("plan.budget"), budget === null ? tongue.say("plan.unlimited") : tongue.size(Math.max(0, budget))],
    [
      tongue.say("plan.duration"),
      plan.estimatedMs === null ? tongue.say("plan.unknown") : tongue.duration(plan.estimatedMs),
    ],
  );
  return { kind: "table", rows };
}
