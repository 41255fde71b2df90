// How a core's process is started. For those who start one; the core itself does not use it. package.json says the same where it
// starts one.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const at = (name: string) => join(import.meta.dirname, name);

/** Arguments for Node. @param more for the core, see main.ts */
export function coreArguments(more: readonly string[] = []): string[] {
  return ["--import", pathToFileURL(at("preload.ts")).href, at("main.ts"), ...more];
}
