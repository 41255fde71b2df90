// What a chat platform must be able to do for talk.ts, and what it gets shown. Implemented by discord/ and telegram/,
// which do nothing else: what is said, to whom and how often is decided here.
import type { Actor, Platform, Reaction, Room } from "#contract";
import type { Button, Reply } from "../reply.ts";
import type { Tongue } from "../words/index.ts";

/** Where a message stands for good: it can be edited as long as it is not deleted. */
export interface Spot {
  chatId: string;
  messageId: string;
}

/** A reply's button with the opaque id that stands on the wire. */
export interface ShownButton extends Pick<Button, "label" | "role" | "isOn"> {
  id: string;
}

/** Everything a pure renderer needs. `buttons` are those of the reply, in the same order. */
export interface Message {
  reply: Reply;
  tongue: Tongue;
  buttons: ShownButton[];
  /** Rings this person, in front of the text. */
  mention?: { userId: string; name: string };
}

/** `gone`: the message or the room is no more, or the bot may not write there, perhaps for now only. */
export type Fate = "done" | "gone";

export interface Port {
  platform: Platform;
  /** Shortest time between two edits of one message that the platform takes without complaint. */
  editEveryMs: number;
  /** The platform tells the same thing again when the bot was killed before it could say that it had heard. */
  tellsAgain?: true;
  /**
   * Posts into a room. The same `nonce` (22 letters) again within minutes is the same message, where the platform can do
   * that. Waits as the platform asks it to (429). Rejects when the platform is away: it is then told again later.
   */
  post(roomId: string, message: Message, nonce: string): Promise<Spot | "gone">;
  /** To one person alone. `closed`: they do not let the bot write to them. */
  postPrivately(userId: string, message: Message, nonce: string): Promise<Spot | "closed">;
  /** Leads a person from a room into the private chat: pressed or brought back, `id` goes on there. Shows nothing else. */
  invite(roomId: string, person: { userId: string; name: string }, tongue: Tongue, id: string): Promise<void>;
  /** A message that already looks like this is done. */
  edit(spot: Spot, message: Message): Promise<Fate>;
  /** Asked from the platform: may this person run the room? */
  isAdmin(room: Pick<Room, "roomId" | "parentId">, userId: string): Promise<boolean>;
  /** Asked from the platform: is this person in the room? Rejects when the platform cannot say. */
  isPresent(room: Pick<Room, "roomId" | "parentId">, userId: string): Promise<boolean>;
  /** Asked from the platform: is the bot still in it? Rejects when the platform cannot say. */
  isThere(roomId: string): Promise<boolean>;
}

/** A message that was just shown. `spot` is undefined for one that the platform lets be edited for a while only. */
export interface Shown {
  spot: Spot | undefined;
  edit(message: Message): Promise<Fate>;
}

/**
 * The way back to somebody who typed or pressed. The adapter has acknowledged before it hands this over.
 * Exactly one of the three is called, once.
 */
export interface Answer {
  /** The pressed button's message; undefined for a typed command. */
  pressed: { isPrivate: boolean } | undefined;
  /** Private answers here vanish with time (Discord's ephemeral ones): what goes on for long needs a message of its own. */
  isFleeting: boolean;
  openly(message: Message): Promise<Shown>;
  /**
   * Only for whoever asked. Where private is closed, the adapter leads them there in the room, without showing the message:
   * `again()` gives an id that, pressed or brought back by a deep link, runs the same command once more.
   */
  privately(message: Message, again: () => Promise<string>): Promise<Shown>;
  /** In place of the message whose button was pressed. */
  inPlace(message: Message): Promise<Shown>;
}

/** A room without what the platform has to be asked for. */
export type Place = Omit<Room, "isAdmin">;

interface Heard {
  actor: Actor;
  place: Place;
  /** The same for the same message, press or update, however often the platform tells it. 8 to 128 characters. */
  requestId: string;
}

/** What the adapter tells. Every method takes its time, never rejects, and may be called for many people at once. */
export interface Talk {
  /** A typed command or line. `isAdmin`: when the platform has said it already, which also says that they are in the room. */
  hear(heard: Heard & { text: string; answer: Answer; isAdmin?: boolean }): Promise<void>;
  /** A pressed button, or a deep link that brings its id. */
  press(heard: Heard & { buttonId: string; answer: Answer; isAdmin?: boolean }): Promise<void>;
  react(reacted: Heard & { messageId: string; reaction: Reaction; isOn: boolean; isLate: boolean }): Promise<void>;
  /** At most 25 whole queries; [] when the core is away. */
  complete(asked: Pick<Heard, "actor" | "place"> & { query: string }): Promise<string[]>;
  /** The typed command will be answered for everybody to read, if nothing goes wrong. */
  isOpen(text: string): boolean;
  /** The bot came into a room: it offers to make a group there. */
  arrive(place: Place, language: Actor["language"]): Promise<void>;
  /** The room is no more, or the bot was put out. */
  depart(roomId: string): Promise<void>;
  move(from: string, to: string): Promise<void>;
  /** A person left the room or was banned. */
  lose(roomId: string, userId: string): Promise<void>;
  /** Messages of announcements whose reactions may have changed while the bot was away, newest first. */
  recentAnnouncements(): Promise<{ roomId: string; messageId: string }[]>;
  /** Looks whether bound rooms still have the bot and the people who joined there. Slow on purpose; ends with `signal`. */
  review(signal: AbortSignal): Promise<void>;
}
