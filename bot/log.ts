// The bot's own log, JSON lines on stderr. The chat itself is on stdout. Never a message's text, only codes and ids.
import type { Logger } from "pino";
import { destination, pino, stdSerializers } from "pino";

function safeError(error: unknown): unknown {
  const shown = stdSerializers.err(error as Error) as Record<string, unknown>;
  return { type: shown["type"], code: shown["code"], message: shown["message"], stack: shown["stack"] };
}

/** @param level pino's names; `silent` for nothing */
export function createLog(level: string): Logger {
  return pino({ level, name: "bot", serializers: { err: safeError } }, destination({ dest: 2, sync: true }));
}
