// /new: what came to the catalog last; with a reference what one announcement told; and what one kept or rated of it.
import type { Button, ListItem, Reply } from "../reply.ts";
import { makeReply, saySentence } from "../reply.ts";
import type { Tongue } from "../words/index.ts";
import { describeOwners } from "./announced.ts";
import type { Actions, Call, Command } from "./command.ts";
import { refuse, refuseExtra } from "./command.ts";
import { cursorIn, listReply } from "./lists.ts";
import { reactedReply } from "./reacted.ts";

const refPattern = /^a[0-9a-z]{1,12}$/;
const actions: Actions = {
  keep: (call) => react(call, "keep"),
  unkeep: (call) => react(call, "unkeep"),
  rate: (call) => react(call, "rate"),
  kept: showKept,
};

export const latest: Command = {
  name: "new",
  actions: Object.keys(actions),
  takes: "nothing",
  isOpen: true,
  async run(call) {
    const [word, ...words] = call.words;
    if (word === undefined) return showLatest(call);
    const action = Object.hasOwn(actions, word.toLowerCase()) ? actions[word.toLowerCase()] : undefined;
    if (action) return action({ ...call, words, text: words.join(" ") });
    refuseExtra(call, 1);
    return showAnnouncement(call, word.toLowerCase());
  },
};

async function showLatest(call: Call): Promise<Reply> {
  const { tongue, client, context } = call;
  const page = await client.catalog.latest(context, cursorIn(call));
  if (page.items.length === 0) return saySentence(tongue.say("new.none"));
  return listReply(call, page, "/new", [{ kind: "heading", text: tongue.say("new.title") }]);
}

async function showAnnouncement(call: Call, ref: string): Promise<Reply> {
  const { client, context, tongue } = call;
  if (!refPattern.test(ref)) return refuse(tongue.say("input.unexpected", { word: ref }));
  const page = await client.announcements.show(context, { announcement: ref, ...cursorIn(call) });
  if (page.items.length === 0) return saySentence(tongue.say("new.none"));
  const title = tongue.say("list.title", { title: ref, count: tongue.say("count.files", { n: page.total }) });
  const notes = [
    ...(page.stars > 0 ? [tongue.say("new.stars", { stars: tongue.say("count.stars", { n: page.stars }) })] : []),
    ...(page.isKept ? [tongue.say("new.is-kept")] : []),
  ];
  const before = [
    { kind: "heading", text: title },
    ...(notes.length > 0 ? [{ kind: "text", text: notes.join(" ") } as const] : []),
  ] as const;
  return listReply(call, page, `/new ${ref}`, [...before], { buttons: announcementButtons(ref, page.isKept, tongue) });
}

function announcementButtons(ref: string, isKept: boolean, tongue: Tongue): Button[] {
  const button = (key: "pull" | "keep" | "unkeep" | "rate", command: string): Button => ({
    label: tongue.say(`button.${key}`),
    command: `${command} ${ref}`,
    role: "plain",
    isForAll: true,
  });
  const keep = isKept ? button("unkeep", "/new unkeep") : button("keep", "/new keep");
  return [button("pull", "/pull"), keep, button("rate", "/new rate")];
}

async function react(call: Call, action: "keep" | "unkeep" | "rate"): Promise<Reply> {
  const { client, context, tongue, requestId } = call;
  refuseExtra(call, 1);
  const announcement = call.words[0]?.toLowerCase() ?? "";
  if (!refPattern.test(announcement)) return refuse(tongue.say("missing.announcement", { action }));
  const { outcome, stars } = await client.announcements.react(context, {
    on: { announcement },
    reaction: action === "rate" ? "rate" : "keep",
    isOn: action !== "unkeep",
    requestId,
  });
  return reactedReply(
    outcome === "kept" || outcome === "unkept" || outcome === "rated" ? outcome : "known",
    stars,
    tongue,
  );
}

async function showKept(call: Call): Promise<Reply> {
  refuseExtra(call);
  const { client, context, tongue, now } = call;
  const kept = (await client.announcements.kept(context, {})).announcements.slice(0, 20);
  if (kept.length === 0) return saySentence(tongue.say("new.kept-none"), { isPrivate: true });
  const items = kept.map(
    ({ ref, owners, files, bytes, stars, createdAt }): ListItem => ({
      number: null,
      ref,
      icon: "person",
      name: describeOwners(owners, tongue),
      size: tongue.size(bytes),
      age: tongue.age(createdAt, now),
      details: [
        tongue.say("count.files", { n: files }),
        ...(stars > 0 ? [tongue.say("count.stars", { n: stars })] : []),
      ],
      mark: null,
    }),
  );
  const buttons = kept.map(({ ref }): Button => ({ label: ref, command: `/new ${ref}`, role: "item" }));
  return makeReply(
    [
      { kind: "heading", text: tongue.say("new.kept-title") },
      { kind: "items", items },
    ],
    { isPrivate: true, buttons },
  );
}
