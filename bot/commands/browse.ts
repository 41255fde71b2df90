// /browse: shares, then folders, then files; a number, a reference or a typed path leads deeper.

import { quoteWord } from "../arguments.ts";
import type { Button } from "../reply.ts";
import { saySentence } from "../reply.ts";
import { cleanName } from "../text.ts";
import type { Command } from "./command.ts";
import { nameIn } from "./command.ts";
import { cursorIn, listReply } from "./lists.ts";

export const browse: Command = {
  name: "browse",
  actions: [],
  takes: "item",
  isOpen: true,
  async run(call) {
    const { tongue, client, context } = call;
    const where = nameIn(call.words);
    const input = { ...(where === undefined ? {} : { where }), ...cursorIn(call) };
    const page = await client.catalog.browse(context, input);
    const up: Button[] =
      page.parentRef === null
        ? []
        : [{ label: tongue.say("button.up"), command: `/browse ${page.parentRef}`, role: "plain" }];
    if (page.items.length === 0) {
      return saySentence(tongue.say(page.share === null ? "browse.none" : "browse.empty"), { buttons: up });
    }
    const here =
      page.share === null
        ? tongue.say("browse.shares")
        : [page.share, page.path].filter(Boolean).map(cleanName).join("/");
    const again = where === undefined ? "/browse" : `/browse ${quoteWord(where)}`;
    const isOnePlace = page.share !== null;
    return listReply(call, page, again, [{ kind: "heading", text: here }], {
      buttons: up,
      isOnePlace,
      opensFolders: true,
    });
  },
};
