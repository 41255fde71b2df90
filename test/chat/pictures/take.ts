// HTML to a PNG, with the system's Chromium. The fonts that the looks are drawn with come from Debian's packages.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import { apt, canInstall } from "../../apt.ts";
import { findBrowser, howToAddBrowser, installBrowser } from "../../browser.ts";

const fonts = { "Noto Color Emoji": "fonts-noto-color-emoji", Inter: "fonts-inter" };

/** @throws when there is no browser; without the fonts the picture is made with others */
export async function openCamera(): Promise<{
  take(html: string, path: string): Promise<void>;
  close(): Promise<void>;
}> {
  await installBrowser();
  await installFonts();
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error(howToAddBrowser);
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
  return {
    async take(html, path) {
      const tab = await browser.newPage({ viewport: { width: 900, height: 600 }, javaScriptEnabled: false });
      await tab.setContent(html, { waitUntil: "load" });
      await tab.screenshot({ path, fullPage: true, omitBackground: true });
      await tab.close();
    },
    close: () => browser.close(),
  };
}

async function installFonts(): Promise<void> {
  const known = await promisify(execFile)("fc-list", [":", "family"]).then(
    ({ stdout }) => stdout,
    () => "",
  );
  const missing = Object.entries(fonts).flatMap(([family, name]) => (known.includes(family) ? [] : [name]));
  if (missing.length === 0 || !(await canInstall())) return;
  await apt("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...missing]).catch(() => undefined);
}
