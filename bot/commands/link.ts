// /link: one person on two platforms. Without a code it gives one, with a code it joins the two.
import { makeReply, saySentence } from "../reply.ts";
import type { Command } from "./command.ts";
import { lastsFor, requireCode } from "./command.ts";

export const link: Command = {
  name: "link",
  actions: [],
  takes: "nothing",
  async run(call) {
    const { client, context, tongue } = call;
    if (call.words.length > 0) {
      await client.people.link(context, { code: requireCode(call) });
      return saySentence(tongue.say("link.done"), { tone: "ok", isPrivate: true });
    }
    const { code, expiresAt } = await client.people.linkCode(context, {});
    const text = tongue.say("link.code", { time: lastsFor(call, expiresAt) });
    return makeReply(
      [
        { kind: "text", text },
        { kind: "literal", text: `/link ${code}` },
      ],
      { isPrivate: true },
    );
  },
};
