// /leave: leave the group, after a question that says what goes with it.
import { saySentence } from "../reply.ts";
import { agreedIn, ask } from "./ask.ts";
import type { Command } from "./command.ts";
import { refuseExtra } from "./command.ts";

export const leave: Command = {
  name: "leave",
  actions: [],
  takes: "nothing",
  async run(call) {
    refuseExtra(call);
    const { client, context, tongue } = call;
    if (agreedIn(call) === undefined) {
      const { group } = await client.people.hello(context, {});
      const text = group === null ? tongue.say("group.leave-ask-here") : tongue.say("group.leave-ask", { group });
      return ask(call, { blocks: [{ kind: "text", text }], command: "/leave", yes: "button.leave" });
    }
    const { name } = await client.groups.leave(context, {});
    return saySentence(tongue.say("group.left", { group: name }), { tone: "ok" });
  },
};
