// Reads quiet hours as people write them: 22:00-07:00, 22-7, 22h30–7h, 10pm to 7am, with or without a time zone. Pure.

interface Hours {
  from: string;
  to: string;
}

const span = /^(\S+?(?: [ap]m)?)(?: ?[-–—→] ?| (?:to|à) )(\S+(?: [ap]m)?)$/iu;
const longest = 32;
const hour = /^(\d{1,2})(?:[:h.](\d{2})?)?\s*?(am|pm)?$/i;

/** Undefined for what is no span of hours, or one without an end. */
export function readHours(text: string): Hours | undefined {
  if (text.length > longest) return undefined;
  const found = span.exec(
    text
      .trim()
      .replace(/\s+/g, " ")
      .replace(/^(from|de) /i, ""),
  );
  const from = readHour(found?.[1] ?? "");
  const to = readHour(found?.[2] ?? "");
  return from === undefined || to === undefined || from === to ? undefined : { from, to };
}

function readHour(text: string): string | undefined {
  const found = hour.exec(text);
  if (!found) return undefined;
  const [, hours = "", minutes = "0", half] = found;
  let at = Number(hours);
  if (half) {
    if (at < 1 || at > 12) return undefined;
    at = (at % 12) + (half.toLowerCase() === "pm" ? 12 : 0);
  }
  if (at > 24 || Number(minutes) > 59 || (at === 24 && Number(minutes) > 0)) return undefined;
  return `${String(at % 24).padStart(2, "0")}:${String(Number(minutes)).padStart(2, "0")}`;
}

/** The zone as it is spelled in the IANA database; undefined when there is none of that name. */
export function readZone(text: string): string | undefined {
  // An offset such as +02:00 is a zone to Intl, but moves with no summer time.
  if (!/^[a-z][\w+/-]{0,63}$/i.test(text)) return undefined;
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions();
    return timeZone.toLowerCase() === text.toLowerCase() ? timeZone : text;
  } catch {
    return undefined;
  }
}
