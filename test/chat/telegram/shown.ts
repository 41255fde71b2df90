// A message as the people see it: text without markup, buttons apart, who is rung.
import type { ShownButton, ShownMessage } from "../driver.ts";
import type { TelegramMessage } from "./driver.ts";
import { findRung } from "./formatting.ts";
import { personIn, shownId } from "./rooms.ts";
import type { Button, Message, State } from "./state.ts";

export function showMessage(state: State, message: Message): TelegramMessage {
  const person = personIn(state, message.chat);
  const only = person && { id: String(person.id), name: person.name, language: person.language };
  const replied = message.replyTo === undefined ? undefined : message.chat.messages.get(message.replyTo);
  return {
    id: shownId(message),
    text: [message.text, ...readDocument(message)].filter((line) => line !== "").join("\n"),
    buttons: (message.keyboard ?? []).flat().map(showButton),
    ...(only ? { onlyFor: only } : {}),
    mentions: findRung(state, message.chat, message.text, message.entities),
    edits: message.edits,
    raw: message.raw,
    entities: message.entities,
    keyboard: message.keyboard ?? [],
    ...(message.document ? { document: message.document } : {}),
    ...(replied ? { replyTo: shownId(replied) } : {}),
    reactions: Object.fromEntries([...message.reactions].map(([id, emoji]) => [String(id), emoji])),
  };
}

const showButton = ({ text, url }: Button): ShownButton => ({ label: text, ...(url ? { url } : {}) });

/** Name and content, as if opened. */
const readDocument = ({ document }: Message) => (document ? [document.name, document.content.toString("utf8")] : []);

export const describeShown = (messages: readonly ShownMessage[]) =>
  messages.map(({ text, buttons }) => `${text} ${buttons.map(({ label }) => `[${label}]`).join(" ")}`).join("\n");
