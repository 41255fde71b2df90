// /share: a folder of one's own server for the group of this room. Spaces in the folder need no quotes.
import type { Context } from "#contract";
import { nameSchema } from "#contract";
import type { ListItem, Reply } from "../reply.ts";
import { makeReply, saySentence } from "../reply.ts";
import { cleanName } from "../text.ts";
import type { Call, Command } from "./command.ts";
import { nameIn, refuse } from "./command.ts";

export const share: Command = {
  name: "share",
  actions: [],
  takes: "server",
  async run(call) {
    if (call.words.length === 0) return listOwn(call);
    const { words, name } = splitName(call);
    const input = { ...(await splitServer(call, words)), ...(name === undefined ? {} : { name }) };
    const added = await call.client.shares.add(call.context, input);
    return saySentence(call.tongue.say("share.added", { share: added.name }), { tone: "ok" });
  },
};

/** What stands after the last `as` is the share's name. */
function splitName({ words, tongue }: Call): { words: string[]; name?: string } {
  const at = words.findLastIndex((word, index) => index > 0 && word.toLowerCase() === "as");
  if (at === -1) return { words: [...words] };
  const name = nameIn(words.slice(at + 1));
  if (name === undefined) return refuse(tongue.say("missing.share-name"));
  if (!nameSchema.safeParse(name).success) return refuse(tongue.say("input.bad-name", { name }));
  return { words: words.slice(0, at), name };
}

/** The first word is a server only when the person has one of that name; everything else is the folder. */
async function splitServer(call: Call, words: string[]): Promise<{ server?: string; path: string }> {
  const [first = "", ...rest] = words;
  const { servers } = await call.client.servers.list(call.context, {});
  const wanted = first.toLowerCase();
  const server = servers.find((one) => one.label.toLowerCase() === wanted || one.ref === wanted);
  const path = (server ? rest : words).join(" ");
  if (path.length > 1000) return refuse(call.tongue.say("input.too-long", { limit: 1000 }));
  return server ? { server: server.ref, path } : { path };
}

async function listOwn({ client, context, tongue, now }: Call): Promise<Reply> {
  const own = await ownShares(client, context);
  if (own.length === 0) return saySentence(tongue.say("share.none"));
  const items = own.map(
    (one): ListItem => ({
      number: null,
      ref: "",
      icon: "share",
      name: cleanName(one.name),
      size: tongue.size(one.bytes),
      age: "",
      details: [
        ...(one.server === null ? [] : [cleanName(one.server)]),
        tongue.say("count.files", { n: one.files }),
        one.scannedAt === null
          ? tongue.say("share.not-scanned")
          : tongue.say("share.scanned", { age: tongue.age(one.scannedAt, now) }),
      ],
      mark: null,
    }),
  );
  return makeReply([
    { kind: "heading", text: tongue.say("share.mine") },
    { kind: "items", items },
  ]);
}

async function ownShares(client: Call["client"], context: Context) {
  const { shares } = await client.shares.list(context, {});
  return shares.filter((one) => one.isYours);
}
