// Pages of catalog items as replies: one shape for search, browse and what is new.
import type { Item } from "#contract";
import { writeOption } from "../arguments.ts";
import type { Block, Button, ListItem, Reply } from "../reply.ts";
import { makeReply } from "../reply.ts";
import { cleanName } from "../text.ts";
import type { Tongue } from "../words/index.ts";
import type { Call } from "./command.ts";

interface Page {
  items: Item[];
  next: string | null;
}

interface ListOptions {
  buttons?: Button[];
  /** All of it lies in one place that the heading names: the items do not repeat it. */
  isOnePlace?: boolean;
}

/** @param again the command that shows this list; the button for the next page runs it with a cursor */
export function listReply(
  call: Call,
  page: Page,
  again: string,
  before: Block[],
  { buttons = [], isOnePlace = false }: ListOptions = {},
): Reply {
  const items = page.items.map((item) => describeItem(item, call.tongue, call.now, isOnePlace));
  const more: Button[] =
    page.next === null
      ? []
      : [
          {
            label: call.tongue.say("button.more"),
            command: `${again} ${writeOption("after", page.next)}`,
            role: "more",
          },
        ];
  return makeReply([...before, { kind: "items", items }], { buttons: [...more, ...buttons] });
}

export function describeItem(item: Item, tongue: Tongue, now: Date, isPlaceKnown = false): ListItem {
  const place = [item.share, item.path].filter((part) => part !== "").map(cleanName);
  const details = isPlaceKnown ? [] : [cleanName(item.owner), place.join("/")];
  if (item.kind === "folder") details.push(tongue.say("count.files", { n: item.files }));
  if (item.copies > 1) details.push(tongue.say("count.copies", { n: item.copies }));
  return {
    number: item.number,
    ref: item.ref,
    icon: item.kind,
    name: cleanName(item.name),
    size: tongue.size(item.bytes),
    age: item.modifiedAt === null ? "" : tongue.age(item.modifiedAt, now),
    details,
    mark: item.isYours ? { text: tongue.say("item.yours"), tone: "ok" } : null,
  };
}
