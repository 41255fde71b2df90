// The usual line of `ls -l`, read character by character: a whole tree brings hundreds of thousands of them at once.
// Whatever is unusual about a line is left to unix-list.ts, which must say the same about what both can read.
import { utcDate } from "../replies/time.ts";
import type { Line } from "./line.ts";
import { makeLine } from "./line.ts";

const monthNames = "JanFebMarAprMayJunJulAugSepOctNovDec";
const minuteMs = 60_000;
const dayMs = 86_400_000;
const space = 32;
const zero = 48;
const nine = 57;
const colon = 58;
const mostSizeDigits = 15;

/**
 * `drwxr-xr-x 2 anna users 4096 Jan 31 12:30 name`, with any number of spaces but before the name.
 * @param line bytes as latin1 text. @returns undefined for any other line
 */
export function readUsualLine(line: string, now: Date): Line | undefined {
  const type = line.charCodeAt(0);
  const isFolder = type === 100;
  if ((!isFolder && type !== 45) || line.charCodeAt(10) !== space) return undefined;
  let at = 10;
  for (let word = 0; word < 3; word += 1) at = endOfWord(line, startOfWord(line, at));
  const sizeAt = startOfWord(line, at);
  const sizeEnd = endOfDigits(line, sizeAt);
  const month = monthAt(line, startOfWord(line, sizeEnd));
  if (sizeEnd === sizeAt || sizeEnd - sizeAt > mostSizeDigits || month < 0) return undefined;
  const dayAt = startOfWord(line, startOfWord(line, sizeEnd) + 3);
  const dayEnd = endOfDigits(line, dayAt);
  const clockAt = startOfWord(line, dayEnd);
  const isDay = dayEnd > dayAt && dayEnd - dayAt <= 2 && clockAt > dayEnd;
  if (!isDay || !isWordBefore(line, dayAt)) return undefined;
  const day = numberOf(line, dayAt, dayEnd);
  const time = readClock(line, clockAt, { month, day, now });
  if (!time || line.charCodeAt(time.end) !== space || time.end + 1 >= line.length) return undefined;
  const name = line.slice(time.end + 1);
  return makeLine(isFolder ? "directory" : "file", name, numberOf(line, sizeAt, sizeEnd), time.at, time.within);
}

interface Clock {
  at: Date | undefined;
  within: 60_000 | 86_400_000;
  end: number;
}

/** Days come again and again. Undefined: no day of the calendar. */
const days = new Map<number, Date | undefined>();
const mostDays = 20_000;

function dayOf(year: number, month: number, day: number): Date | undefined {
  const key = (year * 13 + month) * 100 + day;
  const known = days.get(key);
  if (known || days.has(key)) return known;
  if (days.size >= mostDays) days.clear();
  const at = utcDate(year, month, day);
  days.set(key, at);
  return at;
}

/** `12:30`, or ` 2024`. */
function readClock(line: string, from: number, date: { month: number; day: number; now: Date }): Clock | undefined {
  const { month, day, now } = date;
  const end = endOfDigits(line, from);
  if (end - from === 4 && line.charCodeAt(end) !== colon)
    return { at: dayOf(numberOf(line, from, end), month, day), within: dayMs, end };
  if (end - from !== 2 || line.charCodeAt(end) !== colon) return undefined;
  const minuteEnd = endOfDigits(line, end + 1);
  if (minuteEnd - end !== 3) return undefined;
  const [hour, minute] = [numberOf(line, from, end), numberOf(line, end + 1, minuteEnd)];
  return { at: latestTime(now, month, day, hour, minute), within: minuteMs, end: minuteEnd };
}

/** Of the latest such day that is not in the future. A zone east of us may be a day ahead. */
function latestTime(now: Date, month: number, day: number, hour: number, minute: number): Date | undefined {
  if (hour > 23 || minute > 59) return undefined;
  const year = now.getUTCFullYear();
  const sinceMidnightMs = (hour * 60 + minute) * minuteMs;
  const thisYear = dayOf(year, month, day);
  if (thisYear && thisYear.getTime() + sinceMidnightMs <= now.getTime() + dayMs)
    return new Date(thisYear.getTime() + sinceMidnightMs);
  const lastYear = dayOf(year - 1, month, day);
  return lastYear && new Date(lastYear.getTime() + sinceMidnightMs);
}

function startOfWord(line: string, from: number): number {
  let at = from;
  while (line.charCodeAt(at) === space) at += 1;
  return at;
}

function endOfWord(line: string, from: number): number {
  let at = from;
  while (at < line.length && line.charCodeAt(at) !== space) at += 1;
  return at;
}

function endOfDigits(line: string, from: number): number {
  let at = from;
  for (let code = line.charCodeAt(at); code >= zero && code <= nine; code = line.charCodeAt(at)) at += 1;
  return at;
}

const isWordBefore = (line: string, at: number) => line.charCodeAt(at - 1) === space;

function numberOf(line: string, from: number, end: number): number {
  let value = 0;
  for (let at = from; at < end; at += 1) value = value * 10 + line.charCodeAt(at) - zero;
  return value;
}

/** 1 to 12; -1 when there is no English month of three letters, as most servers write it. */
function monthAt(line: string, at: number): number {
  const index = monthNames.indexOf(line.slice(at, at + 3));
  return index >= 0 && index % 3 === 0 && isWordBefore(line, at) ? index / 3 + 1 : -1;
}
