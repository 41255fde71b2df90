// Methods of the Bot API that write, change and remove messages and answer presses.
import { findChat, findEditable, findPlace } from "./chat-access.ts";
import { slice } from "./detect.ts";
import type { Names, ReadText } from "./formatting.ts";
import { captionNames, findNamed, readText, textNames } from "./formatting.ts";
import { readKeyboard } from "./keyboards.ts";
import type { Params } from "./params.ts";
import { findReaction } from "./reactions.ts";
import { badRequest, unlucky } from "./refusal.ts";
import { keyboardsAreEqual, messageJson } from "./shapes.ts";
import type { Chat, Document, Message } from "./state.ts";
import { addMessage, findMessage, isAdmin } from "./state.ts";
import type { World } from "./world.ts";
import { pressLivesMs, seconds } from "./world.ts";

type Method = (world: World, params: Params) => unknown;

const sendMessage: Method = (world, params) => {
  const chat = findChat(world.state, params, "write");
  const formatted = readShown(world, params, textNames);
  checkPreview(world, params, formatted);
  return post(world, chat, params, formatted);
};

const sendDocument: Method = (world, params) => {
  const chat = findChat(world.state, params, "write");
  const document = readDocument(params);
  return post(world, chat, params, readShown(world, params, captionNames), document);
};

function post(world: World, chat: Chat, params: Params, formatted: ReadText, document?: Document): unknown {
  const keyboard = readKeyboard(params);
  const place = findPlace(chat, params);
  world.limits.spend(chat, "send");
  const { raw, text, entities } = formatted;
  const message = addMessage(world.state, chat, {
    from: world.state.bot.id,
    date: seconds(world),
    raw,
    text,
    entities,
    ...place,
    ...(keyboard ? { keyboard } : {}),
    ...(document ? { document } : {}),
  });
  return messageJson(world.state, message);
}

function readDocument(params: Params): Document {
  const given = params.text("document");
  const document = params.upload(given?.startsWith("attach://") ? given.slice(9) : "document");
  if (!document)
    throw badRequest(given ? "wrong file identifier/HTTP URL specified" : "there is no document in the request");
  if (document.content.length === 0) throw badRequest("file must be non-empty");
  return document;
}

/** The text as people will see it; notes what Telegram does silently and nobody wants. */
function readShown(world: World, params: Params, names: Names): ReadText {
  const formatted = readText(params, names);
  for (const url of formatted.droppedLinks) world.blame(`A link to ${url} is silently dropped by Telegram.`);
  const known = formatted.entities.filter(
    (entity) => entity.type !== "text_mention" || world.state.people.get(entity.userId ?? 0)?.isKnown,
  );
  for (const { person, isAccidental } of findNamed(world.state, formatted.text, known)) {
    if (isAccidental) world.blame(`Plain text mentions @${person.username}: ${shorten(formatted.text)}`);
  }
  return { ...formatted, entities: known };
}

function checkPreview(world: World, params: Params, formatted: ReadText): void {
  const options = params.json("link_preview_options") as { is_disabled?: unknown } | undefined;
  if (options?.is_disabled === true || params.flag("disable_web_page_preview")) return;
  const link = formatted.entities.find((entity) => entity.type === "url" || entity.type === "text_link");
  const what = link ? (link.url ?? slice(formatted.text, link)) : "any link in it";
  world.blame(`Link previews are on, so that ${what} is fetched and shown: ${shorten(formatted.text)}`);
}

const shorten = (text: string) => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

const editMessageText: Method = (world, params) => {
  const chat = findChat(world.state, params, "write");
  const message = findEditable(world.state, chat, params);
  if (message.document) throw badRequest("there is no text in the message to edit");
  const formatted = readShown(world, params, textNames);
  checkPreview(world, params, formatted);
  const keyboard = readKeyboard(params);
  const { raw, text, entities } = formatted;
  const isSame = text === message.text && JSON.stringify(entities) === JSON.stringify(message.entities);
  if (isSame && keyboardsAreEqual(keyboard, message.keyboard)) throw notModified();
  return edit(world, message, { raw, text, entities }, keyboard);
};

const editMessageReplyMarkup: Method = (world, params) => {
  const chat = findChat(world.state, params, "write");
  const message = findEditable(world.state, chat, params);
  const keyboard = readKeyboard(params);
  if (keyboardsAreEqual(keyboard, message.keyboard)) throw notModified();
  return edit(world, message, {}, keyboard);
};

function edit(world: World, message: Message, change: Partial<Message>, keyboard: Message["keyboard"]): unknown {
  world.limits.spend(message.chat, "edit");
  Object.assign(message, change, { editDate: seconds(world), edits: message.edits + 1 });
  // An edit without a keyboard takes the old one away.
  if (keyboard) message.keyboard = keyboard;
  else delete message.keyboard;
  return messageJson(world.state, message);
}

const notModified = () =>
  unlucky(
    "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
  );

const deleteMessage: Method = (world, params) => {
  const chat = findChat(world.state, params, "write");
  const message = findMessage(chat, params.int("message_id"));
  if (!message?.isSeenByBot) throw unlucky("message to delete not found");
  const mayDelete =
    message.from === world.state.bot.id || chat.type === "private" || isAdmin(chat.members.get(world.state.bot.id));
  if (!mayDelete) throw badRequest("message can't be deleted");
  message.isDeleted = true;
  return true;
};

const answerCallbackQuery: Method = (world, params) => {
  const press = world.presses.get(params.text("callback_query_id") ?? "");
  if (!press || press.answeredInMs !== undefined || world.now() - press.at > pressLivesMs) {
    throw unlucky("query is too old and response timeout expired or query ID is invalid");
  }
  const text = params.text("text") ?? "";
  const url = params.text("url") ?? "";
  if (text.length > 200) throw badRequest("MESSAGE_TOO_LONG");
  if (url && startPayload(world, url) === undefined) throw badRequest("URL_INVALID");
  press.answeredInMs = performance.now() - press.pressedAt;
  if (text) world.notices.push({ person: press.person, text, isAlert: params.flag("show_alert") });
  if (url) world.follow(press.person, url);
  return true;
};

/** What comes after `start=` in a link to this bot; undefined for every other address. */
export function startPayload(world: World, url: string): string | undefined {
  const name = world.state.bot.username;
  return url.match(new RegExp(`^(?:https?://)?(?:t|telegram)\\.me/${name}\\?start=([A-Za-z0-9_-]{0,64})$`, "i"))?.[1];
}

const actions =
  "typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker find_location record_video_note upload_video_note".split(
    " ",
  );

const sendChatAction: Method = (world, params) => {
  const chat = findChat(world.state, params, "write");
  if (!actions.includes(params.text("action") ?? "")) throw badRequest("wrong parameter action in request");
  findPlace(chat, params);
  return true;
};

const setMessageReaction: Method = (world, params) => {
  const chat = findChat(world.state, params, "write");
  const message = findMessage(chat, params.int("message_id"));
  if (!message?.isSeenByBot) throw unlucky("message to react not found");
  const given = params.json("reaction") ?? [];
  if (!Array.isArray(given) || given.length > 1) throw badRequest("REACTIONS_TOO_MANY");
  const emoji = given.map((each: { type?: string; emoji?: string }) => findReaction(each.emoji ?? ""));
  if (emoji.includes(undefined)) throw badRequest("REACTION_INVALID");
  message.reactions.set(world.state.bot.id, emoji as string[]);
  return true;
};

export const messageMethods: Record<string, Method> = {
  sendMessage,
  sendDocument,
  editMessageText,
  editMessageReplyMarkup,
  deleteMessage,
  answerCallbackQuery,
  sendChatAction,
  setMessageReaction,
};
