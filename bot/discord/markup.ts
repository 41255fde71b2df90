// Discord's markdown: text of strangers is shown as it is, and the few constructs that the bot itself uses. Pure.

/**
 * Everything that can begin emphasis, code, a spoiler, a masked link, a mention, a timestamp, an emoji (`<:a:1>`, `:a:`) or
 * the `https:` of an address. A backslash before punctuation is always eaten by Discord's clients.
 */
const inlineMarks = /[\\*_~`|[\]()<>#@:]/g;
/** A list, and the small print `-#`; headings and quotes begin with marks of above. */
const lineStart = /^(\s*)(?:([-+])|(\d+)([.)]))/gm;
/** `discord.gg/x` becomes an invitation even without https. */
const invitation = /(discord(?:app)?)(\.)(?=gg|com)/gi;

/** Shown by Discord exactly as it is given, wherever in a message it stands. */
export function escapeText(text: string): string {
  return text
    .replace(inlineMarks, "\\$&")
    .replace(invitation, "$1\\$2")
    .replace(lineStart, (_, space: string, bullet: string | undefined, digits = "", dot = "") =>
      bullet === undefined ? `${space}${digits}\\${dot}` : `${space}\\${bullet}`,
    );
}

/** @param escaped by escapeText */
export const bold = (escaped: string) => (escaped === "" ? "" : `**${escaped}**`);

/** For short words without backticks, such as references and numbers. */
export const codeSpan = (text: string) => `\`${text.replaceAll("`", "")}\``;

/** Easy to copy. A web address stays one that can be pressed, without a preview. */
export function showLiteral(text: string): string {
  if (/^https?:\/\/[^\s<>]+$/.test(text)) return `<${text}>`;
  return text.includes("```") || text.endsWith("`") ? escapeText(text) : `\`\`\`\n${text}\n\`\`\``;
}
