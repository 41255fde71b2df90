// Words: how names and queries become comparable. The same folding for both, so that what is written is found.
// Nothing here knows of PostgreSQL except that a word has letters and digits only.

const maxWordLength = 64;
const maxWords = 128;

/** Letters that NFKD leaves whole although people type them as plain ones. */
const unfolded: Record<string, string> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ı: "i",
};

const separators = /[^\p{L}\p{N}]+/u;
/** Between a small and a capital letter, the end of an acronym, and letters and digits. */
const borders = /(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})|(?<=\p{L})(?=\p{N})|(?<=\p{N})(?=\p{L})/u;

function withoutMarks(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}+/gu, "");
}

function fold(word: string): string {
  const lower = word.toLowerCase().replace(/\p{M}+/gu, "");
  return lower.replace(/[ßæœøłđðþı]/g, (letter) => unfolded[letter] ?? letter).slice(0, maxWordLength);
}

/** The words of a text in order: `L'Été à Nîmes` is l, ete, a, nimes. Linear; at most 128 words of 64 characters. */
export function wordsOf(text: string): string[] {
  const raw = withoutMarks(text).split(separators, maxWords + 2);
  return raw
    .filter((word) => word !== "")
    .slice(0, maxWords)
    .map(fold);
}

/** What is indexed of a name: its words, and the parts of words at inner borders: `IMG2034` is img2034, img, 2034. */
export function indexWords(name: string): string[] {
  const found = new Set<string>();
  for (const raw of withoutMarks(name).split(separators, maxWords + 2)) {
    if (raw === "" || found.size >= maxWords) continue;
    found.add(fold(raw));
    for (const part of raw.split(borders)) found.add(fold(part));
  }
  return [...found];
}

/**
 * The parts a typed word may also be found by: `vacances2019` is vacances and 2019. Undefined when it has none,
 * or parts of one character, which would find anything (`mp3`, `s01e02`).
 */
export function partsOf(word: string): string[] | undefined {
  const parts = word.split(borders);
  return parts.length > 1 && parts.every((part) => part.length > 1) ? parts : undefined;
}

/** Marks the words of a folder above, which count less than those of the thing's own name. */
export function asPathWord(word: string): string {
  return `/${word}`;
}
