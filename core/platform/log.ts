// JSON lines on stdout. Callers log ids and codes; a host, login or path of a server never goes here.
import type { Logger } from "pino";
import { pino, stdSerializers } from "pino";

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

/** An error as the log may show it: code and stack of our own errors, never a server's reply text. */
function safeError(error: unknown): unknown {
  const shown = stdSerializers.err(error as Error) as Record<string, unknown>;
  return { type: shown["type"], code: shown["code"], message: shown["message"], stack: shown["stack"] };
}

/** @param level pino's level names; `silent` for tests */
export function createLog(level: string, name: string): Log {
  return pino({ level, name, redact: { paths: redacted, censor: "[secret]" }, serializers: { err: safeError } });
}
