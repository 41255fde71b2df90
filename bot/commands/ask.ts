// A question with two buttons before something that cannot be undone. The answer runs the same command with --yes.
import { writeOption } from "../arguments.ts";
import type { Block, Reply, Tone } from "../reply.ts";
import { makeReply } from "../reply.ts";
import type { WordKey } from "../words/index.ts";
import type { Call } from "./command.ts";

/** The yes-button carries this message's request id: pressed twice, it is still one request. */
export function ask(
  call: Call,
  question: {
    blocks: Block[];
    command: string;
    yes: Extract<WordKey, `button.${"remove" | "leave" | "erase" | "unbind" | "stop-yes"}` | "plan.question">;
    tone?: Tone;
  },
): Reply {
  const { tongue } = call;
  return makeReply(question.blocks, {
    tone: question.tone ?? "warn",
    isPrivate: true,
    editKey: `ask:${call.requestId}`,
    buttons: [
      {
        label: tongue.say(question.yes),
        command: `${question.command} ${writeOption("yes", call.requestId)}`,
        role: "yes",
      },
      { label: tongue.say("button.cancel"), command: "/nothing", role: "no" },
    ],
  });
}

/** The request id of the question that was answered with yes, this message's own for a typed `yes`, or undefined. */
export function agreedIn(call: Call): string | undefined {
  const { yes } = call.options;
  if (yes === undefined) return undefined;
  return yes.length >= 8 && yes.length <= 128 ? yes : call.requestId;
}
