// What the bot offers in a room that belongs to no group yet: when it comes in, and at /start. Pure.
import { nameSchema } from "#contract";
import { quoteWord } from "../arguments.ts";
import type { Button, Reply } from "../reply.ts";
import { makeReply } from "../reply.ts";
import { cleanName, cutGraphemes } from "../text.ts";
import type { Tongue } from "../words/index.ts";

/** @param title of the room, as hostile as people make it */
export function offerReply(tongue: Tongue, title: string): Reply {
  const help: Button = { label: tongue.say("button.help"), command: "/help", role: "plain", isForAll: true };
  return makeReply([{ kind: "text", text: tongue.say("offer.hello") }], {
    buttons: [makeGroupButton(tongue, title), help],
  });
}

/** Anybody may press it; the core lets admins of the room only. The group is called like the room. */
export function makeGroupButton(tongue: Tongue, title: string): Button {
  const name = groupName(title) ?? tongue.say("offer.name");
  const command = `/group create ${quoteWord(name)}`;
  return { label: tongue.say("button.make-group"), command, role: "plain", isForAll: true };
}

/** The title as a group's name; undefined when nothing of it is one. */
function groupName(title: string): string | undefined {
  const plain = cleanName(title)
    .replace(/\s+/gu, " ")
    // A Discord room is titled `Server #channel`: its people know the group by the server.
    .replace(/(?<=\S) #\S+$/u, "");
  if (!/[\p{L}\p{N}]/u.test(plain)) return undefined;
  for (let length = 64; length > 0; length -= 8) {
    const name = nameSchema.safeParse(cutGraphemes(plain, length));
    if (name.success) return name.data;
  }
  return undefined;
}
