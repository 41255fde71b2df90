// JSON lines on stdout. Callers log ids and codes; a host, login or path of a server never goes here,
// and no text that a server, a library or the network wrote: such messages quote hosts and paths.
import type { Logger } from "pino";
import { pino } from "pino";

export type Log = Logger;

const redacted = [
  "password",
  "host",
  "username",
  "path",
  "token",
  "link",
  "*.password",
  "*.host",
  "*.username",
  "*.path",
  "*.token",
];

/** Errors whose message is our own or the runtime's about our own code. */
const plainSpoken = new Set(["FonError", "StartProblem", "KeyFileError", "TypeError", "RangeError", "ReferenceError"]);

/** An error as the log may show it: kinds, codes and places of the whole chain of causes; only our own words. */
export function safeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, cause } = error;
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return {
    type: name,
    ...(code === undefined ? {} : { code }),
    ...(plainSpoken.has(name) ? { message: error.message } : {}),
    stack: placesOf(error),
    ...(cause instanceof Error ? { cause: safeError(cause) } : {}),
  };
}

const mostPlaces = 8;

/** The frames of the stack without its first lines, which repeat the message. */
function placesOf(error: Error): string[] {
  const lines = (error.stack ?? "").split("\n").map((line) => line.trim());
  return lines.filter((line) => /^at .*[:(]/.test(line)).slice(0, mostPlaces);
}

/** @param level pino's level names; `silent` for tests */
export function createLog(level: string, name: string, destination?: { write(line: string): void }): Log {
  const options = {
    level,
    name,
    base: { name },
    redact: { paths: redacted, censor: "[secret]" },
    serializers: { err: safeError },
    hooks: { logMethod: speakForErrors },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Without a text of the caller's pino would take the error's message as the line's text. */
function speakForErrors(this: Log, given: unknown[], write: (...all: never[]) => void): void {
  const [first, ...rest] = given;
  const all = first instanceof Error ? [{ err: first }, ...rest] : [...given];
  if (all.length === 1 && typeof all[0] === "object") all.push("");
  write.apply(this, all as never[]);
}
