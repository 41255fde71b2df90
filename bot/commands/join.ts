// /join: become a member of this room's group, or of the one that a code names.
import { saySentence } from "../reply.ts";
import type { Command } from "./command.ts";
import { requireCode } from "./command.ts";

export const join: Command = {
  name: "join",
  actions: [],
  takes: "nothing",
  async run(call) {
    const input = call.words.length === 0 ? {} : { code: requireCode(call) };
    const { name } = await call.client.groups.join(call.context, input);
    return saySentence(call.tongue.say("group.joined", { group: name }), { tone: "ok" });
  },
};
