// What the bot wrote in Discord's markdown as HTML: the constructs that it uses; anything else stays text. Pure.
import { escapeHtml } from "./html.ts";

export interface Names {
  person: (id: string) => string | undefined;
}

interface Rule {
  pattern: RegExp;
  isBlock?: true;
  show: (match: RegExpExecArray, names: Names) => string;
}

const rules: Rule[] = [
  {
    isBlock: true,
    pattern: /^-# ([^\n]+)\n?/,
    show: ([, text = ""], names) => `<small>${toHtml(text, names)}</small>`,
  },
  { pattern: /^```(?:\w+\n)?\n?([\s\S]+?)\n?```\n?/, show: ([, text = ""]) => `<pre>${escapeHtml(text)}</pre>` },
  { pattern: /^`([^`]+)`/, show: ([, text = ""]) => `<code>${escapeHtml(text)}</code>` },
  { pattern: /^\\([^0-9A-Za-z\s])/, show: ([, text = ""]) => escapeHtml(text) },
  { pattern: /^<(https?:\/\/[^\s>]+)>/, show: ([, text = ""]) => `<a>${escapeHtml(text)}</a>` },
  {
    pattern: /^<@!?(\d{15,20})>/,
    show: ([, id = ""], names) => `<span class="mention">@${escapeHtml(names.person(id) ?? "unknown")}</span>`,
  },
  { pattern: /^\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/, show: ([, text = ""], names) => `<b>${toHtml(text, names)}</b>` },
];

export function toHtml(source: string, names: Names): string {
  let html = "";
  let rest = source;
  let isLineStart = true;
  while (rest !== "") {
    const found = rules
      .filter((rule) => isLineStart || !rule.isBlock)
      .map((rule) => ({ rule, match: rule.pattern.exec(rest) }))
      .find(({ match }) => match !== null);
    const taken = found?.match?.[0] ?? rest.slice(0, 1);
    if (found?.match) html += found.rule.show(found.match, names);
    else html += taken === "\n" ? "<br>" : escapeHtml(taken);
    isLineStart = taken.endsWith("\n");
    rest = rest.slice(taken.length);
  }
  return html;
}
