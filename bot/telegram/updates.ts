// From Telegram's updates to the talk: who said, pressed, reacted, came or went. Returns at once; the work goes on in lanes,
// one person's updates in order, different people's side by side.
import type { ChatTalk } from "../chat/talk.ts";
import { saySentence } from "../reply.ts";
import type { Acknowledgement } from "./acknowledge.ts";
import type { AnswerDeps } from "./answer.ts";
import { createAnswer } from "./answer.ts";
import { isIn } from "./asking.ts";
import { actorOf, placeOf, roomIdOf, speakerOf } from "./context.ts";
import type { Lanes } from "./lanes.ts";
import { readLine } from "./line.ts";
import type {
  CallbackQuery,
  Chat,
  IncomingMessage,
  MemberChange,
  Reaction,
  ReactionChange,
  Update,
  User,
} from "./wire.ts";

export interface UpdatesDeps extends AnswerDeps {
  talk: ChatTalk;
  lanes: Lanes;
  isOurs: (command: string) => boolean;
  acknowledge: (queryId: string) => Acknowledgement;
  isThere: (roomId: string) => Promise<boolean>;
}

/** Updates told twice in a row, as by a server that was started anew, are heard once. */
const mostRemembered = 1000;
/** The bot's coming and going, in the order in which it happened. */
const roomsLane = "rooms";
/** A group's move is known before anything that is said under its new id is worked on. */
const moveLane = (newId: number) => `move:${newId}`;

type Work = Promise<void> | undefined;

/** What it gives is over when the update was worked on; undefined when nothing is to be done, or was heard before. */
export function createUpdates(deps: UpdatesDeps): (update: Update) => Work {
  const heard = new Set<number>();
  return (update) => {
    if (heard.has(update.update_id)) return undefined;
    heard.add(update.update_id);
    const [oldest] = heard;
    if (heard.size > mostRemembered && oldest !== undefined) heard.delete(oldest);
    return route(update, deps);
  };
}

function route(update: Update, deps: UpdatesDeps): Work {
  const requestId = `telegram:${update.update_id}`;
  if (update.message) return onMessage(update.message, requestId, deps);
  if (update.callback_query) return onPress(update.callback_query, requestId, deps);
  if (update.message_reaction) return onReaction(update.message_reaction, requestId, deps);
  if (update.my_chat_member) return onOwnChange(update.my_chat_member, deps);
  return update.chat_member && onMemberChange(update.chat_member, deps);
}

const laneOf = ({ id }: User) => `person:${id}`;

function onMessage(message: IncomingMessage, requestId: string, deps: UpdatesDeps): Work {
  const { talk, lanes } = deps;
  const { chat, left_chat_member: left, migrate_to_chat_id: to, migrate_from_chat_id: from } = message;
  if (to !== undefined) return lanes.run(moveLane(to), () => talk.move(roomIdOf(chat.id), roomIdOf(to)));
  if (from !== undefined) return lanes.run(moveLane(chat.id), () => talk.move(roomIdOf(from), roomIdOf(chat.id)));
  if (left && !left.is_bot) return lanes.run(laneOf(left), () => talk.lose(roomIdOf(chat.id), String(left.id)));
  return message.text === undefined ? undefined : onText(message, message.text, requestId, deps);
}

function onText(message: IncomingMessage, typed: string, requestId: string, deps: UpdatesDeps): Work {
  const { talk, lanes, botName, isOurs } = deps;
  const place = placeOf(message.chat, message);
  const line = readLine(typed, { botName, isPrivate: place.kind === "private", isOurs });
  const speaker = speakerOf(message);
  if (!line || speaker === "nobody") return undefined;
  if (speaker === "hidden") return lanes.run(roomsLane, () => refuseHidden(message, deps));
  const actor = actorOf(speaker);
  const answer = createAnswer(deps, { actor, place, messageId: String(message.message_id) });
  const heard = { actor, place, requestId, answer };
  return lanes.run(laneOf(speaker), async () => {
    await lanes.settled(moveLane(message.chat.id));
    if (line.kind === "link") await talk.press({ ...heard, buttonId: line.payload });
    else await talk.hear({ ...heard, text: line.text });
  });
}

/** Who hides behind the group or a channel has no servers and no rights of their own. */
async function refuseHidden(message: IncomingMessage, deps: UpdatesDeps): Promise<void> {
  const tongue = deps.tongueOf(/^fr\b/i.test(message.from?.language_code ?? "") ? "fr" : "en");
  const reply = saySentence(tongue.say("chat.no-anonymous"), { tone: "error" });
  const { roomId } = placeOf(message.chat, message);
  await deps.messages.show(roomId, { reply, tongue, buttons: [] }, { replyTo: String(message.message_id) });
}

function onPress({ id, from, message, data }: CallbackQuery, requestId: string, deps: UpdatesDeps): Work {
  const { talk, lanes } = deps;
  const press = deps.acknowledge(id);
  if (!message || data === undefined || from.is_bot) return lanes.run(laneOf(from), () => press.plain());
  const actor = actorOf(from);
  const place = placeOf(message.chat, message);
  const answer = createAnswer(deps, { actor, place, messageId: String(message.message_id), press });
  return lanes.run(laneOf(from), async () => {
    try {
      await lanes.settled(moveLane(message.chat.id));
      await talk.press({ actor, place, requestId, answer, buttonId: data });
    } finally {
      await press.plain();
    }
  });
}

const isPull = ({ type, emoji }: Reaction) => type === "emoji" && emoji === "👍";

/** Taking the thumb back takes nothing back: what was pulled is pulled. The update does not say which topic it was in. */
function onReaction(change: ReactionChange, requestId: string, { talk, lanes }: UpdatesDeps): Work {
  const { chat, user, message_id, old_reaction, new_reaction } = change;
  if (!user || user.is_bot || chat.type === "private") return undefined;
  if (old_reaction.some(isPull) || !new_reaction.some(isPull)) return undefined;
  const where = { actor: actorOf(user), place: placeOf(chat), requestId, messageId: String(message_id) };
  return lanes.run(laneOf(user), () => talk.react({ ...where, reaction: "pull", isOn: true, isLate: false }));
}

/** The bot came or was put out. In private chats (blocked, or open again) it is noticed at the next message. */
function onOwnChange(change: MemberChange, deps: UpdatesDeps): Work {
  const { chat, from, old_chat_member: before, new_chat_member: now } = change;
  if (chat.type === "private" || chat.type === "channel") return undefined;
  const { lanes, talk } = deps;
  if (!isIn(now)) return lanes.run(roomsLane, () => departUnlessMoved(chat, deps));
  if (isIn(before)) return undefined;
  return lanes.run(roomsLane, async () => {
    await lanes.settled(moveLane(chat.id));
    await talk.arrive(placeOf(chat), actorOf(from).language);
  });
}

/** A group that becomes a supergroup loses its bot on paper, and must stay bound. */
async function departUnlessMoved({ id, type }: Chat, { talk, isThere }: UpdatesDeps): Promise<void> {
  const isStill = type === "group" && (await isThere(roomIdOf(id)).catch(() => false));
  if (!isStill) await talk.depart(roomIdOf(id));
}

function onMemberChange({ chat, new_chat_member: { user, ...standing } }: MemberChange, deps: UpdatesDeps): Work {
  if (chat.type === "private" || chat.type === "channel" || user.is_bot || isIn(standing)) return undefined;
  return deps.lanes.run(laneOf(user), () => deps.talk.lose(roomIdOf(chat.id), String(user.id)));
}
