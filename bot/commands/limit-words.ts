// Reads limits as people write them: slots=2 hours=20:00-06:00 day=50GB relay=on. Pure.
import type { InputOf, Limits, servers } from "#contract";
import { readHours, readZone } from "./quiet-hours.ts";

export type LimitWish = InputOf<typeof servers.limit>["limits"];
/** The rest of the words name the server; or the word that makes no sense. */
export type LimitWords = { limits: LimitWish; name: string | undefined } | { wrong: string };

const off = /^(off|none|no|non|aucune?|0)$/i;
const on = /^(on|yes|oui)$/i;
const volumes = {
  day: "memberDayBytes",
  week: "memberWeekBytes",
  "group-day": "groupDayBytes",
  "group-week": "groupWeekBytes",
  rate: "bytesPerSecond",
} as const;
const slots = { slots: "slotsOut", in: "slotsIn" } as const;
const switches = { relay: "relay", clear: "clear" } as const;
export const limitKeys = [...Object.keys(slots), "hours", "zone", ...Object.keys(volumes), ...Object.keys(switches)];

/** @param now the limits as they are: new hours keep the zone when none is given */
export function readLimits(words: readonly string[], now: Pick<Limits, "hours"> | undefined): LimitWords {
  const limits: LimitWish = {};
  const names: string[] = [];
  let zone = now?.hours?.zone;
  for (const word of words) {
    const at = word.indexOf("=");
    if (at < 0) names.push(word);
    else if (word.slice(0, at).toLowerCase() === "zone") zone = readZone(word.slice(at + 1));
    else if (!readOne(word.slice(0, at).toLowerCase(), word.slice(at + 1), limits)) return { wrong: word };
    if (at >= 0 && word.toLowerCase().startsWith("zone=") && zone === undefined) return { wrong: word };
  }
  if (words.some((word) => /^zone=/i.test(word)) && !limits.hours) {
    if (!now?.hours) return { wrong: words.find((word) => /^zone=/i.test(word)) ?? "" };
    limits.hours = { from: now.hours.from, to: now.hours.to };
  }
  if (limits.hours && zone !== undefined) limits.hours = { ...limits.hours, zone };
  return { limits, name: names.length === 0 ? undefined : names.join(" ") };
}

function readOne(key: string, value: string, limits: LimitWish): boolean {
  if (Object.hasOwn(slots, key)) {
    const count = Number(value);
    limits[slots[key as keyof typeof slots]] = count;
    return Number.isInteger(count) && count >= 1 && count <= 16;
  }
  if (Object.hasOwn(volumes, key)) {
    const bytes = off.test(value) ? null : readSize(value);
    if (bytes !== undefined) limits[volumes[key as keyof typeof volumes]] = bytes;
    return bytes !== undefined;
  }
  if (Object.hasOwn(switches, key)) {
    limits[switches[key as keyof typeof switches]] = on.test(value);
    return on.test(value) || off.test(value);
  }
  const hours = off.test(value) ? null : readHours(value);
  if (key === "hours" && hours !== undefined) limits.hours = hours;
  return key === "hours" && hours !== undefined;
}

const powers = ["", "k", "m", "g", "t"];

/** 50GB, 1.5 To, 800mb/s: bytes, a thousand to the next unit as everywhere, 1,024 with an i (GiB). Undefined for no size over 0. */
export function readSize(text: string): number | undefined {
  const found = /^(\d{1,9}(?:[.,]\d{1,3})?)\s*([kmgt]?)(i?)[bo]?(?:\/s)?$/i.exec(text.trim());
  if (!found) return undefined;
  const power = powers.indexOf((found[2] ?? "").toLowerCase());
  const bytes = Math.round(Number((found[1] ?? "").replace(",", ".")) * (found[3] ? 1024 : 1000) ** power);
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : undefined;
}
