// What can be said on the command line of the console.
import { parseArgs } from "node:util";
import type { Language } from "#contract";
import { languageSchema } from "#contract";

export interface ConsoleOptions {
  as: string;
  room: string;
  isPrivate: boolean;
  language: Language;
  /** Lines are read from a pipe and answered in plain text this wide. */
  columns: number;
  /** Do not end with the input: stay and tell what happens. */
  stays: boolean;
}

export type OptionsOutcome = { options: ConsoleOptions } | { mistake: string };

export function readOptions(argv: readonly string[]): OptionsOutcome {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        as: { type: "string", default: "Owner" },
        room: { type: "string", default: "main" },
        private: { type: "boolean", default: false },
        lang: { type: "string", default: "en" },
        columns: { type: "string", default: "100" },
        stay: { type: "boolean", default: false },
      },
    });
    const language = languageSchema.safeParse(values.lang.toLowerCase());
    if (!language.success) return { mistake: "--lang must be en or fr." };
    const columns = Number(values.columns);
    if (!Number.isInteger(columns) || columns < 20) return { mistake: "--columns must be a number from 20 on." };
    const { as, room } = values;
    return { options: { as, room, isPrivate: values.private, language: language.data, columns, stays: values.stay } };
  } catch (error) {
    return { mistake: (error as Error).message };
  }
}
