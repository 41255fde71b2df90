// A reply's buttons as the rows of an inline keyboard. Pure.
import type { ShownButton } from "../chat/port.ts";
import { cutGraphemes } from "../text.ts";
import type { Keyboard, KeyboardButton } from "./wire.ts";

const mostButtons = 100;
const mostInRow = 8;
/** Letters that fit beside each other on a telephone. */
const rowLetters = 30;
const longestLabel = 40;

type Group = "item" | "filter" | "page" | "question" | "plain";

const groups: Record<ShownButton["role"], Group> = {
  item: "item",
  filter: "filter",
  previous: "page",
  next: "page",
  yes: "question",
  no: "question",
  plain: "plain",
};
/** From the list's numbers down to what concerns the whole message. */
const order: readonly Group[] = ["item", "filter", "page", "question", "plain"];

/** Undefined without buttons. Each keeps its place within its kind; rows fill up as far as the labels stay readable. */
export function layKeyboard(buttons: readonly ShownButton[]): Keyboard | undefined {
  const shown = buttons.slice(0, mostButtons);
  const rows = order.flatMap((group) => layRows(shown.filter((button) => groups[button.role] === group).map(toButton)));
  return rows.length === 0 ? undefined : rows;
}

function toButton({ id, label, isOn }: ShownButton): KeyboardButton {
  const text = cutGraphemes(label.toWellFormed().trim(), longestLabel) || "…";
  return { text: isOn ? `✓ ${text}` : text, callback_data: id };
}

function layRows(buttons: readonly KeyboardButton[]): Keyboard {
  const rows: Keyboard = [];
  let letters = 0;
  for (const button of buttons) {
    const row = rows.at(-1);
    // The frame of a button takes room as well.
    const width = button.text.length + 2;
    if (row && row.length < mostInRow && letters + width <= rowLetters) {
      row.push(button);
      letters += width;
    } else {
      rows.push([button]);
      letters = width;
    }
  }
  return evenOut(rows);
}

/** Ten numbers are two rows of five and not eight and two. */
function evenOut(rows: Keyboard): Keyboard {
  const buttons = rows.flat();
  const isNumbers = buttons.every(({ text }) => /^\d{1,2}$/.test(text));
  if (!isNumbers || rows.length < 2) return rows;
  const perRow = Math.ceil(buttons.length / rows.length);
  return rows.map((_, index) => buttons.slice(index * perRow, (index + 1) * perRow)).filter((row) => row.length > 0);
}
