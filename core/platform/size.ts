// Sizes as people write them, in English and French units.
// Powers of a thousand, as sizes are shown everywhere in chat and as disks are sold.

const powers = ["", "k", "m", "g", "t", "p"];

/** Bytes of `50GB`, `1.5 Go`, `300`, `64KiB` (with an i: powers of 1,024); undefined when it is no size. */
export function readSize(text: string): number | undefined {
  const found = /^(\d{1,12}(?:[.,]\d{1,3})?)\s*(?:([kmgtp]?)[bo]?|([kmgtp])i[bo])$/i.exec(text.trim());
  if (!found) return undefined;
  const [, number = "", decimal, binary] = found;
  const power = powers.indexOf((decimal ?? binary ?? "").toLowerCase());
  const bytes = Math.floor(Number(number.replace(",", ".")) * (binary ? 1024 : 1000) ** power);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
