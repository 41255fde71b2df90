// A value as it stands in the text of a statement: several statements of one message cannot have parameters.

/** Of a text, whatever is in it and however the server reads plain quotes. */
export function textLiteral(text: string): string {
  return `E'${text.toWellFormed().replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

/** Of a parameter of drizzle. @throws TypeError for what has no form of its own: a Date, an object, NaN, a text with a NUL */
export function literal(value: unknown): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string" && !value.includes("\0")) return textLiteral(value);
  // In brackets: behind another minus it would begin a comment.
  if (typeof value === "number" && Number.isFinite(value)) return value < 0 ? `(${value})` : String(value);
  throw new TypeError(`${typeof value} cannot be written into a statement`);
}
