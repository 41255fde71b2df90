// /transfers: one's own pulls and what can be done with them.
import type { Pull } from "#contract";
import type { Button, Reply } from "../reply.ts";
import { makeReply, saySentence } from "../reply.ts";
import type { Actions, Call, Command } from "./command.ts";
import { refuse, refuseExtra, runAction } from "./command.ts";
import { pullLine, pullReply } from "./pull-card.ts";

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
const actions: Actions = Object.fromEntries(verbs.map((verb) => [verb, (call: Call) => act(call, verb)]));

export const transfers: Command = {
  name: "transfers",
  actions: verbs,
  takes: "pull",
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
