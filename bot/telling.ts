// What the core tells unasked, as neutral replies. Pure.
import type { Telling } from "#contract";
import { quoteWord } from "./arguments.ts";
import { pullReply } from "./commands/pull-card.ts";
import type { Block, Button, ListItem, Reply } from "./reply.ts";
import { makeReply, saySentence } from "./reply.ts";
import { cleanName } from "./text.ts";
import type { Tongue } from "./words/index.ts";

export function describeTelling(telling: Telling, tongue: Tongue, now: Date): Reply {
  switch (telling.kind) {
    case "share.indexed":
      return describeIndexed(telling, tongue);
    case "files.added":
      return describeAdded(telling, tongue);
    case "member.joined":
      return saySentence(tongue.say("news.joined", { name: telling.name, group: telling.group }));
    case "server.connected":
      return saySentence(tongue.say("news.connected", { label: telling.label }), { tone: "ok", isPrivate: true });
    case "server.trouble":
      return describeTrouble(telling, tongue);
    case "scan.quarantined":
      return describeQuarantined(telling, tongue);
    case "pull.finished":
      return pullReply(telling.pull, tongue, now);
  }
}

type Of<K extends Telling["kind"]> = Extract<Telling, { kind: K }>;

function describeIndexed(telling: Of<"share.indexed">, tongue: Tongue): Reply {
  const files = tongue.say("count.files", { n: telling.files });
  const folders = tongue.say("count.folders", { n: telling.folders });
  const { owner, share } = telling;
  const text = tongue.say("news.indexed", { owner, share, files, folders, size: tongue.size(telling.bytes) });
  const browse: Button = { label: tongue.say("button.browse"), command: `/browse ${quoteWord(share)}`, role: "plain" };
  return saySentence(text, { announcement: telling.announcement, buttons: [browse] });
}

function describeAdded(telling: Of<"files.added">, tongue: Tongue): Reply {
  const { owner, share, announcement } = telling;
  const text = tongue.say("news.added", { n: telling.files, owner, share, size: tongue.size(telling.bytes) });
  const items = telling.folders.map((folder): ListItem => {
    const isCut = folder.files > folder.examples.length;
    const examples = folder.examples.map(cleanName).join(", ");
    return {
      number: null,
      ref: folder.ref,
      icon: "folder",
      name: cleanName(folder.name),
      size: tongue.size(folder.bytes),
      age: "",
      details: [
        tongue.say("count.files", { n: folder.files }),
        ...(examples === "" ? [] : [isCut ? `${examples} ${tongue.say("news.and-so-on")}` : examples]),
      ],
      mark: null,
    };
  });
  const blocks: Block[] = [
    { kind: "text", text },
    { kind: "items", items },
  ];
  if (telling.more > 0) blocks.push({ kind: "text", text: tongue.say("news.more", { n: telling.more }) });
  const buttons: Button[] = [
    { label: tongue.say("button.pull"), command: `/pull ${announcement}`, role: "plain" },
    { label: tongue.say("button.show"), command: `/new ${announcement}`, role: "plain" },
  ];
  return makeReply(blocks, { announcement, buttons });
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
