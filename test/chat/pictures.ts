// Makes the pictures of the documentation: one conversation on each platform, drawn from what the bot really sent.
// `npx node test/chat/pictures.ts [discord|telegram|telegram-fr …]` writes docs/pictures/<name>.png.
import { resolve } from "node:path";
import { createDiscordDriver } from "./discord/driver.ts";
import type { Script } from "./pictures/conversation.ts";
import { playConversation } from "./pictures/conversation.ts";
import { renderDiscord } from "./pictures/discord-look.ts";
import { openCamera } from "./pictures/take.ts";
import { renderTelegram } from "./pictures/telegram-look.ts";
import { createTelegramDriver } from "./telegram/driver.ts";

const english: Script = {
  language: "en",
  search: "/search fete musique",
  captions: {
    join: "Make a group, join it",
    connect: "Connect your server",
    search: "Search everybody's files",
    pull: "Pull, server to server",
    news: "Hear what is new",
  },
  pressed: "the same message, after “Pull”",
  later: "the same message, at the end",
};

const french: Script = {
  language: "fr",
  search: "/chercher fete musique",
  captions: {
    join: "Créer un groupe, le rejoindre",
    connect: "Brancher son serveur",
    search: "Chercher chez tout le monde",
    pull: "Récupérer, de serveur à serveur",
    news: "Apprendre ce qui est nouveau",
  },
  pressed: "le même message, une fois accepté",
  later: "le même message, à la fin",
};

/** Each plays the conversation and gives the page to be photographed. */
const pictures: Record<string, () => Promise<string>> = {
  discord: async () =>
    renderDiscord(await playConversation(createDiscordDriver, english), {
      onlyYou: "Only you can see this · Dismiss message",
      used: "used",
    }),
  telegram: async () =>
    renderTelegram(await playConversation(() => createTelegramDriver(), english), {
      members: (count) => `${count} members`,
      bot: "bot",
    }),
  "telegram-fr": async () =>
    renderTelegram(await playConversation(() => createTelegramDriver(), french), {
      members: (count) => `${count} membres`,
      bot: "bot",
    }),
};

const folder = resolve(import.meta.dirname, "..", "..", "docs", "pictures");
const wanted = process.argv.slice(2);
const camera = await openCamera();
try {
  for (const [name, draw] of Object.entries(pictures)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    await camera.take(await draw(), resolve(folder, `${name}.png`));
    process.stdout.write(`docs/pictures/${name}.png\n`);
  }
} finally {
  await camera.close();
}
