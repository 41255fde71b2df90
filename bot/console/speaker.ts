// Who speaks in the console, where, and in which language. On the console a person's id is their name in lower case.
import type { Context, Language } from "#contract";
import { nameSchema } from "#contract";

export interface Speaker {
  name: string;
  language: Language;
  /** The group room to return to, also while in the private one. */
  roomId: string;
  isPrivate: boolean;
}

/** The title of the room in which the console begins. */
const firstRoom = { id: "main", title: "console" };

/** The name as it is stored, or undefined when it can be none. `/as ben` speaks as Ben and leaves him his capital. */
export function readName(text: string): string | undefined {
  const parsed = nameSchema.safeParse(text.toWellFormed().normalize("NFC"));
  if (!parsed.success) return undefined;
  const name = parsed.data;
  const [first = ""] = name;
  return name === name.toLowerCase() ? first.toUpperCase() + name.slice(first.length) : name;
}

export function readRoomId(text: string): string | undefined {
  return /^[\w-]{1,64}$/.test(text) ? text.toLowerCase() : undefined;
}

export function userIdOf(name: string): string {
  return [...name.toLowerCase()].slice(0, 32).join("");
}

/** Nobody is the room's admin by sitting at the console: admins are those of the group. */
export function contextOf(speaker: Speaker): Context {
  const userId = userIdOf(speaker.name);
  const actor = { platform: "console", userId, displayName: speaker.name, language: speaker.language } as const;
  const room = speaker.isPrivate
    ? ({ platform: "console", roomId: `~${userId}`.slice(0, 64), kind: "private", title: "", isAdmin: false } as const)
    : roomOf(speaker.roomId);
  return { actor, room };
}

export function roomOf(roomId: string): Context["room"] {
  const title = roomId === firstRoom.id ? firstRoom.title : roomId;
  return { platform: "console", roomId, kind: "group", title, isAdmin: false };
}
