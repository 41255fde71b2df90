// A server's own words, made fit to be stored or shown: one line, no control characters, nothing private in it.
// A path with an unusual form may survive; give what you know to be private as `secrets`.

const longestText = 200;
/** What masks are put on: they look at each place again and again, and a reply may have 200,000 characters. */
const longestMasked = 1000;
const mask = "[…]";

/**
 * @param text a reply in the lossless form of names.ts
 * @param secrets login, password, host, paths: masked wherever they stand, in any letter case
 */
export function cleanReplyText(text: string, secrets: readonly string[] = []): string {
  const oneLine = text
    .replace(/[\uF780-\uF7FF]/g, "?")
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  const masked = maskPaths(maskHosts(cut(maskAll(oneLine, secrets))));
  return masked.length > longestText ? `${masked.slice(0, longestText - 1)}…` : masked;
}

/** At the end of a word where there is one: half a host is none that could be recognised. */
function cut(text: string): string {
  if (text.length <= longestMasked) return text;
  const end = text.lastIndexOf(" ", longestMasked);
  return `${text.slice(0, end > longestText ? end : longestMasked)}…`;
}

/** Longest first, so that a secret inside another leaves no rest of it. */
function maskAll(text: string, secrets: readonly string[]): string {
  const known = secrets.flatMap((secret) => [secret, ...pathParts(secret)]).filter((secret) => secret.trim() !== "");
  const patterns = [...new Set(known)].sort((a, b) => b.length - a.length).map((secret) => RegExp.escape(secret));
  return patterns.length > 0 ? text.replace(new RegExp(patterns.join("|"), "gi"), mask) : text;
}

/** ProFTPD answers with the last part of the path that it was asked for. */
function pathParts(secret: string): string[] {
  return secret.includes("/") ? secret.split("/").filter((part) => part.length > 2) : [];
}

function maskHosts(text: string): string {
  return text
    .replace(/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?(?![\d.]\d)/g, mask)
    .replace(/(?<!\d)\d{1,3}(?:,\d{1,3}){3,5}(?!\d)/g, mask)
    .replace(/(?<![0-9a-f:])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![0-9a-f])/gi, (found) =>
      found.length > 4 ? mask : found,
    )
    .replace(/\b(?:[a-z0-9-]+\.)+[a-z]{2,24}\b/gi, mask)
    .replace(/\S+@\S+/g, mask);
}

/** From a path's first character to the next `: `, quote or end: paths may hold spaces. */
function maskPaths(text: string): string {
  return text
    .replace(/"[^"]*[/\\][^"]*"/g, mask)
    .replace(/(?<![^\s"'(<=])(?:[A-Za-z]:)?[/\\](?:(?!: |["'<>]).)*/g, mask);
}
