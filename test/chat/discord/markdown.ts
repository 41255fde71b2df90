// Discord's markdown as its clients show it: the text that people read, and which constructs made it.
// The rules and their order are those of the official clients' parser.

export interface Read {
  text: string;
  /** Constructs that were found, such as "bold" or "link": a name that was not escaped shows up here. */
  constructs: string[];
}

export interface Names {
  person: (id: string) => string | undefined;
  channel: (id: string) => string | undefined;
  role: (id: string) => string | undefined;
}

interface Rule {
  name: string;
  pattern: RegExp;
  /** Only where a line begins. */
  isBlock?: true;
  /** The text of the match: a string as it stands, or what is to be read on. */
  show: (
    match: RegExpExecArray,
    names: Names,
  ) => string | { read: string; before?: string; after?: string; isBlock?: true };
}

const CODE_BLOCK = /^```(?:[a-z0-9_+\-.#]+?\n)?\n*([^\n][\s\S]*?)\n*```/i;
const CODE_SPAN = /^(`+)([\s\S]*?[^`])\1(?!`)/;
const inner = (match: RegExpExecArray) => ({ read: match[1] ?? match[2] ?? "" });

const rules: Rule[] = [
  {
    name: "heading",
    isBlock: true,
    pattern: /^#{1,3} +([^\n]+?)(?: *#* *)(\n|$)/,
    show: (match) => ({ read: match[1] ?? "", after: match[2] ?? "" }),
  },
  { name: "subtext", isBlock: true, pattern: /^-# +([^\n]+)/, show: inner },
  {
    name: "quote",
    isBlock: true,
    pattern: /^ *>>> ([\s\S]*)/,
    show: (match) => ({ read: match[1] ?? "", isBlock: true }),
  },
  {
    name: "quote",
    isBlock: true,
    pattern: /^ *> ([^\n]*)/,
    show: (match) => ({ read: match[1] ?? "", isBlock: true }),
  },
  {
    name: "list",
    isBlock: true,
    pattern: /^( *)[-*] +([^\n]+)/,
    show: (match) => ({ before: `${match[1]}• `, read: match[2] ?? "" }),
  },
  { name: "escape", pattern: /^\\([^0-9A-Za-z\s])/, show: (match) => match[1] ?? "" },
  { name: "shrug", pattern: /^¯\\_\(ツ\)_\/¯/, show: (match) => match[0] },
  { name: "code block", pattern: CODE_BLOCK, show: (match) => match[1] ?? "" },
  { name: "code", pattern: CODE_SPAN, show: (match) => (match[2] ?? "").replace(/^ (?=`)|(?<=`) $/g, "") },
  {
    name: "link",
    pattern:
      /^\[((?:\[[^\]]*\]|\\.|[^\]\\[])+)\]\(\s*<?((?:https?|discord):\/\/[^\s)>]+)>?(?:\s+['"][\s\S]*?['"])?\s*\)/,
    show: inner,
  },
  { name: "address", pattern: /^<((?:https?|discord):\/\/[^\s>]+)>/, show: (match) => match[1] ?? "" },
  { name: "address", pattern: /^https?:\/\/[^\s<]+[^<.,:;"'\]\s)]/, show: (match) => match[0] },
  {
    name: "mention",
    pattern: /^<@!?(\d{15,20})>/,
    show: (match, names) => `@${names.person(match[1] ?? "") ?? "unknown-user"}`,
  },
  {
    name: "role mention",
    pattern: /^<@&(\d{15,20})>/,
    show: (match, names) => `@${names.role(match[1] ?? "") ?? "unknown-role"}`,
  },
  {
    name: "channel mention",
    pattern: /^<#(\d{15,20})>/,
    show: (match, names) => `#${names.channel(match[1] ?? "") ?? "unknown"}`,
  },
  { name: "command mention", pattern: /^<(\/[^:>\n]+):\d{15,20}>/, show: (match) => match[1] ?? "" },
  { name: "emoji", pattern: /^<a?:(\w+):\d{15,20}>/, show: (match) => `:${match[1]}:` },
  {
    name: "time",
    pattern: /^<t:(-?\d{1,13})(?::[tTdDfFsSR])?>/,
    show: (match) => new Date(Number(match[1]) * 1000).toISOString(),
  },
  { name: "everyone", pattern: /^@(?:everyone|here)/, show: (match) => match[0] },
  { name: "bold", pattern: /^\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/, show: inner },
  { name: "underline", pattern: /^__((?:\\[\s\S]|[^\\])+?)__(?!_)/, show: inner },
  {
    name: "italic",
    pattern:
      /^_((?:__|\\[\s\S]|[^\\_])+?)_(?!\w)|^\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)/,
    show: inner,
  },
  { name: "strike", pattern: /^~~([\s\S]+?)~~(?!_)/, show: inner },
  { name: "spoiler", pattern: /^\|\|([\s\S]+?)\|\|/, show: inner },
];

/** What is no markup: up to the next character that may begin some. */
const PLAIN = /^[\s\S]+?(?=[^0-9A-Za-z\s\u00c0-\uffff]|\n|https?:\/\/|$)/;

export function readMarkdown(source: string, names: Names, startsLine = true): Read {
  const constructs: string[] = [];
  let text = "";
  let rest = source;
  let isLineStart = startsLine;
  while (rest !== "") {
    const found = findRule(rest, isLineStart);
    if (found === undefined) {
      const plain = PLAIN.exec(rest)?.[0] ?? rest;
      text += plain;
      rest = rest.slice(plain.length);
      isLineStart = plain.endsWith("\n");
      continue;
    }
    if (found.rule.name !== "escape") constructs.push(found.rule.name);
    const shown = found.rule.show(found.match, names);
    if (typeof shown === "string") text += shown;
    else {
      const nested = readMarkdown(shown.read, names, shown.isBlock ?? false);
      text += (shown.before ?? "") + nested.text + (shown.after ?? "");
      constructs.push(...nested.constructs);
    }
    rest = rest.slice(found.match[0].length);
    isLineStart = found.match[0].endsWith("\n");
  }
  return { text, constructs };
}

function findRule(rest: string, isLineStart: boolean): { rule: Rule; match: RegExpExecArray } | undefined {
  for (const rule of rules) {
    if (rule.isBlock && !isLineStart) continue;
    const match = rule.pattern.exec(rest);
    if (match) return { rule, match };
  }
  return undefined;
}

/**
 * Everything in a content that can ring: "everyone", "here", people's ids, "role:<id>". Code never rings; a backslash is no
 * protection here, since the servers look for mentions and not for markup.
 */
export function findRings(content: string): string[] {
  const found: string[] = [];
  let rest = content;
  while (rest !== "") {
    const code = CODE_BLOCK.exec(rest) ?? CODE_SPAN.exec(rest);
    const ring = /^(?:@(everyone|here)|<@!?(\d{15,20})>|<@&(\d{15,20})>)/.exec(rest);
    if (ring) found.push(ring[1] ?? ring[2] ?? `role:${ring[3]}`);
    rest = rest.slice(code?.[0].length ?? ring?.[0].length ?? (/^\\`/.test(rest) ? 2 : 1));
  }
  return [...new Set(found)];
}
