// What the last replies named, for Tab and for /more. No state of a command lives here.

import { reactionSchema } from "#contract";
import { quoteWord } from "../arguments.ts";
import type { Command } from "../commands/command.ts";
import { commandNames, commands } from "../commands/index.ts";
import type { ListItem, Reply } from "../reply.ts";

export interface Hints {
  note(reply: Reply): void;
  /** The command that shows the next page of the last list. */
  more(): string | undefined;
  /** The same for the page before. */
  back(): string | undefined;
  /** Node's readline completer: what the last word can become, and that word. */
  complete(line: string): [candidates: string[], word: string];
}

export const localNames = ["as", "lang", "room", "private", "react", "more", "back", "quit"] as const;

export function createHints(): Hints {
  let found: ListItem[] = [];
  let pulls: ListItem[] = [];
  const servers = new Set<string>();
  const shares = new Set<string>();
  let next: string | undefined;
  let previous: string | undefined;

  const named: Record<Command["takes"], () => string[]> = {
    nothing: () => [],
    command: () => [...commandNames],
    item: () => found.flatMap((item) => (item.number === null ? [item.ref] : [String(item.number), item.ref])),
    pull: () => pulls.map((item) => item.ref),
    server: () => [...servers],
    share: () => [...shares],
  };

  const note = (reply: Reply) => {
    next = reply.buttons.find((button) => button.role === "next")?.command;
    previous = reply.buttons.find((button) => button.role === "previous")?.command;
    const listed = reply.blocks.flatMap((block) => (block.kind === "items" ? block.items : []));
    const ofCatalog = listed.filter((item) => item.icon === "file" || item.icon === "folder");
    if (ofCatalog.length > 0) found = ofCatalog;
    if (listed.some((item) => item.icon === "pull")) pulls = listed;
    for (const item of listed) {
      if (item.icon === "server") servers.add(quoteWord(item.name));
      if (item.icon === "share") shares.add(quoteWord(item.name));
    }
  };

  const candidatesFor = (line: string): string[] => {
    const words = line.split(/\s+/);
    if (words.length === 1) return [...commandNames, ...localNames].map((name) => `/${name}`);
    const name = commandNames.find((known) => `/${known}` === words[0]);
    if (name === undefined)
      return words[0] === "/react" ? [...reactionSchema.options] : words[0] === "/lang" ? ["en", "fr"] : [];
    const { actions, takes, takesFor = {} } = commands[name];
    return words.length === 2 && actions.length > 0 ? [...actions] : named[takesFor[words[1] ?? ""] ?? takes]();
  };

  return {
    note,
    more: () => next,
    back: () => previous,
    complete(line) {
      const word = /\S*$/.exec(line)?.[0] ?? "";
      if (!line.startsWith("/")) return [[], word];
      return [
        candidatesFor(line)
          .filter((one) => one !== "" && one.startsWith(word))
          .map((one) => `${one} `),
        word,
      ];
    },
  };
}
