// Buttons of a reply as Discord's rows: at most five rows of five, lists with their numbers, filters as a menu. Pure.
import type { APIActionRowComponent, APIComponentInMessageActionRow } from "discord.js";
import { ButtonStyle, ComponentType } from "discord.js";
import { cutEnd } from "../chat/cut.ts";
import type { ShownButton } from "../chat/port.ts";
import { cleanName } from "../text.ts";

export type Row = APIActionRowComponent<APIComponentInMessageActionRow>;

const mostRows = 5;
const perRow = 5;
const longestLabel = 80;
const mostOptions = 25;
const longestPlaceholder = 150;

/** Answers to questions and the ways on are never left out; numbers of a list are, last first. */
export function renderButtons(buttons: readonly ShownButton[]): Row[] {
  const of = (...roles: ShownButton["role"][]) => buttons.filter((button) => roles.includes(button.role));
  const filters = of("filter");
  const filterRows = renderFilters(filters);
  const tail = [...of("yes", "no"), ...of("previous", "next"), ...of("plain")];
  const tailRows = rowsOf(tail).slice(0, mostRows - filterRows.length);
  const itemRows = rowsOf(of("item")).slice(0, mostRows - filterRows.length - tailRows.length);
  return withUniqueIds([...itemRows, ...filterRows, ...tailRows]);
}

/** The button id that a press stands for; undefined for one that chose nothing. */
export function readPress(customId: string, values: readonly string[] | undefined): string | undefined {
  const [id = "", active] = customId.split(repeatMark)[0]?.split(menuMark) ?? [];
  if (id !== menuId) return id;
  // Nothing chosen any more takes the filter away, which is what pressing the active one does.
  return values?.[0] ?? (active || undefined);
}

const menuId = "filter";
const menuMark = ":";
const repeatMark = "#";

function renderFilters(filters: readonly ShownButton[]): Row[] {
  if (filters.length === 0) return [];
  if (filters.length <= perRow) return rowsOf(filters);
  const unique = [...new Map(filters.map((filter) => [filter.id, filter])).values()].slice(0, mostOptions);
  const active = unique.find((filter) => filter.isOn);
  const options = unique.map((filter) => ({
    label: labelOf(filter),
    value: filter.id,
    ...(filter === active ? { default: true } : {}),
  }));
  const customId = `${menuId}${menuMark}${active?.id ?? ""}`;
  const menu = {
    type: ComponentType.StringSelect,
    custom_id: customId,
    min_values: 0,
    max_values: 1,
    placeholder: cutEnd(options.map(({ label }) => label).join(" · "), longestPlaceholder),
    options,
  } as const;
  return [{ type: ComponentType.ActionRow, components: [menu] }];
}

function rowsOf(buttons: readonly ShownButton[]): Row[] {
  const rows: Row[] = [];
  for (let at = 0; at < buttons.length; at += perRow) {
    const components = buttons.slice(at, at + perRow).map((button) => ({
      type: ComponentType.Button as const,
      style: styleOf(button),
      label: labelOf(button),
      custom_id: button.id,
    }));
    rows.push({ type: ComponentType.ActionRow, components });
  }
  return rows;
}

type PressStyle = ButtonStyle.Primary | ButtonStyle.Secondary | ButtonStyle.Success;

function styleOf({ role, isOn }: ShownButton): PressStyle {
  if (role === "yes") return ButtonStyle.Success;
  return isOn ? ButtonStyle.Primary : ButtonStyle.Secondary;
}

function labelOf({ label }: ShownButton): string {
  return cutEnd(cleanName(label), longestLabel);
}

/** Two buttons may stand for the same command; Discord wants every id once. */
function withUniqueIds(rows: Row[]): Row[] {
  const seen = new Map<string, number>();
  for (const component of rows.flatMap((row) => row.components)) {
    if (!("custom_id" in component)) continue;
    const count = (seen.get(component.custom_id) ?? 0) + 1;
    seen.set(component.custom_id, count);
    if (count > 1) component.custom_id += `${repeatMark}${count}`;
  }
  return rows;
}
