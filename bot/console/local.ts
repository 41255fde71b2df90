// Commands that only the console has: who speaks, where, in which language, reacting, the next page, the end.
import { languageSchema, reactionSchema } from "#contract";
import type { Dispatch } from "../dispatch.ts";
import type { Reply } from "../reply.ts";
import { makeReply, saySentence } from "../reply.ts";
import type { Tongue } from "../words/index.ts";
import type { Hints } from "./hints.ts";
import { localNames } from "./hints.ts";
import type { Speaker } from "./speaker.ts";
import { contextOf, readName, readRoomId, roomOf } from "./speaker.ts";

export interface LocalCommands {
  /** Undefined when the line is not one of the console's own commands. */
  run(line: string): Promise<{ reply: Reply; isEnd: boolean } | undefined>;
  /** Adds the console's own commands to the reply of /help. */
  extend(line: string, reply: Reply): Reply;
  noteAnnouncement(eventId: number, roomId: string): void;
}

export interface LocalDeps {
  dispatch: Dispatch;
  makeRequestId: () => string;
  /** Changed in place. */
  speaker: Speaker;
  tongue: () => Tongue;
  hints: Hints;
}

type Run = (argument: string) => Promise<Reply> | Reply;

export function createLocalCommands(deps: LocalDeps): LocalCommands {
  const { speaker, tongue } = deps;
  const announced = new Map<number, string>();
  const where = () => saySentence(sayWhere(speaker, tongue()));
  const runs: Record<LocalName, Run> = {
    as: (name) => setSpeaker(deps, { name: readName(name) }, name === "" ? "console.need-name" : undefined) ?? where(),
    room: (room) =>
      setSpeaker(deps, { roomId: readRoomId(room), isPrivate: false }, room === "" ? "console.need-room" : undefined) ??
      where(),
    private: () => setSpeaker(deps, { isPrivate: true }) ?? where(),
    lang: (word) => setLanguage(deps, word),
    react: (text) => react(deps, announced, text),
    more: () => turnPage(deps, deps.hints.more()),
    back: () => turnPage(deps, deps.hints.back()),
    quit: () => saySentence(tongue().say("console.bye")),
  };
  return {
    async run(line) {
      const [command = "", argument = ""] = splitOnce(line);
      if (command.toLowerCase() === "/help") {
        const asked = findLocal(argument.trim());
        return asked && { reply: explain(asked, tongue()), isEnd: false };
      }
      const name = command.startsWith("/") ? findLocal(command) : undefined;
      if (name === undefined) return undefined;
      return { reply: await runs[name](argument), isEnd: name === "quit" };
    },
    extend: (line, reply) => (/^\/help\s*$/i.test(line) ? extendHelp(reply, tongue()) : reply),
    noteAnnouncement: (eventId, roomId) => void announced.set(eventId, roomId),
  };
}

/** Who speaks, and where. */
export function sayWhere({ name, roomId, isPrivate }: Speaker, tongue: Tongue): string {
  return isPrivate ? tongue.say("console.you-private", { name }) : tongue.say("console.you", { name, room: roomId });
}

type LocalName = (typeof localNames)[number];

function findLocal(typed: string): LocalName | undefined {
  const word = typed.replace(/^\//, "").toLowerCase();
  return localNames.find((known) => known === word);
}

function explain(name: LocalName, tongue: Tongue): Reply {
  return makeReply([
    { kind: "heading", text: `/${name}` },
    { kind: "text", text: tongue.say(`console.help-${name}`) },
  ]);
}

function splitOnce(line: string): [string, string] {
  const match = /^(\S*)\s*([\s\S]*)$/.exec(line);
  return [match?.[1] ?? "", match?.[2] ?? ""];
}

function sayMistake(text: string): Reply {
  return saySentence(text, { tone: "error" });
}

/** Changes the speaker; gives a reply only when a value is missing or wrong, and then changes nothing. */
function setSpeaker(
  { speaker, tongue }: LocalDeps,
  change: { name?: string | undefined; roomId?: string | undefined; isPrivate?: boolean },
  missing?: "console.need-name" | "console.need-room",
): Reply | undefined {
  if (missing !== undefined) return sayMistake(tongue().say(missing));
  if ("name" in change && change.name === undefined) return sayMistake(tongue().say("console.need-name"));
  if ("roomId" in change && change.roomId === undefined) return sayMistake(tongue().say("console.bad-room"));
  Object.assign(speaker, change);
  return undefined;
}

function setLanguage({ speaker, tongue }: LocalDeps, word: string): Reply {
  const language = languageSchema.safeParse(word.toLowerCase());
  if (!language.success) return sayMistake(tongue().say("console.languages"));
  speaker.language = language.data;
  return saySentence(tongue().say("console.language"));
}

/** `/react pull` is about the last announcement, `/react 12 keep` about the message #12, `… off` takes it back. */
async function react(deps: LocalDeps, announced: ReadonlyMap<number, string>, text: string): Promise<Reply> {
  const tongue = deps.tongue();
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const isOn = words.at(-1) !== "off";
  if (!isOn) words.pop();
  const last = [...announced.keys()].at(-1);
  const typedId = words.length > 1 ? words.shift()?.replace(/^#/, "") : undefined;
  const reaction = reactionSchema.safeParse(words[0]);
  if (!reaction.success || words.length > 1)
    return sayMistake(tongue.say("react.unknown", { id: typedId ?? String(last ?? 12) }));
  if (typedId !== undefined && !/^\d{1,15}$/.test(typedId))
    return sayMistake(tongue.say("react.bad-id", { id: last ?? 12 }));
  const messageId = typedId ?? (last === undefined ? undefined : String(last));
  if (messageId === undefined) return sayMistake(tongue.say("react.nothing"));
  // A reaction is made in the room that shows the message, wherever the speaker stands now.
  const roomId = announced.get(Number(messageId)) ?? deps.speaker.roomId;
  const context = { ...contextOf(deps.speaker), room: roomOf(roomId) };
  const made = { on: { messageId }, reaction: reaction.data, isOn, isLate: false, context };
  const reply = await deps.dispatch.react({ ...made, requestId: deps.makeRequestId() });
  return reply ?? saySentence(tongue.say(isOn ? "react.known" : "react.taken-back"));
}

async function turnPage(deps: LocalDeps, text: string | undefined): Promise<Reply> {
  const { dispatch, speaker, tongue, makeRequestId } = deps;
  if (text === undefined) return sayMistake(tongue().say("console.no-more"));
  return dispatch.run({ text, context: contextOf(speaker), requestId: makeRequestId() });
}

function extendHelp(reply: Reply, tongue: Tongue): Reply {
  const commands = localNames.map((name) => `/${name}`).join(" ");
  const text = tongue.say("console.help-here", { commands });
  return { ...reply, blocks: [...reply.blocks, { kind: "text", text }] };
}
