// SIGKILL in the middle of a pull of 200 files: of the core, of its database, of either FTP server, of the bot.
// Afterwards everything has arrived, once and whole, no part is left, and its person was told of the end.
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Chat } from "../../demo/chat.ts";
import { openChat } from "../../demo/chat.ts";
import { consoleContext } from "../../demo/core-process.ts";
import type { Daemon } from "../daemons/index.ts";
import { installDaemons, startDaemon } from "../daemons/index.ts";
import type { Installation } from "./installation.ts";
import { createInstallation, enrol, sha256Of, until, whenEnded, writeTree } from "./installation.ts";

const { missing } = await installDaemons();
const files = 200;
const fileBytes = 20_000;

const lack = missing.filter(({ kind }) => kind === "proftpd" || kind === "vsftpd").map(({ how }) => how);
const why = lack.length > 0 ? ` (left out: ${lack.join("; ")})` : "";

describe.skipIf(lack.length > 0)(`kill -9 in the middle${why}`, () => {
  let installation: Installation;
  let source: Daemon;
  let destination: Daemon;
  let chat: Chat;
  /** All that bots have printed. */
  let heard = "";
  const owner = consoleContext("Olga");
  const reader = consoleContext("Rita");

  beforeAll(async () => {
    installation = await createInstallation();
    source = await startDaemon("proftpd", {});
    destination = await startDaemon("vsftpd", {});
    for (const victim of victims) writeTree(source.root, folderFor(victim.name));
    writeTree(destination.root, { "Inbox/.keep": Buffer.alloc(0) });
    await source.own();
    await destination.own();
    const { core } = installation;
    await core.api.groups.create(owner, { name: "Kill" });
    await core.api.groups.join(reader, {});
    await enrol(core, { owner: "Olga", label: "source", daemon: source, sharePath: "/Media" });
    await enrol(core, { owner: "Rita", label: "home", daemon: destination, sharePath: "/Inbox", inboxPath: "/Inbox" });
    chat = startBot();
    await chat.say("/group", /Kill/);
    await core.api.shares.add(owner, { path: "", name: "Media" });
    // It follows the events from here on.
    await chat.hear(/Media/);
    await until(async () => {
      const { shares } = await core.api.shares.list(reader, {});
      return shares[0]?.files === files * victims.length ? true : undefined;
    });
  });

  afterAll(async () => {
    await chat?.stop();
    await installation?.stop();
    await source?.stop();
    await destination?.stop();
  });

  const startBot = () =>
    openChat(installation.core.apiAddress, "Rita", (text) => {
      heard += text;
    });

  const victims = [
    { name: "the core", strike: () => installation.restartCore() },
    {
      name: "the database",
      strike: async () => {
        installation.keepCore();
        process.kill(databasePid(installation.dataFolder), "SIGKILL");
      },
    },
    { name: "the source", strike: () => source.kill9().then(() => source.restart()) },
    { name: "the destination", strike: () => destination.kill9().then(() => destination.restart()) },
    { name: "the bot", strike: () => chat.kill() },
  ];

  test.for(victims)("of $name", { timeout: 180_000 }, async ({ name, strike }) => {
    const found = await installation.core.api.catalog.browse(reader, { where: "Media" });
    const ref = found.items.find((item) => item.name === name)?.ref ?? "";
    const { pull } = await installation.core.api.transfers.pull(reader, { what: [ref], requestId: `kill ${name}` });
    await until(async () => {
      const now = await installation.core.api.transfers.show(reader, { pull: pull.ref });
      return now.pull.filesDone >= 20 ? true : undefined;
    });
    await strike();
    const ended = await whenEnded(() => installation.core, "Rita", pull.ref);
    expect(ended).toMatchObject({ state: "done", files, filesDone: files });
    if (name === "the bot") chat = startBot();
    await chat.hear(new RegExp(`${name} is complete`));
    expect(eventsThatTold(name)).toHaveLength(1);
    expect(hashesBelow(join(destination.root, "Inbox", name))).toEqual(hashesBelow(join(source.root, "Media", name)));
  });

  test("of the bot again, as soon as it has told something: it may tell it once more as the same event", async () => {
    const [told] = eventsThatTold("the bot");
    await chat.kill();
    chat = startBot();
    await installation.core.api.groups.join(consoleContext("Nina"), {});
    await chat.hear(/Nina/);
    expect(new Set(eventsThatTold("the bot"))).toEqual(new Set([told]));
  });

  /** The numbers under which bots have said that this pull is complete, one for each time. */
  function eventsThatTold(name: string): string[] {
    const said = stripVTControlCharacters(heard).matchAll(/^#(\d+).*\n(.*) is complete/gm);
    return [...said].flatMap(([, id = "", text]) => (text?.endsWith(name) ? [id] : []));
  }
});

function folderFor(victim: string): Record<string, Buffer> {
  const names = Array.from({ length: files }, (_, i) => `Media/${victim}/part ${i % 8}/file ${i}.bin`);
  return Object.fromEntries(names.map((name) => [name, randomBytes(fileBytes)]));
}

function hashesBelow(root: string): Record<string, string> {
  const found = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = found.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map((path) => [path.slice(root.length), sha256Of(path)]));
}

function databasePid(dataFolder: string): number {
  const pidFile = readdirSync(dataFolder, { recursive: true, encoding: "utf8" }).find((p) =>
    p.endsWith("postmaster.pid"),
  );
  return Number(readFileSync(join(dataFolder, pidFile ?? ""), "utf8").split("\n")[0]);
}
