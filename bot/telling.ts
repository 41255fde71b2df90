// What the core tells unasked, as neutral replies. Pure.
import type { Telling } from "#contract";
import { quoteWord } from "./arguments.ts";
import { describeOwners } from "./commands/announced.ts";
import { pullReply } from "./commands/pull-card.ts";
import { shareWithButtons } from "./commands/start.ts";
import type { Block, Button, ListItem, Reply } from "./reply.ts";
import { makeReply, saySentence } from "./reply.ts";
import { cleanName } from "./text.ts";
import type { Tongue } from "./words/index.ts";

/** @param isOverheard see Told.describe */
export function describeTelling(telling: Telling, tongue: Tongue, now: Date, isOverheard = false): Reply {
  switch (telling.kind) {
    case "share.indexed":
      return describeIndexed(telling, tongue);
    case "files.added":
      return describeAdded(telling, tongue);
    case "member.joined":
      return saySentence(tongue.say("news.joined", { name: telling.name, group: telling.group }));
    case "server.connected":
      return saySentence(tongue.say("news.connected", { label: telling.label }), { tone: "ok", isPrivate: true });
    case "server.indexed":
      return describeServerIndexed(telling, tongue);
    case "server.trouble":
      return describeTrouble(telling, tongue);
    case "scan.quarantined":
      return describeQuarantined(telling, tongue);
    case "file.differs":
      return describeDifference(telling, tongue);
    case "pull.finished":
      return pullReply(isOverheard ? withoutServer(telling.pull, tongue) : telling.pull, tongue, now);
  }
}

/** The label of one's own server, and what is wrong with it, are told to its owner alone. */
function withoutServer(pull: Of<"pull.finished">["pull"], tongue: Tongue): Of<"pull.finished">["pull"] {
  return { ...pull, to: tongue.say("pull.own-server"), reason: null };
}

type Folder = Of<"files.added">["folders"][number];
type Of<K extends Telling["kind"]> = Extract<Telling, { kind: K }>;

function describeIndexed(telling: Of<"share.indexed">, tongue: Tongue): Reply {
  const files = tongue.say("count.files", { n: telling.files });
  const folders = tongue.say("count.folders", { n: telling.folders });
  const { owner, share } = telling;
  const text = tongue.say("news.indexed", { owner, share, files, folders, size: tongue.size(telling.bytes) });
  const browse: Button = {
    label: tongue.say("button.browse"),
    command: `/browse ${quoteWord(share)}`,
    role: "plain",
    isForAll: true,
  };
  return saySentence(text, { announcement: telling.announcement, buttons: [browse] });
}

function describeAdded(telling: Of<"files.added">, tongue: Tongue): Reply {
  const { announcement, level, files } = telling;
  const owners = describeOwners(telling.owners, tongue);
  const title = tongue.say("news.added", { n: files, owners, size: tongue.size(telling.bytes) });
  const blocks: Block[] = [{ kind: "heading", text: title }];
  const items = level === "count" ? [] : telling.folders.map((folder) => folderLine(folder, telling, tongue));
  if (items.length > 0) blocks.push({ kind: "items", items });
  return makeReply(blocks, { announcement, buttons: addedButtons(telling, items.length > 0, tongue) });
}

function folderLine(folder: Folder, { owners, level }: Of<"files.added">, tongue: Tongue): ListItem {
  const place = [folder.share, folder.path].filter((part) => part !== "").map(cleanName);
  const examples = level === "full" ? folder.examples.map(cleanName).join(", ") : "";
  const isCut = folder.files > folder.examples.length;
  return {
    number: null,
    ref: folder.ref,
    icon: "folder",
    name: cleanName(folder.name),
    size: tongue.size(folder.bytes),
    age: "",
    details: [
      ...(owners.length > 1 ? [cleanName(folder.owner)] : []),
      ...(place.length > 0 ? [place.join("/")] : []),
      tongue.say("count.files", { n: folder.files }),
      ...(examples === "" ? [] : [isCut ? `${examples} ${tongue.say("news.and-so-on")}` : examples]),
    ],
    mark: null,
  };
}

function addedButtons({ announcement, more }: Of<"files.added">, hasLines: boolean, tongue: Tongue): Button[] {
  const button = (label: string, command: string): Button => ({ label, command, role: "plain", isForAll: true });
  const isCut = hasLines && more > 0;
  return [
    button(tongue.say("button.pull"), `/pull ${announcement}`),
    button(tongue.say("button.keep"), `/new keep ${announcement}`),
    button(tongue.say("button.rate"), `/new rate ${announcement}`),
    button(isCut ? tongue.say("button.and-more", { n: more }) : tongue.say("button.show"), `/new ${announcement}`),
  ];
}

/** The owner is asked whether all of it is to be shared, and with which of their groups. */
function describeServerIndexed(telling: Of<"server.indexed">, tongue: Tongue): Reply {
  const { label, server, groups } = telling;
  const files = tongue.say("count.files", { n: telling.files });
  const key = groups.length > 0 ? "news.server-indexed" : "news.server-indexed-alone";
  const text = tongue.say(key, { label, files, size: tongue.size(telling.bytes) });
  const blocks: Block[] = [{ kind: "text", text, tone: "ok" }];
  if (groups.length > 0) {
    blocks.push({ kind: "text", text: tongue.say("news.share-smaller") });
    blocks.push({ kind: "literal", text: tongue.say("usage.share") });
  }
  return makeReply(blocks, { tone: "ok", isPrivate: true, buttons: shareWithButtons(`${server} /`, groups, tongue) });
}

function describeTrouble(telling: Of<"server.trouble">, tongue: Tongue): Reply {
  const { label, reason, server } = telling;
  const blocks: Block[] = [
    { kind: "text", text: tongue.say("news.trouble", { label }), tone: "warn" },
    { kind: "text", text: tongue.error(reason.code, { server: label, ...reason.params }) },
  ];
  const check: Button = { label: tongue.say("button.check"), command: `/servers check ${server}`, role: "plain" };
  return makeReply(blocks, { tone: "warn", isPrivate: true, buttons: [check] });
}

function describeQuarantined(telling: Of<"scan.quarantined">, tongue: Tongue): Reply {
  const { lost, had, label, server } = telling;
  const accept: Button = { label: tongue.say("button.accept"), command: `/servers accept ${server}`, role: "plain" };
  return saySentence(tongue.say("news.quarantined", { lost, had, label }), {
    tone: "warn",
    isPrivate: true,
    buttons: [accept],
  });
}

function describeDifference({ name, from, isYours }: Of<"file.differs">, tongue: Tongue): Reply {
  const text = tongue.say(isYours ? "news.differs-yours" : "news.differs", { name, from });
  return saySentence(text, { tone: "warn", isPrivate: true });
}
