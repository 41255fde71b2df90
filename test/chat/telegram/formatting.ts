// The text of a message as the Bot API takes it: parse mode or entities, cleaned and cut as Telegram does, with its
// limits. Says also which people it rings.
import { addDetected, slice } from "./detect.ts";
import type { Formatted } from "./html.ts";
import { parseHtml } from "./html.ts";
import type { Params } from "./params.ts";
import { badRequest } from "./refusal.ts";
import type { Chat, Entity, Person, State } from "./state.ts";
import { isInChat } from "./state.ts";

const explicitTypes = new Set(
  "mention hashtag cashtag bot_command url email phone_number bold italic underline strikethrough spoiler blockquote expandable_blockquote code pre text_link text_mention custom_emoji".split(
    " ",
  ),
);

/** Telegram finds these itself and ignores what a bot says of them. */
const foundOnly = new Set(["mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"]);

export interface Names {
  text: "text" | "caption";
  entities: "entities" | "caption_entities";
  limit: number;
}

export const textNames: Names = { text: "text", entities: "entities", limit: 4096 };
export const captionNames: Names = { text: "caption", entities: "caption_entities", limit: 1024 };

export interface ReadText extends Formatted {
  raw: string;
}

export function readText(params: Params, names: Names): ReadText {
  const raw = params.text(names.text) ?? "";
  if (raw === "" && names === textNames) throw badRequest("message text is empty");
  if (Buffer.from(raw, "utf8").toString("utf8") !== raw) throw badRequest("strings must be encoded in UTF-8");
  const formatted = trim(format(clean(raw), params, names));
  if (formatted.text === "" && names === textNames) throw badRequest("text must be non-empty");
  if (formatted.text.length > names.limit) {
    throw badRequest(names === textNames ? "message is too long" : "message caption is too long");
  }
  // Telegram keeps the first hundred and shows the rest as plain text.
  const entities = addDetected(formatted.text, formatted.entities.slice(0, 100));
  return { raw, text: formatted.text, entities, droppedLinks: formatted.droppedLinks };
}

function format(text: string, params: Params, names: Names): Formatted {
  const mode = params.text("parse_mode")?.toLowerCase() ?? "";
  if (mode === "html") return parseHtml(text);
  if (mode === "markdown" || mode === "markdownv2") {
    throw badRequest(`unsupported parse_mode: here only HTML and entities are spoken, not ${mode}`);
  }
  if (mode !== "" && mode !== "none") throw badRequest("unsupported parse_mode");
  return { text, entities: readEntities(params.json(names.entities), text), droppedLinks: [] };
}

function readEntities(given: unknown, text: string): Entity[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) throw badRequest("expected an Array of MessageEntity");
  return given.map((entity) => readEntity(entity, text)).filter((entity) => !foundOnly.has(entity.type));
}

function readEntity(given: unknown, text: string): Entity {
  const { type, offset, length, url, language, user } = given as Record<string, unknown>;
  if (typeof type !== "string" || !explicitTypes.has(type)) {
    throw badRequest("can't parse MessageEntity: unsupported type specified");
  }
  if (!isCount(offset) || !isCount(length) || length === 0) {
    throw badRequest("can't parse MessageEntity: wrong offset or length");
  }
  const end = offset + length;
  if (end > text.length) {
    throw badRequest(
      `entity beginning at UTF-16 offset ${offset} ends after the end of the text at UTF-16 offset ${text.length}`,
    );
  }
  if (isMiddle(text, offset) || isMiddle(text, end)) {
    throw badRequest(`entity beginning at UTF-16 offset ${offset} ends in a middle of a UTF-16 symbol`);
  }
  const userId = Number((user as { id?: unknown } | undefined)?.id);
  if (type === "text_mention" && !Number.isSafeInteger(userId)) throw badRequest("can't parse MessageEntity: no user");
  return {
    type,
    offset,
    length,
    ...(typeof url === "string" ? { url } : {}),
    ...(typeof language === "string" ? { language } : {}),
    ...(type === "text_mention" ? { userId } : {}),
  };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const isMiddle = (text: string, at: number) => /^[\uDC00-\uDFFF]/.test(text.slice(at, at + 1)) && at > 0;

/** Telegram drops carriage returns and direction marks and turns other control characters into blanks. */
function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  return text.replace(/\r|[\u2028-\u202e]/g, "").replace(/[\0-\x09\x0b-\x1f]/g, " ");
}

function trim(formatted: Formatted): Formatted {
  const lead = formatted.text.length - formatted.text.trimStart().length;
  const text = formatted.text.trim();
  const entities = formatted.entities.flatMap((entity) => {
    const offset = Math.max(entity.offset - lead, 0);
    const end = Math.min(entity.offset - lead + entity.length, text.length);
    return end > offset ? [{ ...entity, offset, length: end - offset }] : [];
  });
  return { ...formatted, text, entities };
}

export interface Rung {
  person: Person;
  /** By a @name that Telegram found in plain text, not by a mention that the bot made. */
  isAccidental: boolean;
}

/** Everybody named in the text, present or not. */
export function findNamed(state: State, text: string, entities: readonly Entity[]): Rung[] {
  return entities.flatMap((entity) => {
    if (entity.type === "text_mention") return toRung(state.people.get(entity.userId ?? 0), false);
    if (entity.type !== "mention") return [];
    const name = slice(text, entity).slice(1).toLowerCase();
    return toRung(
      [...state.people.values()].find((person) => person.username.toLowerCase() === name),
      true,
    );
  });
}

const toRung = (person: Person | undefined, isAccidental: boolean) => (person ? [{ person, isAccidental }] : []);

/** Ids of the people whom the message rings: only who is in the chat hears it. */
export function findRung(state: State, chat: Chat, text: string, entities: readonly Entity[]): string[] {
  const rung = findNamed(state, text, entities).filter(({ person }) => isInChat(state, chat, person.id));
  return [...new Set(rung.map(({ person }) => String(person.id)))];
}
