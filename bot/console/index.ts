// The console as a chat platform: an adapter like the others, in a terminal or on a pipe.
import { styleText } from "node:util";
import type { Adapter, Told } from "../adapter.ts";
import type { Clock } from "../clock.ts";
import type { Dispatch } from "../dispatch.ts";
import type { Reply } from "../reply.ts";
import { saySentence } from "../reply.ts";
import { cleanName } from "../text.ts";
import type { Tongue } from "../words/index.ts";
import { createConversation } from "./conversation.ts";
import { createFollowed } from "./follow.ts";
import { openScreen } from "./interactive.ts";
import type { ConsoleOptions } from "./options.ts";
import type { Paint, Style } from "./render.ts";
import { paintNothing } from "./render.ts";
import { runScript } from "./script.ts";
import { userIdOf } from "./speaker.ts";
import type { TerminalInput, TerminalOutput } from "./terminal.ts";

export interface ConsoleDeps {
  dispatch: Dispatch;
  clock: Clock;
  tongueOf: (language: Tongue["language"]) => Tongue;
  makeRequestId: () => string;
  options: ConsoleOptions;
  input: TerminalInput;
  output: TerminalOutput;
}

interface Display {
  show(reply: Reply, head: string): void;
  done: Promise<number>;
}

/** Both ends are a terminal: an interactive chat. Else lines are read and answered in turn. */
export function createConsole(deps: ConsoleDeps): Adapter {
  const conversation = createConversation(deps);
  const followed = createFollowed(conversation, deps.clock);
  const isTerminal = deps.input.isTTY === true && deps.output.isTTY === true;
  const paint = isTerminal ? createPaint(deps.output) : paintNothing;
  let display: Display | undefined;

  const headOf = (told: Told, to: string) => paint("dim", `#${told.eventId}${to === "" ? "" : ` (${to})`}`);
  return {
    platform: "console",
    async tellRoom(roomId, told) {
      const reply = told.describe(conversation.tongue());
      const { speaker } = conversation;
      if (reply.announcement !== undefined) conversation.noteAnnouncement(told, roomId);
      display?.show(reply, headOf(told, roomId === speaker.roomId && !speaker.isPrivate ? "" : cleanName(roomId)));
      return String(told.eventId);
    },
    async tellPerson(userId, _language, told) {
      const reply = told.describe(conversation.tongue());
      if (followed.isShown(reply)) return;
      followed.noteShown(reply);
      const isMe = userId === userIdOf(conversation.speaker.name);
      const to = isMe ? "" : conversation.tongue().say("console.to", { name: userId });
      display?.show(reply, headOf(told, to));
    },
    onReach(isReached) {
      const tongue = conversation.tongue();
      const news = isReached
        ? saySentence(tongue.say("console.back"), { tone: "ok" })
        : saySentence(tongue.say("console.lost"), { tone: "warn" });
      display?.show(news, "");
    },
    async run(signal) {
      const parts = { ...deps, conversation, followed, paint };
      const opened: Display = isTerminal ? openScreen(parts, signal) : runScript({ ...parts, ...deps.options }, signal);
      display = opened;
      return opened.done;
    },
  };
}

type Format = Parameters<typeof styleText>[0];
const formats: Record<Style, Format | undefined> = {
  heading: "bold",
  name: "bold",
  dim: "dim",
  ok: "green",
  warn: "yellow",
  error: "red",
  bar: "cyan",
  literal: "cyan",
  plain: undefined,
};

/** Colours as the terminal and NO_COLOR allow. */
function createPaint(stream: TerminalOutput): Paint {
  return (style, text) => {
    const format = formats[style];
    return format === undefined || text === "" ? text : styleText(format, text, { stream });
  };
}
