// The storyboard as Discord's dark client shows it. Draws only what was sent: content, embeds, components, flags, reactions,
// and who used which command. Pure.
import type { DiscordShown } from "../discord/shown.ts";
import type { Names } from "./discord-markdown.ts";
import { toHtml } from "./discord-markdown.ts";
import type { Clock } from "./html.ts";
import { avatar, botAvatar, colourOf, createClock, escapeHtml, page } from "./html.ts";
import type { Entry, Panel, Sent, Storyboard } from "./storyboard.ts";

type Shown = DiscordShown;
type Part = Record<string, unknown>;

const colours = ["#c2557a", "#5865f2", "#3a9d6e", "#b8762e", "#8e5bd0"];
const face = (name: string) => avatar(name, colourOf(name, colours));

export interface Words {
  onlyYou: string;
  used: string;
}

export function renderDiscord(board: Storyboard<Shown>, words: Words): string {
  const clock = createClock(board.timeZone);
  const draw = (panel: Panel<Shown>) => renderPanel(panel, words, clock);
  const columns = board.columns.map((panels) => `<div class="column">${panels.map(draw).join("")}</div>`);
  return page(style, `<div class="picture">${columns.join("")}</div>`);
}

function renderPanel({ room, caption, entries }: Panel<Shown>, words: Words, clock: Clock): string {
  const title =
    room === undefined
      ? `${botAvatar}<b>FonShare</b>`
      : `<span class="hash">#</span><b>${escapeHtml(channelName(room))}</b>`;
  const names: Names = { person: (id) => peopleIn(entries).get(id) };
  const lines = entries.map((entry, index) => renderEntry(entry, entries[index - 1], names, words, clock));
  return `<section class="window"><header>${title}<span class="caption">${escapeHtml(caption)}</span></header><div class="log">${lines.join("")}</div></section>`;
}

const channelName = (title: string) => title.toLowerCase().replace(/\s+/g, "-");

function peopleIn(entries: readonly Entry<Shown>[]): Map<string, string> {
  const people = entries.flatMap((entry) => {
    if (entry.kind === "said") return [entry.by];
    return entry.kind === "sent" ? [entry.asked?.by, entry.pressed?.by, entry.message.onlyFor] : [];
  });
  return new Map(people.flatMap((person) => (person ? [[person.id, person.name] as const] : [])));
}

function renderEntry(
  entry: Entry<Shown>,
  before: Entry<Shown> | undefined,
  names: Names,
  words: Words,
  clock: Clock,
): string {
  // A slash command is no message of its own: it stands above the answer.
  if (entry.kind === "said") return "";
  if (entry.kind === "later") return `<div class="later"><span>${escapeHtml(entry.text)}</span></div>`;
  const { message, asked, at } = entry;
  const isOnlyMine = (message.raw.flags & 64) !== 0;
  const isFirst = asked !== undefined || before?.kind !== "sent" || isOnlyMine || (before.message.raw.flags & 64) !== 0;
  const use = asked
    ? `<div class="use">${face(asked.by.name)}<b style="color:#c9cdfb">${escapeHtml(asked.by.name)}</b> ${escapeHtml(words.used)} <span class="mention">${escapeHtml(asked.text)}</span></div>`
    : "";
  const head = isFirst
    ? `<div class="who"><b>FonShare</b><span class="app">APP</span><time>${clock(at)}</time></div>`
    : "";
  const foot = isOnlyMine ? `<div class="only">${eye} ${escapeHtml(words.onlyYou)}</div>` : "";
  return `<div class="message${isOnlyMine ? " mine" : ""}${isFirst ? "" : " more"}">${use}<div class="row"><div class="side">${isFirst ? botAvatar : ""}</div><div class="body">${head}${renderBody(entry, names)}${foot}</div></div></div>`;
}

function renderBody({ message, pressed }: Sent<Shown>, names: Names): string {
  const { content, embeds, components } = message.raw;
  return [
    content === "" ? "" : `<div class="text">${toHtml(content, names)}</div>`,
    ...embeds.map((embed) => renderEmbed(embed as Part, names)),
    ...(components as Part[]).map((row) => renderRow(row, pressed?.label)),
    renderReactions(message.reactions),
  ].join("");
}

function renderEmbed({ title, description, color }: Part, names: Names): string {
  const edge = `#${Number(color ?? 0x4f545c)
    .toString(16)
    .padStart(6, "0")}`;
  const head = title ? `<div class="title">${toHtml(String(title), names)}</div>` : "";
  const text = description ? `<div class="text">${toHtml(String(description), names)}</div>` : "";
  return `<div class="embed" style="border-color:${edge}">${head}${text}</div>`;
}

const buttonClasses: Record<number, string> = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };

function renderRow({ components }: Part, pressed: string | undefined): string {
  const parts = (components as Part[]).map((one) => {
    if (one["type"] === 3) return renderMenu(one);
    const label = String(one["label"] ?? "");
    return `<span class="button ${buttonClasses[Number(one["style"])] ?? ""}${label.startsWith(pressed ?? "\0") ? " pressed" : ""}">${escapeHtml(label)}</span>`;
  });
  return `<div class="buttons">${parts.join("")}</div>`;
}

function renderMenu({ options, placeholder }: Part): string {
  const chosen = (options as Part[]).find((option) => option["default"] === true)?.["label"];
  const text = chosen ?? placeholder ?? "Make a selection";
  return `<span class="menu${chosen === undefined ? "" : " chosen"}">${escapeHtml(String(text))}<i></i></span>`;
}

function renderReactions(reactions: Record<string, number>): string {
  const shown = Object.entries(reactions).map(
    ([emoji, count]) => `<span class="reaction">${emoji} <b>${count}</b></span>`,
  );
  return shown.length === 0 ? "" : `<div class="reactions">${shown.join("")}</div>`;
}

const eye = `<svg viewBox="0 0 24 24" width="14" height="14" fill="currentColor"><path d="M12 5C6.5 5 2.4 9.2 1 12c1.400 2.800 5.500 7 11 7s9.600-4.200 11-7c-1.400-2.800-5.500-7-11-7zm0 11.500A4.500 4.500 0 1 1 12 7.500a4.500 4.500 0 0 1 0 9z"/><circle cx="12" cy="12" r="2.500"/></svg>`;

const style = `
body { font-family: "Inter", "Liberation Sans", "Noto Color Emoji", sans-serif; color: #dbdee1; }
.window { background: #313338; border: 1px solid #202225; }
header { display: flex; align-items: center; gap: 7px; padding: 10px 14px; background: #2b2d31; border-bottom: 1px solid #1f2023; color: #f2f3f5; }
header .avatar { width: 22px; height: 22px; font-size: 11px; }
.hash { color: #80848e; font-size: 20px; line-height: 1; font-weight: 500; }
.caption { margin-left: auto; color: #a3a7b0; font-size: 12.5px; }
.log { padding: 12px 0 14px; }
.message { padding: 4px 14px 3px; margin-top: 8px; position: relative; }
.message.more { margin-top: 2px; }
.message.mine { background: #393b52; border-left: 2px solid #5865f2; padding-left: 12px; }
.row { display: flex; gap: 12px; }
.side { width: 36px; flex: none; padding-top: 2px; }
.side .avatar { width: 36px; height: 36px; }
.body { min-width: 0; flex: 1; }
.use { display: flex; align-items: center; gap: 5px; margin: 0 0 3px 30px; font-size: 12.5px; color: #b5bac1; position: relative; }
.use::before { content: ""; position: absolute; left: -13px; top: 9px; width: 11px; height: 8px; border: 2px solid #4e5058; border-right: 0; border-bottom: 0; border-top-left-radius: 6px; }
.use .avatar { width: 16px; height: 16px; font-size: 9px; }
.use b { font-weight: 600; }
.mention { color: #c9cdfb; background: #3c4270; border-radius: 3px; padding: 0 3px; font-weight: 500; }
.who { display: flex; align-items: center; gap: 6px; }
.who b { color: #f2f3f5; font-weight: 600; }
.app { background: #5865f2; color: #fff; font-size: 10px; font-weight: 600; border-radius: 3px; padding: 1px 4px; }
.who time { color: #949ba4; font-size: 11.5px; }
.text { overflow-wrap: anywhere; }
.text small { display: block; color: #a3a7b0; font-size: 12.5px; line-height: 1.35; margin-bottom: 3px; }
.text br + small { margin-top: 0; }
.text b { color: #f2f3f5; font-weight: 650; }
.text a { color: #00a8fc; }
.text code, .title code { background: #1e1f22; border-radius: 4px; padding: 1px 4px; font: 12.5px "DejaVu Sans Mono", monospace; }
.text small code { font-size: 11.5px; color: #b5bac1; }
.text pre { background: #2b2d31; border: 1px solid #1e1f22; border-radius: 4px; padding: 7px 9px; margin: 4px 0; font: 12.5px "DejaVu Sans Mono", monospace; white-space: pre-wrap; }
.embed { background: #2b2d31; border-left: 4px solid; border-radius: 4px; padding: 10px 14px 12px; margin-top: 4px; font-size: 14px; }
.title { color: #f2f3f5; font-weight: 650; font-size: 15.5px; margin-bottom: 7px; }
.buttons { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 8px; }
.button { background: #4e5058; color: #fff; border-radius: 4px; padding: 6px 14px; font-size: 13.5px; font-weight: 500; }
.button.primary { background: #5865f2; } .button.success { background: #248046; }
.pressed { outline: 2px solid #c9cdfb; outline-offset: 2px; }
.menu { flex: 1; min-width: 0; position: relative; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; background: #1e1f22; border-radius: 4px; padding: 8px 34px 8px 12px; color: #949ba4; font-size: 13.5px; }
.menu.chosen { color: #dbdee1; }
.menu i { position: absolute; right: 14px; top: 12px; width: 8px; height: 8px; border: solid #b5bac1; border-width: 0 2px 2px 0; transform: rotate(45deg); }
.reactions { display: flex; gap: 6px; margin-top: 7px; }
.reaction { display: inline-flex; gap: 6px; align-items: center; background: #2b2d31; border: 1px solid #3f4147; border-radius: 8px; padding: 2px 7px; font-size: 14px; }
.reaction b { font-size: 12.5px; color: #b5bac1; font-weight: 600; }
.only { display: flex; align-items: center; gap: 5px; color: #949ba4; font-size: 12px; margin-top: 6px; }
.later { display: flex; align-items: center; gap: 8px; margin: 12px 14px 2px; color: #949ba4; font-size: 11.5px; font-weight: 600; }
.later::before, .later::after { content: ""; flex: 1; border-top: 1px solid #3f4147; }
`;
