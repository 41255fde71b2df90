// A display name as others may see it: chat platforms let people put anything into theirs.

/** No control, format, private-use or line characters, at most 64 characters; `?` when nothing is left. */
export function cleanDisplayName(name: string): string {
  const plain = name
    .normalize("NFC")
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  return [...plain].slice(0, 64).join("").trim() || "?";
}
