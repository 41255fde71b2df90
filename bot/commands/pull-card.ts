// One pull as a reply: a progress message that is edited until the pull ends, and its line in a list.
import type { Pull } from "#contract";
import type { Block, Button, ListItem, Reply, Tone } from "../reply.ts";
import { makeReply } from "../reply.ts";
import { cleanName } from "../text.ts";
import type { Tongue } from "../words/index.ts";

const changing: ReadonlySet<Pull["state"]> = new Set(["queued", "running", "waiting"]);
const tones: Partial<Record<Pull["state"], Tone>> = { done: "ok", failed: "error", waiting: "warn" };

/** Every reply about one pull has the same edit key, the notice of its end included. */
export function pullReply(pull: Pull, tongue: Tongue, now: Date): Reply {
  const isChanging = changing.has(pull.state);
  const blocks = isChanging ? progressBlocks(pull, tongue, now) : endBlocks(pull, tongue);
  return makeReply(blocks, {
    tone: tones[pull.state] ?? "plain",
    isPrivate: true,
    editKey: `pull:${pull.ref}`,
    buttons: pullButtons(pull, tongue),
    ...(isChanging ? { follow: `/transfers show ${pull.ref}` } : {}),
  });
}

export function pullLine(pull: Pull, tongue: Tongue, now: Date): ListItem {
  const from = tongue.list(pull.from.map(cleanName));
  return {
    number: null,
    ref: pull.ref,
    icon: "pull",
    name: cleanName(pull.title),
    size: tongue.size(pull.bytes),
    age: tongue.age(pull.createdAt, now),
    details: [
      tongue.say("pull.route", { from, to: pull.to }),
      changing.has(pull.state) ? stateOf(pull, tongue, now) : filesOf(pull, tongue),
      ...reasonOf(pull, tongue),
    ].filter((text) => text !== ""),
    mark: { text: tongue.say(`pull.${pull.state}`), tone: tones[pull.state] ?? "plain" },
  };
}

function progressBlocks(pull: Pull, tongue: Tongue, now: Date): Block[] {
  const fraction = pull.bytes > 0 ? Math.min(1, pull.bytesDone / pull.bytes) : 0;
  const text = [stateOf(pull, tongue, now), ...reasonOf(pull, tongue)].join(" · ");
  return [{ kind: "progress", title: `${cleanName(pull.title)} (${pull.ref})`, fraction, text }];
}

function stateOf(pull: Pull, tongue: Tongue, now: Date): string {
  if (pull.state === "queued") {
    return pull.position === null
      ? tongue.say("pull.queued")
      : tongue.say("pull.queued-at", { position: pull.position });
  }
  if (pull.state === "waiting") {
    return pull.nextTryAt === null
      ? tongue.say("pull.waiting")
      : tongue.say("pull.waiting-until", { time: tongue.moment(pull.nextTryAt, now) });
  }
  const parts = [tongue.say("pull.of", { done: tongue.size(pull.bytesDone), all: tongue.size(pull.bytes) })];
  if (pull.bytesPerSecond !== null) parts.push(tongue.say("pull.speed", { size: tongue.size(pull.bytesPerSecond) }));
  if (pull.files > 1) parts.push(filesOf(pull, tongue));
  if (pull.remainingMs !== null) parts.push(tongue.say("pull.left", { time: tongue.duration(pull.remainingMs) }));
  return parts.join(" · ");
}

function filesOf(pull: Pull, tongue: Tongue): string {
  return tongue.say("pull.files-of", { done: pull.filesDone, all: pull.files });
}

function reasonOf(pull: Pull, tongue: Tongue): string[] {
  return pull.reason === null ? [] : [tongue.error(pull.reason.code, pull.reason.params)];
}

function endBlocks(pull: Pull, tongue: Tongue): Block[] {
  const texts = [endSentence(pull, tongue), ...reasonOf(pull, tongue)];
  if (pull.state === "failed") texts.push(tongue.say("pull.try-again", { ref: pull.ref }));
  return texts.map((text, index) => ({
    kind: "text",
    text,
    tone: index === 0 ? (tones[pull.state] ?? "plain") : "plain",
  }));
}

function endSentence(pull: Pull, tongue: Tongue): string {
  const { title, to } = pull;
  if (pull.state === "cancelled") return tongue.say("pull.cancelled-line", { title });
  if (pull.state === "paused") return tongue.say("pull.paused-line", { title });
  if (pull.state === "done") {
    const files = tongue.say("count.files", { n: pull.files });
    return tongue.say("pull.done-line", { title, to, files, size: tongue.size(pull.bytes) });
  }
  return pull.filesDone > 0
    ? tongue.say("pull.failed-some", { n: pull.filesFailed, title, to })
    : tongue.say("pull.failed-line", { title, to });
}

function pullButtons(pull: Pull, tongue: Tongue): Button[] {
  const make = (verb: "pause" | "resume" | "cancel" | "retry" | "check"): Button => ({
    label: tongue.say(`button.${verb}`),
    command: `/transfers ${verb} ${pull.ref}`,
    role: "plain",
  });
  if (changing.has(pull.state)) return [make("pause"), make("cancel")];
  if (pull.state === "paused") return [make("resume"), make("cancel")];
  if (pull.state !== "failed") return [];
  // What stands between the two servers, the doctor can tell.
  return pull.reason?.code.startsWith("fxp.") ? [make("retry"), make("check")] : [make("retry")];
}
