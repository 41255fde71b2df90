// The talk between whoever sits at the console and the bot, one line at a time: the console's own commands, questions
// and their answers, the next page. Knows no terminal; both the terminal and the script use it.
import type { Language } from "#contract";
import type { Told } from "../adapter.ts";
import type { Dispatch } from "../dispatch.ts";
import type { Reply } from "../reply.ts";
import { saySentence } from "../reply.ts";
import type { Tongue } from "../words/index.ts";
import type { Hints } from "./hints.ts";
import { createHints } from "./hints.ts";
import type { LocalCommands } from "./local.ts";
import { createLocalCommands, sayWhere } from "./local.ts";
import type { ConsoleOptions } from "./options.ts";
import type { Speaker } from "./speaker.ts";
import { contextOf, readName, readRoomId } from "./speaker.ts";

export interface ConversationDeps {
  dispatch: Dispatch;
  tongueOf: (language: Language) => Tongue;
  makeRequestId: () => string;
  options: ConsoleOptions;
}

export interface Answer {
  reply: Reply;
  /** Whoever asked, for following the reply after somebody else speaks. */
  speaker: Speaker;
  isEnd: boolean;
}

export interface Conversation {
  speaker: Speaker;
  hints: Hints;
  tongue(): Tongue;
  prompt(): string;
  answer(line: string): Promise<Answer>;
  /** A later state of a reply, as the one who asked sees it. */
  askAgain(command: string, speaker: Speaker): Promise<Reply>;
  /** Remembers a message that can be reacted to. */
  noteAnnouncement(told: Told, roomId: string): void;
  isAsking(): boolean;
}

export function createConversation(deps: ConversationDeps): Conversation {
  const { dispatch, options, makeRequestId } = deps;
  const hints = createHints();
  const speaker: Speaker = {
    name: readName(options.as) ?? "Owner",
    language: options.language,
    roomId: readRoomId(options.room) ?? "main",
    isPrivate: options.isPrivate,
  };
  const tongue = () => deps.tongueOf(speaker.language);
  const local: LocalCommands = createLocalCommands({ dispatch, makeRequestId, speaker, tongue, hints });
  let question: { label: string; command: string } | undefined;

  const run = (text: string, who: Speaker) =>
    dispatch.run({ text, context: contextOf(who), requestId: makeRequestId() });

  const answerOne = async (line: string): Promise<{ reply: Reply; isEnd: boolean }> => {
    const asked = question;
    question = undefined;
    if (asked && !line.startsWith("/")) {
      const isYes = tongue().say("console.yes-letters").split(" ").includes(line.toLowerCase());
      return { reply: await run(isYes ? asked.command : "/nothing", speaker), isEnd: false };
    }
    return (await local.run(line)) ?? { reply: local.extend(line, await run(line, speaker)), isEnd: false };
  };

  return {
    speaker,
    hints,
    tongue,
    prompt: () => {
      if (question) return tongue().say("console.question", { question: question.label });
      return speaker.isPrivate ? `${speaker.name}> ` : `${speaker.name}@${speaker.roomId}> `;
    },
    async answer(line) {
      const { reply, isEnd } = await answerOne(line.trim());
      const yes = reply.buttons.find((button) => button.role === "yes");
      question = yes && { label: yes.label, command: yes.command };
      hints.note(reply);
      return { reply, isEnd, speaker: { ...speaker } };
    },
    askAgain: (command, who) => run(command, { ...who, language: speaker.language }),
    noteAnnouncement: (told, roomId) => local.noteAnnouncement(told.eventId, roomId),
    isAsking: () => question !== undefined,
  };
}

/** The greeting of the interactive console. */
export function greet(conversation: Conversation): Reply {
  const { speaker } = conversation;
  const tongue = conversation.tongue();
  const reply = saySentence(sayWhere(speaker, tongue));
  reply.blocks.push({ kind: "text", text: tongue.say("console.hint") });
  return reply;
}
