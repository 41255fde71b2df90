// What a picture shows: windows of a chat, and in them what people did and what the bot really sent. No platform, no markup.
import type { ChatPerson, ShownMessage } from "../driver.ts";

export interface Storyboard<M extends ShownMessage = ShownMessage> {
  /** Through whose eyes. */
  viewer: ChatPerson;
  /** Of the times beside the messages. */
  timeZone: string;
  columns: Panel<M>[][];
}

export interface Panel<M extends ShownMessage = ShownMessage> {
  /** What it shows, in a few words. */
  caption: string;
  /** The room's title; undefined for the viewer's private chat with the bot. */
  room: string | undefined;
  memberCount: number;
  entries: Entry<M>[];
}

/** `said`: a typed line. `sent`: a message of the bot as it was at that moment. `later`: the message before is edited. */
export type Entry<M extends ShownMessage = ShownMessage> =
  | { kind: "said"; by: ChatPerson; text: string; at: Date }
  | { kind: "later"; text: string }
  | Sent<M>;

export interface Sent<M extends ShownMessage = ShownMessage> {
  kind: "sent";
  message: M;
  at: Date;
  /** The typed line that it answers. */
  asked?: { by: ChatPerson; text: string };
  /** The label of the button that is pressed next, and by whom. */
  pressed?: { label: string; by: ChatPerson };
}
