// /browse: shares, then folders, then files; a number, a reference or a typed path leads deeper.

import { quoteWord } from "../arguments.ts";
import type { Button } from "../reply.ts";
import { saySentence } from "../reply.ts";
import { cleanName } from "../text.ts";
import type { Command } from "./command.ts";
import { nameIn } from "./command.ts";
import { listReply } from "./lists.ts";

export const browse: Command = {
  name: "browse",
  actions: [],
  takes: "item",
  async run(call) {
    const { tongue, client, context, options } = call;
    const where = nameIn(call.words);
    const page = await client.catalog.browse(context, {
      ...(where === undefined ? {} : { where }),
      ...(options.after === undefined ? {} : { cursor: options.after }),
    });
    if (page.items.length === 0) return saySentence(tongue.say(page.share === null ? "browse.none" : "browse.empty"));
    const here =
      page.share === null
        ? tongue.say("browse.shares")
        : [page.share, page.path].filter(Boolean).map(cleanName).join("/");
    const up: Button[] =
      page.parentRef === null
        ? []
        : [{ label: tongue.say("button.up"), command: `/browse ${page.parentRef}`, role: "plain" }];
    const again = where === undefined ? "/browse" : `/browse ${quoteWord(where)}`;
    const isOnePlace = page.share !== null;
    return listReply(call, page, again, [{ kind: "heading", text: here }], { buttons: up, isOnePlace });
  },
};
