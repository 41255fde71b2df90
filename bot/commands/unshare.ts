// /unshare: stop sharing, at once.
import { saySentence } from "../reply.ts";
import type { Command } from "./command.ts";
import { nameIn, refuse } from "./command.ts";

export const unshare: Command = {
  name: "unshare",
  actions: [],
  takes: "share",
  asksAdmin: true,
  async run(call) {
    const typed = nameIn(call.words);
    if (typed === undefined) return refuse(call.tongue.say("missing.unshare"));
    if (typed.length > 64) return refuse(call.tongue.say("input.bad-name", { name: typed }));
    const { name } = await call.client.shares.remove(call.context, { name: typed });
    return saySentence(call.tongue.say("share.removed", { share: name }), { tone: "ok" });
  },
};
