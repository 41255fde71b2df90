// /transfers others and /transfers stop: what others take from one's own servers.
import type { Outgoing } from "#contract";
import { CallError } from "#contract";
import type { Button, ListItem, Reply, Tone } from "../reply.ts";
import { makeReply, saySentence } from "../reply.ts";
import { cleanName } from "../text.ts";
import type { Tongue } from "../words/index.ts";
import { agreedIn, ask } from "./ask.ts";
import type { Call } from "./command.ts";
import { refuse, refuseExtra } from "./command.ts";

const open: ReadonlySet<Outgoing["state"]> = new Set(["queued", "running", "waiting", "paused"]);
const mostListed = 50;
const tones: Partial<Record<Outgoing["state"], Tone>> = { done: "ok", failed: "error", waiting: "warn" };

export async function others(call: Call): Promise<Reply> {
  refuseExtra(call);
  const { client, context, tongue, now } = call;
  const { outgoing } = await client.transfers.outgoing(context, {});
  if (outgoing.length === 0) return saySentence(tongue.say("others.none"), { isPrivate: true });
  const items = outgoing.map((one) => lineOf(one, tongue, now));
  const stoppable = [...new Set(outgoing.filter((one) => open.has(one.state)).map((one) => one.ref))];
  const buttons = stoppable.map(
    (ref): Button => ({ label: tongue.say("button.stop", { ref }), command: `/transfers stop ${ref}`, role: "item" }),
  );
  return makeReply(
    [
      { kind: "heading", text: tongue.say("others.title") },
      { kind: "items", items },
    ],
    { isPrivate: true, buttons },
  );
}

function lineOf(one: Outgoing, tongue: Tongue, now: Date): ListItem {
  const speed =
    one.bytesPerSecond === null ? [] : [tongue.say("pull.speed", { size: tongue.size(one.bytesPerSecond) })];
  const progress = [
    tongue.say("pull.of", { done: tongue.size(one.bytesDone), all: tongue.size(one.bytes) }),
    ...(one.files > 1 ? [tongue.say("pull.files-of", { done: one.filesDone, all: one.files })] : []),
    ...speed,
  ];
  const { person, group, server } = one;
  return {
    number: null,
    ref: one.ref,
    icon: "pull",
    name: cleanName(one.path),
    size: tongue.size(one.bytes),
    age: one.startedAt === null ? "" : tongue.age(one.startedAt, now),
    details: [
      tongue.say("others.who", { person: cleanName(person), group: cleanName(group), server: cleanName(server) }),
      progress.join(" · "),
    ],
    mark: { text: tongue.say(`pull.${one.state}`), tone: tones[one.state] ?? "plain" },
  };
}

export async function stop(call: Call): Promise<Reply> {
  refuseExtra(call, 1);
  const { client, context, tongue } = call;
  const ref = call.words[0]?.toLowerCase() ?? "";
  if (!/^p[0-9a-z]{1,12}$/.test(ref)) return refuse(tongue.say("missing.stop"));
  if (agreedIn(call) === undefined) {
    await refuseToAsk(call, ref);
    const text = tongue.say("others.stop-ask", { ref });
    return ask(call, { blocks: [{ kind: "text", text }], command: `/transfers stop ${ref}`, yes: "button.stop-yes" });
  }
  const { stopped } = await client.transfers.stop(context, { pull: ref });
  const text = tongue.say("others.stopped", { ref, files: tongue.say("count.files", { n: stopped }) });
  return saySentence(text, { tone: "ok", isPrivate: true });
}

/** A question that can only be answered with an error is not asked. */
async function refuseToAsk({ client, context }: Call, ref: string): Promise<void> {
  const { outgoing } = await client.transfers.outgoing(context, { limit: mostListed });
  const named = outgoing.filter((one) => one.ref === ref);
  // In a list that is full, an older one may be missing.
  if (named.length === 0 && outgoing.length < mostListed) throw new CallError("pull.unknown");
  if (named.length > 0 && !named.some((one) => open.has(one.state))) throw new CallError("pull.wrong-state");
}
