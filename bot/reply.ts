// The neutral reply: what a command answers, before any platform. Each adapter has one pure renderer for it.
// Texts are in the person's language and cleaned of invisible characters; they hold no markup of any platform.

export type Tone = "plain" | "ok" | "warn" | "error";

/** One line of a list, already worded. `number` is what `/pull 2` means; null for a list nobody pulls from. */
export interface ListItem {
  number: number | null;
  ref: string;
  icon: "file" | "folder" | "server" | "pull" | "person" | "share";
  name: string;
  /** Size and age stand in columns of their own where there is room; "" when there is none. */
  size: string;
  age: string;
  /** Second line: owner, place, copies and so on, the most useful first. */
  details: string[];
  /** A word that stands out: "you have it", "offline". */
  mark: { text: string; tone: Tone } | null;
}

export type Block =
  | { kind: "heading"; text: string }
  | { kind: "text"; text: string; tone?: Tone }
  | { kind: "items"; items: ListItem[] }
  | { kind: "table"; rows: Array<readonly [key: string, value: string]> }
  | { kind: "progress"; title: string; fraction: number; text: string }
  /** Shown whole, never cut: a one-time link or code, a line for a configuration file. */
  | { kind: "literal"; text: string }
  /** Long text that a platform may hand over as a file. */
  | { kind: "document"; name: string; text: string };

/**
 * `command` is what pressing it runs, as if the person who pressed had typed it. An adapter never shows it on the wire:
 * it stores the command under an opaque id. `yes` and `no` answer a question, `previous` and `next` turn the page, `item`
 * is about one line of the list (its label is the line's number or name), `filter` narrows the list.
 */
export interface Button {
  label: string;
  command: string;
  role: "yes" | "no" | "previous" | "next" | "item" | "filter" | "plain";
  /** Everybody who reads the message may press it; without it only whoever asked. */
  isForAll?: true;
  /** Of a filter: the list is narrowed by it now. */
  isOn?: true;
}

export interface Reply {
  tone: Tone;
  /** Only for the eyes of the one who asked. */
  isPrivate: boolean;
  blocks: Block[];
  buttons: Button[];
  /** Replies of one key are one message that is edited. */
  editKey?: string;
  /** Run this command again, politely, and put its reply in place of this one, until a reply has no `follow`. */
  follow?: string;
  /** An error that passes by itself: the same may work in a moment. */
  isTemporary?: true;
  /** The message shows this announcement: tell the core its id (announcements.posted). */
  announcement?: string;
}

export function makeReply(blocks: Block[], more: Partial<Omit<Reply, "blocks">> = {}): Reply {
  return { tone: "plain", isPrivate: false, buttons: [], ...more, blocks };
}

/** A reply of one sentence. */
export function saySentence(text: string, more: Partial<Omit<Reply, "blocks">> = {}): Reply {
  const tone = more.tone ?? "plain";
  return makeReply([{ kind: "text", text, tone }], more);
}
