// How a bot's process is started: the flags that keep it from everything on this machine but its own code.
// For those who start one; the bot itself does not use it. `npm run bot` in package.json says the same.
import { existsSync, realpathSync } from "node:fs";
import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const ownPlaces = ["bot", "contract", "package.json", "node_modules"].map((name) => resolve(root, name));

/** Arguments for Node. @param files more that the bot must read: the `_FILE` of a token */
export function botArguments(files: readonly string[] = []): string[] {
  const asked = [...ownPlaces, ...files.map((file) => resolve(file))];
  // A linked folder is opened by its real path.
  const allowed = new Set(asked.flatMap((path) => [path, existsSync(path) ? realpathSync(path) : path]));
  return ["--permission", ...[...allowed].map((path) => `--allow-fs-read=${path}`), resolve(root, "bot", "main.ts")];
}
