// /join: become a member of this room's group, or of the one that a code names.
import { saySentence } from "../reply.ts";
import type { Command } from "./command.ts";
import { requireCode } from "./command.ts";
import { nextButtons, nextStep } from "./start.ts";

export const join: Command = {
  name: "join",
  actions: [],
  takes: "nothing",
  async run(call) {
    const input = call.words.length === 0 ? {} : { code: requireCode(call) };
    const { name } = await call.client.groups.join(call.context, input);
    const reply = saySentence(call.tongue.say("group.joined", { group: name }), { tone: "ok" });
    // Joined is joined, also when the next step cannot be told.
    const hello = await call.client.people.hello(call.context, {}).catch(() => undefined);
    if (!hello) return reply;
    reply.blocks.push({ kind: "text", text: nextStep(hello, call.tongue) });
    return { ...reply, buttons: nextButtons(hello, call.tongue, call.context.room.kind === "private") };
  },
};
