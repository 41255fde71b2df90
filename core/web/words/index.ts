// Which language a visitor reads.
import type { Language } from "#contract";
import { languages } from "#contract";
import { en } from "./en.ts";
import { fr } from "./fr.ts";
import type { Words } from "./types.ts";

export type { Words } from "./types.ts";

export const words: Record<Language, Words> = { en, fr };

/** The first language of an Accept-Language header that is spoken here; English when none is. */
export function preferredLanguage(header: string | undefined): Language {
  const wanted = (header ?? "").split(",").map((part) => part.trim().slice(0, 2).toLowerCase());
  return (
    languages.find((language) => language === wanted.find((one) => (languages as readonly string[]).includes(one))) ??
    "en"
  );
}
