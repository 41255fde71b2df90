// /transfers: one's own pulls and what can be done with them.
import type { Pull } from "#contract";
import { quoteWord } from "../arguments.ts";
import type { Button, Reply } from "../reply.ts";
import { makeReply, saySentence } from "../reply.ts";
import type { Actions, Call, Command } from "./command.ts";
import { nameIn, refuse, refuseExtra, runAction } from "./command.ts";
import { pairReply } from "./pair-card.ts";
import { pullLine, pullReply } from "./pull-card.ts";
import { others, stop } from "./transfers-others.ts";

type Verb = "show" | "pause" | "resume" | "cancel" | "retry";

/** States in which a verb makes sense, to find the one pull that is meant when none is named. */
const fitting: Record<Verb, ReadonlyArray<Pull["state"]>> = {
  show: ["queued", "running", "waiting", "paused"],
  pause: ["queued", "running", "waiting"],
  resume: ["paused"],
  cancel: ["queued", "running", "waiting", "paused"],
  retry: ["failed", "cancelled"],
};

const refPattern = /^p[0-9a-z]{1,12}$/;
const verbs = Object.keys(fitting) as Verb[];
const actions: Actions = {
  ...Object.fromEntries(verbs.map((verb) => [verb, (call: Call) => act(call, verb)])),
  check,
  others,
  stop,
};

export const transfers: Command = {
  name: "transfers",
  actions: Object.keys(actions),
  takes: "pull",
  takesFor: { check: "item", others: "nothing", stop: "nothing" },
  async run(call) {
    const word = call.words[0]?.toLowerCase() ?? "";
    // A reference alone shows that pull.
    if (refPattern.test(word) && !Object.hasOwn(actions, word)) return act(call, "show");
    return runAction(call, "transfers", actions, list);
  },
};

async function list({ client, context, tongue, now }: Call): Promise<Reply> {
  const { pulls } = await client.transfers.list(context, {});
  if (pulls.length === 0) return saySentence(tongue.say("transfers.none"), { isPrivate: true });
  const items = pulls.map((pull) => pullLine(pull, tongue, now));
  const blocks = [
    { kind: "heading", text: tongue.say("transfers.title") },
    { kind: "items", items },
  ] as const;
  const buttons = pulls.map(({ ref }): Button => ({ label: ref, command: `/transfers show ${ref}`, role: "item" }));
  return makeReply([...blocks], { isPrivate: true, buttons });
}

async function act(call: Call, verb: Verb): Promise<Reply> {
  refuseExtra(call, 1);
  const ref = call.words[0]?.toLowerCase() ?? (await onlyFitting(call, verb));
  if (!refPattern.test(ref)) return refuse(call.tongue.say("missing.transfer", { verb }));
  const { pull } = await call.client.transfers[verb](call.context, { pull: ref });
  return pullReply(pull, call.tongue, call.now);
}

/** The doctor: of a file, a folder or a pull that failed, to the server that is named or the only one with an inbox. */
async function check(call: Call): Promise<Reply> {
  const { client, context, tongue } = call;
  const [what, ...rest] = call.words;
  if (what === undefined || !/^[0-9a-z]{1,13}$/i.test(what)) return refuse(tongue.say("missing.pair"));
  const to = nameIn(rest[0]?.toLowerCase() === "to" ? rest.slice(1) : rest);
  const found = await client.transfers.check(context, { what: [what], ...(to === undefined ? {} : { to }) });
  const isPull = refPattern.test(what.toLowerCase());
  const pull = isPull ? `/transfers retry ${what}` : `/pull ${what}${to === undefined ? "" : ` to ${quoteWord(to)}`}`;
  return pairReply(found, { command: pull, label: tongue.say(isPull ? "button.retry" : "button.pull") }, tongue);
}

async function onlyFitting(call: Call, verb: Verb): Promise<string> {
  const { pulls } = await call.client.transfers.list(call.context, {});
  const refs = pulls.filter((pull) => fitting[verb].includes(pull.state)).map((pull) => pull.ref);
  const [first] = refs;
  if (first === undefined) return refuse(call.tongue.say("transfers.no-fit"));
  if (refs.length > 1) {
    refuse(call.tongue.say("transfers.which", { refs: call.tongue.list(refs), verb, example: first }));
  }
  return first;
}
