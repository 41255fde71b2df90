// A message of the bot as people read it: markdown resolved, buttons apart.
import type { ShownButton, ShownMessage } from "../driver.ts";
import { flatten } from "./limits.ts";
import type { Names } from "./markdown.ts";
import { readMarkdown } from "./markdown.ts";
import type { Json, Message, World } from "./state.ts";

export interface DiscordShown extends ShownMessage {
  /** As the bot sent it. */
  raw: { content: string; embeds: Json[]; components: Json[]; flags: number };
  /** Markdown constructs in it, such as "bold", "link", "mention": a name that was not escaped shows up here. */
  constructs: string[];
  files: { name: string; content: string }[];
  /** Emoji → how many people. */
  reactions: Record<string, number>;
}

export function showMessage(world: World, message: Message): DiscordShown {
  const names: Names = {
    person: (id) => (id === world.botId ? world.botName : world.people.get(id)?.name),
    channel: (id) => world.channels.get(id)?.name,
    role: (id) => ([...world.guilds.values()].some((guild) => guild.adminRoleId === id) ? "Admins" : undefined),
  };
  const { body } = message;
  const lines = [body.content === "" ? undefined : readMarkdown(body.content, names)];
  for (const embed of body.embeds) lines.push(...readEmbed(embed, names));
  const layout = flatten(body.components);
  for (const one of layout) if (one["type"] === 10) lines.push(readMarkdown(String(one["content"]), names));
  const read = lines.filter((line) => line !== undefined);
  const onlyFor = message.onlyFor === undefined ? undefined : world.people.get(message.onlyFor);
  return {
    id: message.id,
    text: read.map((line) => line.text).join("\n"),
    buttons: buttonsOf(layout),
    ...(onlyFor ? { onlyFor: { id: onlyFor.id, name: onlyFor.name, language: onlyFor.language } } : {}),
    mentions: message.rings,
    edits: message.edits,
    raw: { content: body.content, embeds: body.embeds, components: body.components, flags: message.flags },
    constructs: [...new Set(read.flatMap((line) => line.constructs))],
    files: body.uploads.map((upload) => ({ name: upload.name, content: upload.bytes.toString() })),
    reactions: Object.fromEntries([...message.reactions].map(([emoji, people]) => [emoji, people.size])),
  };
}

function readEmbed(embed: Json, names: Names) {
  const plain = (text: unknown) => (typeof text === "string" && text !== "" ? { text, constructs: [] } : undefined);
  const marked = (text: unknown) => (typeof text === "string" && text !== "" ? readMarkdown(text, names) : undefined);
  const fields = ((embed["fields"] as { name: string; value: string }[] | undefined) ?? []).map((field) => {
    const [name, value] = [readMarkdown(field.name, names, false), readMarkdown(field.value, names)];
    return { text: `${name.text}: ${value.text}`, constructs: [...name.constructs, ...value.constructs] };
  });
  return [
    plain((embed["author"] as Json | undefined)?.["name"]),
    marked(embed["title"]),
    marked(embed["description"]),
    ...fields,
    plain((embed["footer"] as Json | undefined)?.["text"]),
  ];
}

/** Buttons as they lie, and the options of select menus, which are pressed like buttons. */
function buttonsOf(layout: readonly Json[]): ShownButton[] {
  return layout.flatMap((one) => {
    if (one["type"] === 2) return [{ label: labelOf(one), ...(one["url"] == null ? {} : { url: String(one["url"]) }) }];
    if (one["type"] === 3)
      return ((one["options"] as Json[] | undefined) ?? []).map((option) => ({ label: labelOf(option) }));
    return [];
  });
}

/** What stands on it: the emoji before the words. */
export function labelOf(one: Json): string {
  const emoji = (one["emoji"] as Json | null | undefined)?.["name"];
  return [emoji, one["label"]].filter((part) => part != null).join(" ");
}
