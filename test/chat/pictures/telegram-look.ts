// The storyboard as Telegram's light client shows it. Draws only what was sent: text, entities, keyboards, answers, reactions.
// Pure.
import type { TelegramMessage } from "../telegram/driver.ts";
import type { Entity, Json } from "../telegram/state.ts";
import type { Clock } from "./html.ts";
import { avatar, botAvatar, colourOf, createClock, escapeHtml, page } from "./html.ts";
import type { Entry, Panel, Sent, Storyboard } from "./storyboard.ts";

type Shown = TelegramMessage;

const colours = ["#cc5049", "#d67722", "#955cdb", "#40a920", "#309eba", "#368ad1", "#c7508b"];
const face = (name: string) => avatar(name, colourOf(name, colours));

export interface Words {
  /** Below the room's name. */
  members: (count: number) => string;
  /** Below the bot's name. */
  bot: string;
}

export function renderTelegram(board: Storyboard<Shown>, words: Words): string {
  const clock = createClock(board.timeZone);
  const draw = (panel: Panel<Shown>) => renderPanel(panel, board.viewer.id, words, clock);
  const columns = board.columns.map((panels) => `<div class="column">${panels.map(draw).join("")}</div>`);
  return page(style, `<div class="picture">${columns.join("")}</div>`);
}

function renderPanel(
  { room, memberCount, caption, entries }: Panel<Shown>,
  viewerId: string,
  words: Words,
  clock: Clock,
): string {
  const name = room ?? "FonShare";
  const under = room === undefined ? words.bot : words.members(memberCount);
  const title = `${room === undefined ? botAvatar : face(room)}<div><b>${escapeHtml(name)}</b><small>${escapeHtml(under)}</small></div>`;
  const lines = entries.map((entry) => renderEntry(entry, room !== undefined, viewerId, clock));
  return `<section class="window"><header>${title}<span class="caption">${escapeHtml(caption)}</span></header><div class="log">${lines.join("")}</div></section>`;
}

function renderEntry(entry: Entry<Shown>, isRoom: boolean, viewerId: string, clock: Clock): string {
  if (entry.kind === "later") return `<div class="later"><span>${escapeHtml(entry.text)}</span></div>`;
  if (entry.kind === "sent") return renderSent(entry, isRoom, clock);
  const isOwn = entry.by.id === viewerId;
  const name = isOwn || !isRoom ? "" : `<div class="name">${escapeHtml(entry.by.name)}</div>`;
  const text = `<span class="link">${escapeHtml(entry.text)}</span>`;
  return `<div class="line${isOwn ? " own" : ""}"><div class="stack"><div class="bubble">${name}${text}${foot(clock(entry.at), isOwn ? " ✓✓" : "")}</div></div></div>`;
}

const foot = (time: string, mark = "") => `<time>${time}${mark}</time>`;

function renderSent({ message, asked, pressed, at }: Sent<Shown>, isRoom: boolean, clock: Clock): string {
  const name = isRoom ? `<div class="name bot-name">FonShare</div>` : "";
  const quote =
    asked && message.replyTo !== undefined
      ? `<div class="quote"><b>${escapeHtml(asked.by.name)}</b><br>${escapeHtml(asked.text)}</div>`
      : "";
  const bubble = `<div class="bubble">${name}${quote}<div class="text">${toHtml(textOf(message), message.entities)}</div>${renderReactions(message)}${foot(clock(at))}</div>`;
  const keyboard = message.keyboard.map((row) => renderRow(row, pressed?.label)).join("");
  return `<div class="line">${isRoom ? botAvatar : ""}<div class="stack">${bubble}${keyboard}</div></div>`;
}

/** Without the name and the content of a document, which stand behind the text. */
const textOf = ({ text, document }: Shown) => (document ? (text.split(`\n${document.name}`)[0] ?? "") : text);

const tags: Record<string, [open: string, close: string]> = {
  bold: ["<b>", "</b>"],
  italic: ["<i>", "</i>"],
  code: ["<code>", "</code>"],
  pre: ["<pre>", "</pre>"],
  url: [`<span class="link">`, "</span>"],
  bot_command: [`<span class="link">`, "</span>"],
  mention: [`<span class="link">`, "</span>"],
  text_link: [`<span class="link">`, "</span>"],
  text_mention: [`<span class="link">`, "</span>"],
};

/** Entities of the bot do not overlap; what Telegram finds by itself lies outside of them or in bold. */
function toHtml(text: string, entities: readonly Entity[]): string {
  let html = "";
  for (let at = 0; at < text.length; ) {
    const entity = entities.find(({ type, offset, length }) => offset === at && length > 0 && tags[type] !== undefined);
    if (entity) {
      const [open, close] = tags[entity.type] ?? ["", ""];
      html += open + escapeHtml(text.slice(at, at + entity.length)).replaceAll("\n", "<br>") + close;
      at += entity.length;
      continue;
    }
    const character = String.fromCodePoint(text.codePointAt(at) ?? 32);
    html += character === "\n" ? "<br>" : escapeHtml(character);
    at += character.length;
  }
  return html.replace(/<br><br>/g, `<br><span class="gap"></span>`);
}

function renderRow(row: readonly Json[], pressed: string | undefined): string {
  const keys = row.map(({ text, url }) => {
    const arrow = url === undefined ? "" : `<sup>↗</sup>`;
    return `<span class="key${String(text).startsWith(pressed ?? "\0") ? " pressed" : ""}">${escapeHtml(String(text))}${arrow}</span>`;
  });
  return `<div class="keys">${keys.join("")}</div>`;
}

function renderReactions({ reactions }: Shown): string {
  const counts = new Map<string, number>();
  for (const emoji of Object.values(reactions).flat()) counts.set(emoji, (counts.get(emoji) ?? 0) + 1);
  const shown = [...counts].map(([emoji, count]) => `<span class="reaction">${emoji} <b>${count}</b></span>`);
  return shown.length === 0 ? "" : `<div class="reactions">${shown.join("")}</div>`;
}

const style = `
body { font-family: "Inter", "Liberation Sans", "Noto Color Emoji", sans-serif; color: #0f1419; }
.window { border: 1px solid #c9d3da; background: #cfdfc4; }
header { display: flex; align-items: center; gap: 10px; padding: 8px 14px; background: #fff; border-bottom: 1px solid #dfe4e8; line-height: 1.25; }
header .avatar { width: 34px; height: 34px; font-size: 15px; }
header b { font-weight: 650; }
header small { display: block; color: #707d88; font-size: 12px; }
.caption { margin-left: auto; color: #707d88; font-size: 12.5px; max-width: 210px; text-align: right; }
.log { padding: 10px 12px 12px; display: flex; flex-direction: column; gap: 7px; }
.line { display: flex; align-items: flex-end; gap: 7px; }
.line > .avatar { width: 30px; height: 30px; }
.line.own { justify-content: flex-end; }
.stack { max-width: 364px; min-width: 0; }
.bubble { background: #fff; border-radius: 12px; padding: 6px 11px 7px; overflow-wrap: anywhere; }
.bubble::after { content: ""; display: block; clear: both; }
.line:not(.own) .bubble { border-bottom-left-radius: 4px; }
.own .bubble { background: #effddd; border-bottom-right-radius: 4px; }
.name { color: #d67722; font-weight: 600; font-size: 13.5px; }
.name.bot-name { color: #14747a; }
.text { display: inline; }
.text b { font-weight: 650; }
.gap { display: block; height: 7px; }
.link { color: #1a73c7; }
.text code, .text pre { font: 12.8px "DejaVu Sans Mono", monospace; color: #1a73c7; }
.quote { border-left: 3px solid #14747a; background: #eef5f5; border-radius: 4px; padding: 2px 8px 3px; margin: 3px 0 5px; font-size: 13px; line-height: 1.3; color: #3f4a52; }
.quote b { color: #14747a; font-weight: 600; }
time { float: right; color: #8b98a2; font-size: 11px; margin: 7px 0 -3px 10px; }
.own time { color: #5cae5a; }
.keys { display: flex; gap: 4px; margin-top: 4px; }
.key { flex: 1 1 0; text-align: center; background: #6d8f78; color: #fff; border-radius: 8px; padding: 6px 8px; font-size: 13.5px; font-weight: 550; position: relative; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.key.pressed { box-shadow: inset 0 0 0 2px #fff; background: #3c6a4d; }
.key sup { position: absolute; right: 6px; top: 1px; font-size: 10px; }
.reactions { display: flex; gap: 5px; margin: 6px 0 0; }
.reaction { background: #e4f0fa; color: #1a73c7; border-radius: 12px; padding: 2px 9px; font-size: 13.5px; }
.reaction b { font-size: 12.5px; font-weight: 600; }
.later { text-align: center; margin: 2px 0; }
.later span { background: #7f9c84; color: #fff; border-radius: 12px; padding: 2px 10px; font-size: 12px; font-weight: 500; }
`;
