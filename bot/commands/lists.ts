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
  previous: string | null;
}

interface ListOptions {
  /** Behind those of the lines and the pages. */
  buttons?: Button[];
  /** All of it lies in one place that the heading names: the items do not repeat it. */
  isOnePlace?: boolean;
  /** A folder's button opens it instead of pulling it. */
  opensFolders?: boolean;
}

/** @param again the command that shows this list; the buttons for other pages run it with a cursor */
export function listReply(call: Call, page: Page, again: string, before: Block[], options: ListOptions = {}): Reply {
  const { tongue, now } = call;
  const items = page.items.map((item) => describeItem(item, tongue, now, options.isOnePlace));
  const lines = page.items.map((item) => itemButton(item, options.opensFolders === true));
  return makeReply([...before, { kind: "items", items }], {
    buttons: [...lines, ...pageButtons(page, again, tongue), ...(options.buttons ?? [])],
  });
}

/** The page that a button asked for: nothing for the first. */
export function cursorIn({ options }: Call): { cursor?: string } {
  return options.after ? { cursor: options.after } : {};
}

/** Everybody who reads the list may press the number of a line: they pull to their own server. */
function itemButton({ number, ref, kind }: Item, opensFolders: boolean): Button {
  const verb = kind === "folder" && opensFolders ? "browse" : "pull";
  return { label: String(number), command: `/${verb} ${ref}`, role: "item", isForAll: true };
}

function pageButtons({ previous, next }: Page, again: string, tongue: Tongue): Button[] {
  const turn = (role: "previous" | "next", cursor: string | null): Button[] => {
    if (cursor === null) return [];
    const command = cursor === "" ? again : `${again} ${writeOption("after", cursor)}`;
    return [{ label: tongue.say(`button.${role}`), command, role }];
  };
  return [...turn("previous", previous), ...turn("next", next)];
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
