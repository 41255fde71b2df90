// The browser of the tests: found on the machine, or installed from Debian's packages where that is possible.
import { existsSync } from "node:fs";
import { apt, canInstall } from "./apt.ts";

/** Says how to add it where it is not there. */
export const howToAddBrowser = "no chromium is installed; on Debian: apt-get install chromium";

/** Path of the program, or undefined. */
export function findBrowser(): string | undefined {
  return ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));
}

/** Once per machine; without root, Debian or a network it does nothing, and the tests of pages are left out. */
export async function installBrowser(): Promise<void> {
  if (findBrowser() || !(await canInstall())) return;
  const install = () => apt("apt-get", ["install", "-y", "-q", "--no-install-recommends", "chromium"]);
  // The usual cause of a failure is an absent or outdated package list.
  await install()
    .catch(() => apt("apt-get", ["update", "-q"]).then(install, () => undefined))
    .catch(() => undefined);
}
