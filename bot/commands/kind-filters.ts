// The kinds that a search can be narrowed to, as buttons that rewrite the query. Reads a query as the core does, as far
// as `kind:` goes. Pure.
import type { Button } from "../reply.ts";
import type { Tongue } from "../words/index.ts";

export const filterKinds = ["image", "video", "audio", "document", "archive", "data", "folder"] as const;
type Kind = (typeof filterKinds)[number];

/** What people type for a kind, in both languages, without accents. */
const spellings: Record<Kind, string> = {
  image: "image images photo photos picture pictures",
  video: "video videos film films movie",
  audio: "audio music musique sound son",
  document: "document documents doc text texte",
  archive: "archive archives",
  data: "data dataset donnees",
  folder: "folder folders dossier dossiers",
};
const kindOf = new Map(filterKinds.flatMap((kind) => spellings[kind].split(" ").map((word) => [word, kind] as const)));

const quotes = /[“”«»„]/g;
/** An optional minus, an optional `name:`, and a quoted or a plain text. */
const pieces = /(-?)(?:(\p{L}+):(?=\S))?(?:"([^"]*)"?|([^\s"]+))/gu;

/** @param longest a query that would be longer gets no button */
export function kindButtons(query: string, tongue: Tongue, longest: number): Button[] {
  const { kinds, rest } = readKinds(query);
  return filterKinds.flatMap((kind): Button[] => {
    const isOn = kinds.includes(kind);
    const wanted = isOn ? kinds.filter((other) => other !== kind) : [kind];
    const changed = [rest, ...(wanted.length > 0 ? [`kind:${wanted.join(",")}`] : [])].filter(Boolean).join(" ");
    if (changed === "" || changed.length > longest) return [];
    const label = tongue.say(`filter.${kind}`);
    return [{ label, command: `/search ${changed}`, role: "filter", ...(isOn ? { isOn } : {}) }];
  });
}

/** The kinds that the query asks for, and the query without them. */
function readKinds(query: string): { kinds: Kind[]; rest: string } {
  const kinds: Kind[] = [];
  const straight = query.replace(quotes, '"');
  let rest = "";
  let end = 0;
  for (const piece of straight.matchAll(pieces)) {
    const [whole, minus, name, quoted, plain] = piece;
    if (minus || !/^(kind|type|genre)$/i.test(name ?? "")) continue;
    kinds.push(...(quoted ?? plain ?? "").split(",").flatMap((word) => kindOf.get(fold(word)) ?? []));
    rest += query.slice(end, piece.index);
    end = piece.index + whole.length;
  }
  return { kinds: [...new Set(kinds)], rest: (rest + query.slice(end)).replace(/\s{2,}/g, " ").trim() };
}

function fold(word: string): string {
  return word.normalize("NFD").replace(/\p{M}/gu, "").trim().toLowerCase();
}
