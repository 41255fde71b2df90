// The emoji that Telegram has as reactions; everything else needs Premium, and no bot may count on that.
const all =
  "👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡";

const known = new Set(all.split(" "));

/** Telegram writes them without the variation selector; that of the caller is taken off. */
export function findReaction(emoji: string): string | undefined {
  const plain = emoji.replaceAll("\ufe0f", "");
  return known.has(plain) ? plain : undefined;
}
