// /new: what came to the catalog last, or with a reference what one announcement told.
import type { Reply } from "../reply.ts";
import { makeReply, saySentence } from "../reply.ts";
import type { Call, Command } from "./command.ts";
import { refuse, refuseExtra } from "./command.ts";
import { describeItem, listReply } from "./lists.ts";

export const latest: Command = {
  name: "new",
  actions: [],
  takes: "nothing",
  async run(call) {
    refuseExtra(call, 1);
    if (call.words[0] !== undefined) return showAnnouncement(call, call.words[0].toLowerCase());
    const { tongue, client, context, options } = call;
    const page = await client.catalog.latest(context, options.after === undefined ? {} : { cursor: options.after });
    if (page.items.length === 0) return saySentence(tongue.say("new.none"));
    return listReply(call, page, "/new", [{ kind: "heading", text: tongue.say("new.title") }]);
  },
};

async function showAnnouncement({ client, context, tongue, now }: Call, ref: string): Promise<Reply> {
  if (!/^a[0-9a-z]{1,12}$/.test(ref)) return refuse(tongue.say("input.unexpected", { word: ref }));
  const { items, total } = await client.announcements.show(context, { announcement: ref });
  if (items.length === 0) return saySentence(tongue.say("new.none"));
  const title = tongue.say("list.title", { title: ref, count: tongue.say("count.files", { n: total }) });
  const list = items.map((item) => describeItem(item, tongue, now));
  const pull = { label: tongue.say("button.pull"), command: `/pull ${ref}`, role: "plain" } as const;
  return makeReply(
    [
      { kind: "heading", text: title },
      { kind: "items", items: list },
    ],
    { buttons: [pull] },
  );
}
