// /privacy: what is stored about a person, all of it as data, and its end.
import type { Button, Reply } from "../reply.ts";
import { makeReply, saySentence } from "../reply.ts";
import { agreedIn, ask } from "./ask.ts";
import type { Actions, Call, Command } from "./command.ts";
import { refuseExtra, runAction } from "./command.ts";

const actions: Actions = { show: async (call) => show(call), export: exportAll, erase };

export const privacy: Command = {
  name: "privacy",
  actions: Object.keys(actions),
  takes: "nothing",
  run: (call) => runAction(call, "privacy", actions, async () => show(call)),
};

function show({ tongue }: Call): Reply {
  const buttons: Button[] = [
    { label: tongue.say("button.export"), command: "/privacy export", role: "plain" },
    { label: tongue.say("button.erase"), command: "/privacy erase", role: "plain" },
  ];
  const texts = [tongue.say("privacy.what"), tongue.say("help.addresses"), tongue.say("privacy.how")];
  return makeReply(
    texts.map((text) => ({ kind: "text", text })),
    { isPrivate: true, buttons },
  );
}

async function exportAll(call: Call): Promise<Reply> {
  refuseExtra(call);
  const { data } = await call.client.people.export(call.context, {});
  const text = JSON.stringify(data, null, 2);
  return makeReply(
    [
      { kind: "text", text: call.tongue.say("privacy.export") },
      { kind: "document", name: "fonshare.json", text },
    ],
    { isPrivate: true },
  );
}

async function erase(call: Call): Promise<Reply> {
  refuseExtra(call);
  if (agreedIn(call) === undefined) {
    const text = call.tongue.say("privacy.erase-ask");
    return ask(call, { blocks: [{ kind: "text", text }], command: "/privacy erase", yes: "button.erase" });
  }
  await call.client.people.erase(call.context, {});
  return saySentence(call.tongue.say("privacy.erased"), { tone: "ok", isPrivate: true });
}
