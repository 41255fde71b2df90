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

/** Between a small and a capital letter, the end of an acronym, and letters and digits. */
const borders = /(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})|(?<=\p{L})(?=\p{N})|(?<=\p{N})(?=\p{L})/u;

// What a character is; 0 is "not known yet" in the table.
const other = 1;
const number = 2;
const letter = 3;
const small = 4;
const capital = 5;

/** Of the first plane, filled as characters come: regular expressions with properties are slow. */
const kinds = new Uint8Array(0x10000);
const notAscii = /[^\0-\x7f]/;

function kindOf(code: number): number {
  const known = kinds[code];
  if (known) return known;
  const character = String.fromCodePoint(code);
  const kind = classify(character);
  if (code < kinds.length) kinds[code] = kind;
  return kind;
}

function classify(character: string): number {
  if (/\p{Ll}/u.test(character)) return small;
  if (/\p{Lu}/u.test(character)) return capital;
  if (/\p{L}/u.test(character)) return letter;
  return /\p{N}/u.test(character) ? number : other;
}

function withoutMarks(text: string): string {
  return notAscii.test(text) ? text.normalize("NFKD").replace(/\p{M}+/gu, "") : text;
}

function fold(word: string): string {
  const lower = word.toLowerCase();
  if (!notAscii.test(lower)) return lower.slice(0, maxWordLength);
  const plain = lower.replace(/\p{M}+/gu, "");
  return plain.replace(/[ßæœøłđðþı]/g, (one) => unfolded[one] ?? one).slice(0, maxWordLength);
}

/** The words of a text in order: `L'Été à Nîmes` is l, ete, a, nimes. Linear; at most 128 words of 64 characters. */
export function wordsOf(text: string): string[] {
  const found: string[] = [];
  const plain = withoutMarks(text);
  for (let begin = 0, at = 0; at <= plain.length && found.length < maxWords; ) {
    const code = plain.codePointAt(at) ?? 0;
    const width = code > 0xffff ? 2 : 1;
    if (kindOf(code) === other) {
      if (at > begin) found.push(fold(plain.slice(begin, at)));
      begin = at + width;
    }
    at += width;
  }
  return found;
}

export interface NameWords {
  /** In order, as wordsOf tells them. */
  sequence: string[];
  /** Each once, and the parts of words at inner borders. */
  index: string[];
}

/** What is indexed of a name: its words, and the parts of words at inner borders: `IMG2034` is img2034, img, 2034. */
export function indexWords(name: string): string[] {
  return splitName(name).index;
}

/** Both at once, for thousands of names. */
export function splitName(name: string): NameWords {
  const plain = withoutMarks(name);
  const found: NameWords = { sequence: [], index: [] };
  let cuts: number[] = [];
  let [before, last] = [other, other];
  for (let begin = 0, at = 0; at <= plain.length && found.index.length < maxWords; ) {
    const code = plain.codePointAt(at) ?? 0;
    const width = code > 0xffff ? 2 : 1;
    const kind = kindOf(code);
    if (kind === other) {
      if (at > begin) addWord(found, plain, begin, at, cuts);
      if (cuts.length > 0) cuts = [];
      begin = at + width;
    } else if (at > begin) {
      // The capital before a small letter begins a part when the one before it is a capital too: `PDFs` is pd, fs.
      if (kind === small && last === capital && before === capital && cuts.at(-1) !== at - 1) cuts.push(at - 1);
      if (isBorder(last, kind)) cuts.push(at);
    }
    before = last;
    last = kind;
    at += width;
  }
  return found;
}

function addWord({ sequence, index }: NameWords, text: string, begin: number, end: number, cuts: number[]): void {
  const word = fold(text.slice(begin, end));
  sequence.push(word);
  addOnce(index, word);
  if (cuts.length === 0) return;
  let from = begin;
  for (const cut of [...cuts, end]) {
    // A single letter or digit finds too much to help anybody, and is in most names.
    if (cut - from > 1) addOnce(index, fold(text.slice(from, cut)));
    from = cut;
  }
}

function addOnce(words: string[], word: string): void {
  if (!words.includes(word)) words.push(word);
}

function isBorder(last: number, kind: number): boolean {
  if (last === small && kind === capital) return true;
  return kind === number ? last !== number : last === number;
}

/**
 * The parts a typed word may also be found by: `vacances2019` is vacances and 2019. Undefined when it has none,
 * or parts of one character, which would find anything (`mp3`, `s01e02`).
 */
export function partsOf(word: string): string[] | undefined {
  const parts = word.split(borders);
  return parts.length > 1 && parts.every((part) => part.length > 1) ? parts : undefined;
}
