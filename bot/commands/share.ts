// /share: a folder of one's own server for the group of this room, or for another of one's groups. Spaces in the folder need no quotes.
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
    const { words, name, group } = await splitClauses(call);
    const input = {
      ...(await splitServer(call, words)),
      ...(name === undefined ? {} : { name }),
      ...(group === undefined ? {} : { group }),
    };
    const added = await call.client.shares.add(call.context, input);
    return saySentence(call.tongue.say("share.added", { share: added.name }), { tone: "ok", isPrivate: true });
  },
};

interface Clauses {
  /** Server and folder. */
  words: string[];
  name?: string;
  group?: string;
}

/** What stands after the last `as` is the share's name, and after the last `with` the group, in whichever order. */
async function splitClauses(call: Call): Promise<Clauses> {
  const outer = splitAt(call.words, "with");
  const inner = splitAt(outer.before, "as");
  const late = splitAt(outer.after ?? [], "as", 0);
  const group = outer.after && (await readGroup(call, late.before));
  if (outer.after && group === undefined) {
    const whole = splitAt(call.words, "as");
    return { words: whole.before, ...readName(call, whole.after) };
  }
  return {
    words: inner.before,
    ...readName(call, late.after ?? inner.after),
    ...(group === undefined ? {} : { group }),
  };
}

/** The words before and after the last such word; a line does not begin with it. */
function splitAt(words: readonly string[], keyword: string, first = 1): { before: string[]; after?: string[] } {
  const at = words.findLastIndex((word, index) => index >= first && word.toLowerCase() === keyword);
  return at === -1 ? { before: [...words] } : { before: words.slice(0, at), after: words.slice(at + 1) };
}

function readName({ tongue }: Call, words: string[] | undefined): { name?: string } {
  if (words === undefined) return {};
  const name = nameIn(words);
  if (name === undefined) return refuse(tongue.say("missing.share-name"));
  return nameSchema.safeParse(name).success ? { name } : refuse(tongue.say("input.bad-name", { name }));
}

/** In a group's room `with …` may be part of a folder's name, so there it must name a group of one's own. */
async function readGroup({ client, context, tongue }: Call, words: string[]): Promise<string | undefined> {
  const typed = nameIn(words);
  if (typed === undefined) return refuse(tongue.say("missing.share-group"));
  const { groups } = await client.groups.mine(context, {});
  const found = groups.find(({ name }) => name.toLowerCase() === typed.toLowerCase());
  if (found || context.room.kind === "group") return found?.name;
  return nameSchema.safeParse(typed).success ? typed : refuse(tongue.say("input.bad-name", { name: typed }));
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
  if (own.length === 0) return saySentence(tongue.say("share.none"), { isPrivate: true });
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
