// The enrolment page in a real browser, at phone width, against a real FTP server.
import type { Browser, Page } from "playwright-core";
import { chromium } from "playwright-core";
import { generate } from "selfsigned";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findBrowser, howToAddBrowser } from "../../test/browser.ts";
import type { StartedFtp } from "../servers/fixtures.ts";
import { startFtp } from "../servers/fixtures.ts";
import { startWeb } from "./fixtures.ts";

const executablePath = findBrowser();
const quiet = ["quic", "sync", "component-update", "background-networking"].map((feature) => `--disable-${feature}`);
const args = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", ...quiet];
const without = executablePath ? "" : ` (skipped: ${howToAddBrowser})`;

describe.skipIf(!executablePath)(`enrolment in a browser${without}`, () => {
  let site: Awaited<ReturnType<typeof startWeb>>;
  let browser: Browser;
  let ftp: StartedFtp;
  let page: Page;
  /** Everything the browser asked for, and everything it complained about. */
  const requested: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    const { private: key, cert } = await generate([{ name: "commonName", value: "box.example" }], { keySize: 2048 });
    ftp = await startFtp({ tls: { key, cert, mode: "explicit" } });
    site = await startWeb();
    browser = await chromium.launch({ executablePath: executablePath ?? "", args });
    page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    page.on("request", (request) => requested.push(request.url()));
    page.on("console", (message) => complaints.push(message.text()));
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
    await ftp?.stop();
  });

  const fill = async (values: Record<string, string>) => {
    for (const [label, value] of Object.entries(values)) await page.getByLabel(label, { exact: true }).fill(value);
  };
  const submit = () => page.getByRole("button").click();
  const isWiderThanScreen = () => page.evaluate("document.documentElement.scrollWidth > window.innerWidth");

  test("from the link to a stored server: a mistake, the certificate, the success", async () => {
    const { link, caller } = await site.link("Anna");
    await page.goto(link);
    expect(await page.title()).toBe("Connect your server · FonShare");
    await submit();
    const host = page.getByLabel("Host");
    expect(await host.getAttribute("aria-invalid")).toBe("true");
    expect(await page.locator("#host-mistake").textContent()).toBe("This is needed.");
    await fill({ Name: "Box", Host: ftp.host, "Port (optional)": String(ftp.port) });
    await fill({ "User name": ftp.username, Password: ftp.password });
    await fill({ "Folder to share from": "/share", "Inbox folder (optional)": "/inbox" });
    await submit();
    await page.getByText("Is this your server's certificate?").waitFor();
    expect(await page.getByLabel("Password", { exact: true }).inputValue()).toBe("");
    await page.getByLabel("I compared it").check();
    await page.getByLabel("Password", { exact: true }).fill(ftp.password);
    await submit();
    await page.getByText("Box is saved").waitFor();
    expect(await page.getByText("with the certificate that you accepted").isVisible()).toBe(true);
    expect((await site.api.list(caller, {})).servers).toMatchObject([
      { label: "Box", state: "online", canReceive: true },
    ]);
    await page.goto(link);
    await page.getByText("This link no longer works").waitFor();
  });

  test("in French, without encryption: the tick appears only when it is needed, and is asked for", async () => {
    const { link } = await site.link("Zoé", { language: "fr" });
    await page.goto(link);
    const accept = page.getByLabel("sans chiffrement. N’importe qui");
    expect(await accept.isVisible()).toBe(false);
    await page.getByLabel("Sans chiffrement", { exact: true }).check();
    expect(await accept.isVisible()).toBe(true);
    await submit();
    await page.getByText("Cochez cette case").waitFor();
    expect(await isWiderThanScreen()).toBe(false);
  });

  test("every field has a label, the page is styled, and nothing came from elsewhere", async () => {
    const { link } = await site.link("Ben");
    await page.goto(link);
    const nameless = await page.locator("input:not([type=hidden])").evaluateAll(
      // biome-ignore lint/suspicious/noExplicitAny: runs in the browser, whose types are not loaded here
      (inputs: any[]) => inputs.filter((one) => one.labels.length === 0).length,
    );
    expect(nameless).toBe(0);
    const colour = await page.evaluate("getComputedStyle(document.querySelector('button')).backgroundColor");
    expect(colour).toBe("rgb(11, 99, 197)");
    expect(await isWiderThanScreen()).toBe(false);
    expect(requested.filter((url) => !url.startsWith(`${site.url}/`))).toEqual([]);
    expect(complaints.filter((text) => /content security policy|refused/i.test(text))).toEqual([]);
  });
});
