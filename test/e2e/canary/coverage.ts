// What the canary's run has to use: every procedure of the contract, every command with every action, every error code.
// What is new in the contract or the bot and not used in the run fails it; what cannot be met there says why.
import type { ErrorCode } from "#contract";
import { api, errorCodes } from "#contract";
import { commandNames, commands } from "../../../bot/commands/index.ts";
import { en } from "../../../core/web/words/en.ts";

export interface Coverage {
  /** An answer of the API. */
  answered(body: string, path: string): void;
  /** Answers, events and pages: for the codes in them. */
  read(text: string): void;
  missingProcedures(): string[];
  missingCodes(): string[];
}

/** Nothing in this run would make them answer well. */
const onlyRefused = new Set(["catalog.acceptLoss"]);

/** Codes that the run does not meet. They carry the same `params` as the others, through the same two places. */
const unmet: Partial<Record<ErrorCode, string>> = {
  "request.unauthorized": "the API of this run is a socket; core/api/server.test.ts",
  "room.admin-only": "the console has no admins of rooms; core/groups/groups.test.ts",
  "room.not-there": "a bot's own, never the core's",
  "server.label-taken": "only when two forms are stored in the same moment; core/servers/servers.test.ts",
  "scan.running": "only in the moment in which a scan runs",
  "scan.limit": "needs a server beyond a limit; core/catalog/scan/scanner.test.ts",
  "file.changed": "only when a file changes within a transfer; core/transfers/faults.test.ts",
  "pull.nothing-to-do": "needs an announcement without files; core/announcements/react.test.ts",
  "fxp.no-arrangement": "needs two servers of which neither is to blame; core/transfers/check.test.ts",
  "fxp.not-comparable": "needs a server without REST and hashes; core/transfers/verification.test.ts",
  "fxp.no-family": "needs a server that speaks IPv6 only; core/transfers/policy.test.ts",
  "fxp.stalled": "takes its patience of a minute; core/ftp/fxp/pair.test.ts",
  "fxp.slow": "takes a minute of slowness; core/transfers/elsewhere.test.ts",
};

export function createCoverage(): Coverage {
  const seen = new Map<string, "ok" | "error">();
  const codes = new Set<string>();
  const read = (text: string) => {
    for (const [, code = ""] of text.matchAll(/"(?:code|problem)":"([a-z]+\.[a-z-]+)"/g)) codes.add(code);
    const words = wordsOf(text);
    for (const [code, sentence] of Object.entries(en.problems)) if (words.includes(wordsOf(sentence))) codes.add(code);
    if (words.includes(wordsOf(en.invalidLink.title))) codes.add("enrol.link-invalid");
  };
  return {
    answered(body, path) {
      const name = path.replace(/^\/v1\//, "");
      if (body.startsWith('{"ok"')) seen.set(name, "ok");
      else if (!seen.has(name)) seen.set(name, "error");
      read(body);
    },
    read,
    missingProcedures: () =>
      procedures().filter((name) => seen.get(name) !== "ok" && !(seen.has(name) && onlyRefused.has(name))),
    missingCodes: () => Object.keys(errorCodes).filter((code) => !codes.has(code) && !(code in unmet)),
  };
}

const procedures = () =>
  Object.values(api).flatMap((verbs: Record<string, { name: string }>) => Object.values(verbs).map(({ name }) => name));

/** Without what HTML writes in another way. */
const wordsOf = (text: string) => text.replaceAll(/&#?\w+;/g, " ").replaceAll(/[^\p{L}\p{N}]+/gu, " ");

/** Commands, and their actions, that no line says. */
export function unsaid(lines: readonly string[]): string[] {
  const wanted = commandNames.flatMap((name) => [
    `/${name}`,
    ...commands[name].actions.map((action) => `/${name} ${action}`),
  ]);
  return wanted.filter((words) => !lines.some((line) => line === words || line.startsWith(`${words} `)));
}
