// Inline keyboards: what Telegram takes and how it refuses the rest.
import { isLink } from "./html.ts";
import type { Params } from "./params.ts";
import { badRequest } from "./refusal.ts";
import type { Button } from "./state.ts";

const actions = [
  "url",
  "callback_data",
  "web_app",
  "login_url",
  "switch_inline_query",
  "switch_inline_query_current_chat",
  "switch_inline_query_chosen_chat",
  "copy_text",
  "callback_game",
  "pay",
];

/** The inline keyboard of the call; undefined when there is none, is empty, or is one of the other kinds. */
export function readKeyboard(params: Params): Button[][] | undefined {
  const markup = params.json("reply_markup");
  if (markup === undefined) return undefined;
  if (markup === null || typeof markup !== "object") throw badRequest("object expected as reply markup");
  const rows = (markup as { inline_keyboard?: unknown }).inline_keyboard;
  if (rows === undefined) return undefined;
  if (!Array.isArray(rows) || !rows.every((row) => Array.isArray(row))) {
    throw badRequest('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays');
  }
  const keyboard = rows.map((row: unknown[]) => row.map(readButton)).filter((row) => row.length > 0);
  if (keyboard.flat().length > 100) throw badRequest("reply markup is too long");
  if (keyboard.some((row) => row.length > 8))
    throw badRequest("reply markup is too long: more than 8 buttons in a row");
  return keyboard.length > 0 ? keyboard : undefined;
}

function readButton(given: unknown): Button {
  const button = given as Button;
  const fail = (why: string) => badRequest(`can't parse inline keyboard button: ${why}`);
  if (given === null || typeof given !== "object") throw fail("InlineKeyboardButton must be an Object");
  if (typeof button.text !== "string") throw fail('Field "text" must be of type String');
  if (button.text.trim() === "") throw fail('Field "text" must be non-empty');
  const used = actions.filter((action) => button[action] !== undefined);
  if (used.length === 0) throw fail("Text buttons are unallowed in the inline keyboard");
  if (used.length > 1) throw badRequest("BUTTON_TYPE_INVALID");
  if (button.url !== undefined && !isButtonLink(button.url)) throw badRequest("BUTTON_URL_INVALID");
  if (button.callback_data !== undefined) checkData(button.callback_data);
  return button;
}

const isButtonLink = (url: unknown) => typeof url === "string" && !/\s/.test(url) && isLink(url);

function checkData(data: unknown): void {
  const size = typeof data === "string" ? Buffer.byteLength(data) : 0;
  if (size < 1 || size > 64) throw badRequest("BUTTON_DATA_INVALID");
}
