// The guided tour: what FonShare does, done step by step through the real parts and checked on disk.
// It stops at the first thing that is wrong.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { Chat } from "./chat.ts";
import { openChat } from "./chat.ts";
import { consoleContext } from "./core-process.ts";
import { enrolThroughPage } from "./enrol.ts";
import { addNews, annasNews } from "./news.ts";
import { anna, chloe, friends, inboxFolder, you } from "./people.ts";
import { bigFile } from "./samples.ts";
import type { World } from "./world.ts";

export interface TourDeps {
  world: World;
  print: (text: string) => void;
  nowMs: () => number;
}

interface Step {
  title: string;
  run: (chat: Chat, world: World) => Promise<string>;
}

const steps: Step[] = [
  { title: "You enrol your own server on the enrolment page", run: enrolYours },
  { title: "You share a folder of it", run: shareYours },
  { title: "You search everybody's files", run: searchAll },
  { title: "You browse a friend's share", run: browseFriend },
  { title: "You pull a file of 64 MiB", run: pullFile },
  { title: "You pull a folder", run: pullFolder },
  { title: "Anna adds photos, and the group hears of them", run: hearNews },
  { title: "You pull them by a reaction", run: pullByReaction },
];

/** Plays every step. @throws at the first that is wrong */
export async function playTour({ world, print, nowMs }: TourDeps): Promise<void> {
  const chat = openChat(world.core.apiAddress, you.name, print);
  const lines: string[] = [];
  try {
    for (const [index, step] of steps.entries()) {
      print(`\n\n── ${index + 1}/${steps.length}  ${step.title} ──\n`);
      const startedMs = nowMs();
      const result = await step.run(chat, world);
      const seconds = ((nowMs() - startedMs) / 1000).toFixed(1);
      lines.push(`  ✓ ${step.title.padEnd(48)} ${seconds.padStart(5)} s  ${result}`);
    }
  } finally {
    await chat.stop();
  }
  print(`\n\nSummary\n${lines.join("\n")}\n`);
}

async function enrolYours(chat: Chat, world: World): Promise<string> {
  const [, link = ""] = await chat.say("/servers add", /(http:\/\/\S+\/enrol\/\S+)/);
  await enrolThroughPage(link, world.homeOf(you));
  await chat.say("/servers", new RegExp(you.label));
  return "tested live, stored sealed";
}

async function shareYours(chat: Chat): Promise<string> {
  await chat.say(`/share ${you.label} / as "${you.share}"`, new RegExp(you.share));
  return `"${you.share}"`;
}

async function searchAll(chat: Chat, world: World): Promise<string> {
  const files = await whenIndexed(world);
  await chat.say("/search noel chez", /Noël chez Mamie/);
  await chat.say("/search zurich kind:photo", /Zürich & Genève/);
  await chat.say("/search finale -jazz", /Finale/);
  return `${files} files of ${friends.length + 1} servers`;
}

/** Shares are read at once after sharing; a person would just see them fill. */
async function whenIndexed(world: World): Promise<number> {
  for (;;) {
    const { shares } = await world.core.api.shares.list(consoleContext(you.name), {});
    if (shares.every((share) => share.scannedAt !== null)) return shares.reduce((sum, share) => sum + share.files, 0);
    await delay(100);
  }
}

async function browseFriend(chat: Chat): Promise<string> {
  await chat.say("/browse", /Labo/);
  await chat.say("/browse Labo/Datasets/Weather", /Tromsø/);
  return "shares, folders, files";
}

async function pullFile(chat: Chat, world: World): Promise<string> {
  const name = bigFile.split("/").at(-1) ?? "";
  await chat.say("/search stations europe", new RegExp(name.slice(0, 20)));
  await chat.say("/pull 1", /Takes about/);
  await chat.say("yes", /is complete/);
  await whenPulled(world);
  const same = await sameContent(
    join(world.homeOf(chloe).root, bigFile),
    join(world.homeOf(you).root, inboxFolder, name),
  );
  if (!same) throw new Error(`"${name}" arrived with other content.`);
  return "same SHA-256 on both servers";
}

async function pullFolder(chat: Chat, world: World): Promise<string> {
  const folder = "Hiking the Vercors – day 1";
  await chat.say(`/search "hiking the vercors" day 1 kind:folder`, /Hiking the Vercors/);
  await chat.say("/pull 1 yes", /is complete/);
  await whenPulled(world);
  const from = join(world.homeOf(anna).root, "Photos/2022", folder);
  return `${await compareFolders(from, join(world.homeOf(you).root, inboxFolder, folder))} files, same SHA-256`;
}

async function hearNews(chat: Chat, world: World): Promise<string> {
  await addNews(world.homeOf(anna));
  await chat.say(`/as ${anna.name}`, /Anna/);
  await chat.say("/servers reindex", /attic/);
  await chat.hear(/Anniversaire de Chloé/);
  return `${annasNews.length} new files announced`;
}

async function pullByReaction(chat: Chat, world: World): Promise<string> {
  await chat.say(`/as ${you.name}`, new RegExp(you.name));
  await chat.say("/react pull", /is complete/);
  await whenPulled(world);
  const folder = "Anniversaire de Chloé";
  const from = join(world.homeOf(anna).root, "Photos/2026", folder);
  return `${await compareFolders(from, join(world.homeOf(you).root, inboxFolder, folder))} files, same SHA-256`;
}

/** Waits until the newest pull has ended. @throws when it did not end well */
async function whenPulled(world: World): Promise<void> {
  for (;;) {
    const { pulls } = await world.core.api.transfers.list(consoleContext(you.name), { limit: 1 });
    const state = pulls[0]?.state;
    if (state === "done") return;
    if (state === "failed" || state === "cancelled") throw new Error(`The pull ${state}: ${pulls[0]?.reason?.code}.`);
    await delay(50);
  }
}

async function compareFolders(from: string, to: string): Promise<number> {
  const names = await readdir(from);
  for (const name of names) {
    if (!(await sameContent(join(from, name), join(to, name))))
      throw new Error(`"${name}" arrived with other content.`);
  }
  return names.length;
}

async function sameContent(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([hashOf(a), hashOf(b)]);
  return left === right;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
