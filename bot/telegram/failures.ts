// What a refusal of the Bot API means for what was to be done. Pure, from the error code and the description; the
// descriptions are those of the public Bot API server (telegram-bot-api) and of the MTProto errors that it hands through.

/** A call that failed, cleaned: neither token nor address nor what was sent. `code` 0: there was no answer at all. */
export class TelegramFailure extends Error {
  override name = "TelegramFailure";
  readonly method: string;
  readonly code: number;
  readonly description: string;
  readonly retryAfterS: number | undefined;
  readonly movedTo: string | undefined;

  constructor(
    method: string,
    code: number,
    description: string,
    more: { retryAfterS?: number; movedTo?: string } = {},
  ) {
    super(`${method}: ${code} ${description}`);
    this.method = method;
    this.code = code;
    this.description = description;
    this.retryAfterS = more.retryAfterS;
    this.movedTo = more.movedTo;
  }
}

/**
 * - `closed`: the person lets the bot not write in private
 * - `gone`: the message, the topic or the room is no more, or the bot may not write there
 * - `moved`: the group became a supergroup of this id
 * - `same`: the message already looks like this
 * - `busy`: wait, then the same again
 * - `away`: no answer, or none of Telegram's own; the same may work later, and may have worked already
 * - `tooOld`: the press was too long ago to be answered
 * - `absent`: no such person in the room
 * - `textless`: a document's message has a caption in place of a text
 * - `barred`: the token is wrong
 * - `taken`: somebody else polls with this token, or a webhook is set
 * - `fatal`: a mistake of this adapter, or something that the platform cannot do
 */
export type Verdict =
  | { kind: "closed" | "same" | "away" | "tooOld" | "absent" | "textless" | "barred" | "taken" | "fatal" }
  | { kind: "gone"; what: "message" | "topic" | "room" }
  | { kind: "moved"; to: string }
  | { kind: "busy"; waitMs: number };

const patterns: ReadonlyArray<readonly [RegExp, Verdict]> = [
  [/message is not modified/i, { kind: "same" }],
  [/there is no text in the message to edit/i, { kind: "textless" }],
  [/query is too old|query id is invalid|QUERY_ID_INVALID/i, { kind: "tooOld" }],
  [
    /message to (?:edit|delete|react) not found|message can't be (?:edited|deleted)/i,
    { kind: "gone", what: "message" },
  ],
  [/MESSAGE_ID_INVALID|MESSAGE_EDIT_TIME_EXPIRED/, { kind: "gone", what: "message" }],
  [/message thread not found|TOPIC_DELETED|TOPIC_ID_INVALID/i, { kind: "gone", what: "topic" }],
  // Closed for now: it stays bound.
  [/TOPIC_CLOSED|TOPIC_NOT_MODIFIED/, { kind: "gone", what: "room" }],
  [/bot was blocked by the user|can't initiate conversation|user is deactivated/i, { kind: "closed" }],
  [/can't send messages to bots|PEER_ID_INVALID|USER_IS_BLOCKED|INPUT_USER_DEACTIVATED/i, { kind: "closed" }],
  [/(?:user|member|participant) not found|PARTICIPANT_ID_INVALID|USER_ID_INVALID/i, { kind: "absent" }],
  [/USER_NOT_PARTICIPANT|invalid user_id/i, { kind: "absent" }],
  [
    /chat not found|CHAT_ID_INVALID|CHANNEL_(?:INVALID|PRIVATE)|group chat was (?:deactivated|deleted)/i,
    { kind: "gone", what: "room" },
  ],
  [/bot was kicked|bot is not a member|bot is not a participant/i, { kind: "gone", what: "room" }],
  [
    /rights? to send|no write access|CHAT_(?:WRITE|SEND_\w+)_FORBIDDEN|CHAT_RESTRICTED/i,
    { kind: "gone", what: "room" },
  ],
  [/need administrator rights|CHAT_ADMIN_REQUIRED|USER_BANNED_IN_CHANNEL/i, { kind: "gone", what: "room" }],
];

export function judge({ code, description, retryAfterS, movedTo }: TelegramFailure): Verdict {
  if (movedTo !== undefined) return { kind: "moved", to: movedTo };
  if (code === 429) return { kind: "busy", waitMs: Math.max(1, retryAfterS ?? 1) * 1000 };
  if (code === 0 || code >= 500) return { kind: "away" };
  if (code === 401) return { kind: "barred" };
  if (code === 409) return { kind: "taken" };
  const known = patterns.find(([pattern]) => pattern.test(description));
  if (known && (code === 400 || code === 403)) return known[1];
  return code === 403 ? { kind: "gone", what: "room" } : { kind: "fatal" };
}

/** As `judge`, for whatever was thrown: what is no failure of a call is a mistake in here. */
export function judgeError(error: unknown): Verdict {
  return error instanceof TelegramFailure ? judge(error) : { kind: "fatal" };
}
