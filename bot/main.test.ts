import { spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { afterEach, expect, it } from "vitest";
import type { FakeCore } from "./fake-core.ts";
import { startFakeCore } from "./fake-core.ts";

const root = resolve(import.meta.dirname, "..");
/** As the bot is started for real: it can read its own code and nothing else. */
const flags = [
  "--permission",
  ...["bot", "contract", "package.json", "node_modules"].map((name) => `--allow-fs-read=${join(root, name)}`),
];
let core: FakeCore | undefined;
afterEach(async () => {
  await core?.close();
  core = undefined;
});

async function runBot(argv: string[], lines: string, environment: Record<string, string>) {
  const bot = spawn(process.execPath, [...flags, join(root, "bot", "main.ts"), ...argv], { env: environment });
  let text = "";
  for (const stream of [bot.stdout, bot.stderr]) {
    stream.on("data", (chunk) => {
      text += String(chunk);
    });
  }
  bot.stdin.end(lines);
  const [code] = (await once(bot, "close")) as [number];
  return { code, text: text.replace(/\u00A0/g, " ") };
}

it("answers a script under the permission model, and tells the exit code", async () => {
  core = await startFakeCore();
  const environment = { FONSHARE_API: `unix:${core.socketPath}` };
  const fine = await runBot(["--as", "anna", "--lang", "fr"], "/start\n/quit\n/start\n", environment);
  expect(fine.text).toBe(
    "Anna@main> /start\n  Bonjour Anna.\n  Vous êtes dans Friends.\n  Vous avez 1 serveur et 1 partage. Essayez /chercher, /parcourir ou /nouveautes.\n  Nouveautés → /new  ·  Aide → /help\nAnna@main> /quit\n  Au revoir.\n",
  );
  expect(fine.code).toBe(0);
  expect((await runBot([], "/frobnicate\n", environment)).code).toBe(1);
});

it("says in one sentence that the core is away", async () => {
  const { code, text } = await runBot([], "/start\n", { FONSHARE_API: "unix:/nowhere/api.sock" });
  expect(text).toContain("The core does not answer just now. Please try again in a moment.");
  expect(text).not.toMatch(/\n\s+at |ENOENT/);
  expect(code).toBe(1);
});

it("ends with 2 and a sentence for each mistake, and checks without a core", async () => {
  const wrong = await runBot(["--check"], "", { FONSHARE_API: "x", LOG_LEVEL: "loud" });
  expect(wrong.code).toBe(2);
  expect(wrong.text.trim().split("\n").length).toBe(2);
  expect(await runBot(["--check"], "", {})).toEqual({ code: 0, text: "" });
});

it("ends in order when it is told to", async () => {
  core = await startFakeCore();
  const bot = spawn(process.execPath, [...flags, join(root, "bot", "main.ts")], {
    env: { FONSHARE_API: `unix:${core.socketPath}` },
  });
  bot.stdin.write("/start\n");
  await once(bot.stdout, "data");
  bot.kill("SIGTERM");
  expect(await once(bot, "close")).toEqual([0, null]);
});
