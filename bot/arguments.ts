// Splits what a person typed into words and options. Never throws, whatever it is given.
import splitArguments from "string-argv";

/** `options` holds the few that commands and buttons use; anything else that begins with -- is an ordinary word. */
export interface Arguments {
  words: string[];
  options: Partial<Record<OptionName, string>>;
  /** All that was typed, quotes and all, without the options. */
  text: string;
}

const optionNames = ["yes", "after", "no-wait"] as const;
export type OptionName = (typeof optionNames)[number];

/**
 * Or something in quotes, in which no option stands: a name may look like one. A quote behind a backslash begins nothing;
 * were it tried, a line of them would take its length squared.
 */
const optionPattern = new RegExp(
  `([“”„"](?:\\\\[\\s\\S]|[^“”„"\\\\])*[“”„"]|\\\\[“”„"\\\\])|(?:^|\\s)--(${optionNames.join("|")})(?:=(\\S*))?(?=\\s|$)`,
  "g",
);
// Stand-ins while splitting: an apostrophe is part of a French word, never a quote.
const standIns = { "'": "\u{F0001}", '\\"': "\u{F0002}", "\\\\": "\u{F0003}" } as const;

export function parseArguments(typed: string): Arguments {
  const options: Arguments["options"] = {};
  const text = typed.replace(optionPattern, (_, quoted: string | undefined, name: OptionName, value?: string) => {
    if (quoted !== undefined) return quoted;
    options[name] = decodeOption(value ?? "");
    return "";
  });
  return { words: splitWords(text), options, text: text.trim() };
}

/** Words of a line: double quotes (straight, curly or French) keep spaces together; \" and \\ stand for themselves. */
export function splitWords(text: string): string[] {
  const straight = text
    .replace(/[“”„]/g, '"')
    .replace(/\\\\/g, standIns["\\\\"])
    .replace(/\\"/g, standIns['\\"'])
    .replace(/'/g, standIns["'"]);
  return splitArguments(straight)
    .map((word) =>
      word.replaceAll(standIns["'"], "'").replaceAll(standIns['\\"'], '"').replaceAll(standIns["\\\\"], "\\"),
    )
    .filter((word) => word !== "");
}

/** A word spelled so that splitWords gives it back whole; for commands of buttons. */
export function quoteWord(word: string): string {
  return /^[\p{L}\p{N}./_][\p{L}\p{N}./_-]*$/u.test(word)
    ? word
    : `"${word.replace(/[\\"]/g, "\\$&").replace(/[“”„]/g, '\\"')}"`;
}

/** An option for the command of a button. */
export function writeOption(name: OptionName, value: string): string {
  return `--${name}=${encodeURIComponent(value)}`;
}

function decodeOption(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
