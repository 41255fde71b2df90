// Numbers, sizes, ages and times in a person's language. Pure: the present is handed in.
import prettyBytes from "pretty-bytes";
import type { Language } from "#contract";

export interface Format {
  number(value: number): string;
  /** 1.5 MB, 1,5 Mo */
  size(bytes: number): string;
  /** "3 days ago", from an ISO instant. */
  age(instant: string, now: Date): string;
  /** "2 min, 5 sec" for a span in milliseconds. */
  duration(ms: number): string;
  /** A moment: only the time when it is today, else with its date. */
  moment(instant: string, now: Date): string;
  date(instant: string): string;
  list(texts: string[]): string;
  isOne(count: number): boolean;
  /** The language's own spacing around punctuation. */
  punctuate(text: string): string;
}

const ageSteps: ReadonlyArray<readonly [Intl.RelativeTimeFormatUnit, number]> = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

export function createFormat(language: Language, timeZone?: string): Format {
  const zone = timeZone === undefined ? {} : { timeZone };
  const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const plurals = new Intl.PluralRules(language);
  const lists = new Intl.ListFormat(language);
  const dates = new Intl.DateTimeFormat(language, { dateStyle: "medium", ...zone });
  const times = new Intl.DateTimeFormat(language, { timeStyle: "short", ...zone });
  const moments = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", ...zone });
  return {
    number: (value) => numbers.format(value),
    size: (bytes) => formatSize(bytes, language),
    age: (instant, now) => formatAge(language, (Date.parse(instant) - now.getTime()) / 1000),
    duration: (ms) => formatDuration(ms, language),
    moment: (instant, now) => {
      const at = new Date(instant);
      return dates.format(at) === dates.format(now) ? times.format(at) : moments.format(at);
    },
    date: (instant) => dates.format(new Date(instant)),
    list: (texts) => lists.format(texts),
    isOne: (count) => plurals.select(count) === "one",
    punctuate: language === "fr" ? spaceFrench : (text) => text,
  };
}

function formatSize(bytes: number, language: Language): string {
  const text = prettyBytes(bytes, { locale: language, nonBreakingSpace: true });
  // The French byte is an octet.
  return language === "fr" ? text.replace(/B$/, "o") : text;
}

function formatAge(language: Language, seconds: number): string {
  const ages = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  // A clock that runs ahead is no news from the future.
  const past = Math.min(0, Math.round(seconds));
  const [unit, length] = ageSteps.find(([, step]) => -past >= step) ?? ["second", 1];
  return ages.format(Math.trunc(past / length), unit);
}

function formatDuration(ms: number, language: Language): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  const parts = new Intl.DurationFormat(language, { style: "short" });
  if (seconds < 60) return parts.format({ seconds });
  if (seconds < 3600) return parts.format({ minutes: Math.floor(seconds / 60), seconds: seconds % 60 });
  if (seconds < 86_400)
    return parts.format({ hours: Math.floor(seconds / 3600), minutes: Math.floor(seconds / 60) % 60 });
  return parts.format({ days: Math.floor(seconds / 86_400), hours: Math.floor(seconds / 3600) % 24 });
}

function spaceFrench(text: string): string {
  return text.replace(/ ([:;?!»])/g, "\u00A0$1").replaceAll("« ", "«\u00A0");
}
