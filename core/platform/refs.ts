// Short stable references that people type: a letter for the kind and the row's id in base 36 (`f3k9`).

/** announcement, directory, file, pull, server */
export type RefKind = "a" | "d" | "f" | "p" | "s";

export function makeRef(kind: RefKind, id: number): string {
  return kind + id.toString(36);
}

/** The kind and id that `text` names, upper or lower case, or undefined when it is no reference. */
export function readRef(text: string): { kind: RefKind; id: number } | undefined {
  const match = /^([adfps])([0-9a-z]{1,11})$/.exec(text.trim().toLowerCase());
  if (!match?.[1] || !match[2]) return undefined;
  const id = Number.parseInt(match[2], 36);
  return Number.isSafeInteger(id) && id > 0 ? { kind: match[1] as RefKind, id } : undefined;
}
