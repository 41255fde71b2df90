// What a test sees of a chat platform, whichever it is: people in rooms who speak, press and read. The stand-ins of the
// platforms implement it beside their own protocol; the shared conversations use nothing else.
import type { Language, Platform } from "#contract";

export interface ChatPerson {
  id: string;
  name: string;
  language: Language;
}

/** `parent`: this room is a thread or topic of that one. */
export interface ChatRoom {
  id: string;
  title: string;
  parent?: ChatRoom;
}

export interface ShownButton {
  label: string;
  /** Opens this address instead of telling the bot. */
  url?: string;
}

/** A message of the bot as the people see it now, after all edits. */
export interface ShownMessage {
  id: string;
  /** Everything to be read in it, markup resolved to plain text, line by line. */
  text: string;
  buttons: ShownButton[];
  /** Only this person sees it; undefined when the room does. */
  onlyFor?: ChatPerson;
  /** People that the platform rings for it. */
  mentions: string[];
  edits: number;
}

export interface Driver {
  platform: Platform;
  /** Variables that the bot is started with: token and address of the stand-in. */
  env: Record<string, string>;
  addPerson(name: string, language?: Language): ChatPerson;
  /** The people are in it, the bot too; the first person is its admin. */
  addRoom(title: string, people: readonly ChatPerson[]): ChatRoom;
  /** A thread or topic of the room. */
  addThread(room: ChatRoom, title: string): ChatRoom;
  /** Types a line such as `/search summer` in a room, or in private with the bot when `room` is undefined. */
  say(person: ChatPerson, room: ChatRoom | undefined, line: string): Promise<void>;
  /** Presses the button whose label is or begins with `label`. A button with an address that leads to the bot is followed. */
  press(person: ChatPerson, message: ShownMessage, label: string): Promise<void>;
  react(person: ChatPerson, message: ShownMessage, emoji: string, isOn?: boolean): Promise<void>;
  /** What this person sees of the bot: in the room, or in private. Oldest first. */
  seenBy(person: ChatPerson, room: ChatRoom | undefined): ShownMessage[];
  /** Short notices over a pressed button that are no messages (Telegram); [] elsewhere. */
  noticesFor(person: ChatPerson): string[];
  /** Resolves with the first value that `look` finds, looking after each change; rejects after 30 s with what is shown. */
  until<T>(look: () => T | undefined): Promise<T>;
  /** The person goes, or is banned. */
  leave(person: ChatPerson, room: ChatRoom, isBanned?: boolean): Promise<void>;
  addBot(room: ChatRoom, by: ChatPerson): Promise<void>;
  removeBot(room: ChatRoom): Promise<void>;
  /** The person lets the bot write in private (true from the start on Discord, false on Telegram), or no longer. */
  setPrivateOpen(person: ChatPerson, isOpen: boolean): void;
  /** What the bot did that the real platform would have refused or punished; one sentence each. */
  violations(): string[];
  close(): Promise<void>;
}
