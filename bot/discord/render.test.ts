// Rendered messages against Discord's limits, and hostile names against Discord's markdown.
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkWhole, flatten, parseMessage } from "../../test/chat/discord/limits.ts";
import { readMarkdown } from "../../test/chat/discord/markdown.ts";
import type { Message, ShownButton } from "../chat/port.ts";
import { hostileText } from "../hostile-text.ts";
import type { Block, Button, ListItem, Reply } from "../reply.ts";
import { makeReply, saySentence } from "../reply.ts";
import { cleanName } from "../text.ts";
import { createTongue } from "../words/index.ts";
import { readPress } from "./components.ts";
import { escapeText } from "./markup.ts";
import { renderMessage, renderPlainly } from "./render.ts";

const tongue = createTongue("en", "UTC");
const nobody = { person: () => "somebody", channel: () => "somewhere", role: () => "something" };
const read = (markdown: string) => readMarkdown(markdown, nobody);

const marks = fc.constantFrom(
  "@everyone",
  "@here",
  "<@123456789012345678>",
  "<@&123456789012345678>",
  "<#123456789012345678>",
  "<t:1700000000:R>",
  "<:smile:123456789012345678>",
  "<a:b:123456789012345678>",
  "</search:123456789012345678>",
  "[a](https://example.org)",
  "https://example.org/x",
  "<https://example.org>",
  "# h\n",
  "-# s",
  "> q",
  ">>> q",
  "- l",
  "1. l",
  "```",
  "`x`",
  "**b**",
  "__u__",
  "_i_",
  "*i*",
  "~~s~~",
  "||s||",
  "\\",
  "¯\\_(ツ)_/¯",
  "<b>",
  "discord.gg/abc",
);
const hostile = fc.oneof(
  hostileText,
  fc.array(fc.oneof(marks, fc.string({ unit: "binary", maxLength: 6 })), { maxLength: 12 }).map((all) => all.join("")),
  fc.tuple(marks, fc.integer({ min: 1, max: 250 })).map(([mark, count]) => mark.repeat(count).slice(0, 250)),
  fc.string({ unit: "grapheme", minLength: 200, maxLength: 250 }),
);

const item: fc.Arbitrary<ListItem> = fc.record({
  number: fc.option(fc.integer({ min: 1, max: 999_999 })),
  ref: fc.constantFrom("f3k9", "d2p", ""),
  icon: fc.constantFrom("file" as const, "folder" as const, "server" as const),
  name: hostile,
  size: fc.constantFrom("", "1.5 GB"),
  age: fc.constantFrom("", "3 days ago"),
  details: fc.array(hostile, { maxLength: 4 }),
  mark: fc.option(fc.record({ text: hostile, tone: fc.constantFrom("plain" as const, "ok" as const) })),
});
const block: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ kind: fc.constant("heading" as const), text: hostile }),
  fc.record({ kind: fc.constant("text" as const), text: hostile }),
  fc.record({ kind: fc.constant("items" as const), items: fc.array(item, { maxLength: 25 }) }),
  fc.record({ kind: fc.constant("table" as const), rows: fc.array(fc.tuple(hostile, hostile), { maxLength: 30 }) }),
  fc.record({
    kind: fc.constant("progress" as const),
    title: hostile,
    fraction: fc.double({ min: -1, max: 2, noNaN: true }),
    text: hostile,
  }),
  fc.record({ kind: fc.constant("literal" as const), text: hostile }),
  fc.record({ kind: fc.constant("document" as const), name: hostile, text: hostile }),
);
const id = fc.stringMatching(/^[\w-]{24}$/);
const button: fc.Arbitrary<ShownButton> = fc.record(
  {
    id: fc.oneof(id, fc.constant("e0123456789abcdefghijklm")),
    label: hostile,
    role: fc.constantFrom<Button["role"]>("yes", "no", "previous", "next", "item", "filter", "plain"),
    isOn: fc.constant(true as const),
  },
  { requiredKeys: ["id", "label", "role"] },
);
const message: fc.Arbitrary<Message> = fc
  .record({
    blocks: fc.array(block, { maxLength: 8 }),
    buttons: fc.array(button, { maxLength: 40 }),
    tone: fc.constantFrom<Reply["tone"]>("plain", "ok", "warn", "error"),
    mention: fc.option(fc.record({ userId: fc.constant("123456789012345678"), name: hostile }), { nil: undefined }),
  })
  .map(({ blocks, buttons, tone, mention }) => ({
    reply: makeReply(blocks, { tone }),
    tongue,
    buttons,
    ...(mention ? { mention } : {}),
  }));

function check(payload: ReturnType<typeof renderMessage>): void {
  const wire = JSON.parse(JSON.stringify(payload.body));
  parseMessage(wire);
  const uploads = payload.files.map(({ name, data }, at) => ({ id: String(at), name, bytes: data, contentType: "" }));
  checkWhole({ content: wire.content, embeds: wire.embeds, components: wire.components, uploads });
}

test("no message is ever over a limit or empty, whatever is in it", () => {
  fc.assert(
    fc.property(message, (one) => {
      check(renderMessage(one));
      check(renderPlainly(one));
    }),
    { numRuns: 500 },
  );
});

test("nothing but the mentioned person can be rung", () => {
  fc.assert(
    fc.property(message, (one) => {
      const { body } = renderMessage(one);
      expect(body.allowed_mentions).toEqual({ parse: [], users: one.mention ? [one.mention.userId] : [] });
    }),
    { numRuns: 50 },
  );
});

test("hostile text is shown as text, wherever it stands", () => {
  fc.assert(
    fc.property(hostile, fc.constantFrom("", "x ", "\n"), (text, before) => {
      const line = cleanName(text);
      const shown = read(before + escapeText(line));
      expect(shown.constructs).toEqual([]);
      expect(shown.text).toBe(before + line);
    }),
    { numRuns: 2000 },
  );
});

test("hostile names in a list leave only the bot's own markup, and are read in full", () => {
  fc.assert(
    fc.property(hostile, hostile, (name, owner) => {
      const one: ListItem = {
        number: 1,
        ref: "f3k9",
        icon: "file",
        name,
        size: "1 GB",
        age: "today",
        details: [owner],
        mark: null,
      };
      const payload = renderMessage({ reply: makeReply([{ kind: "items", items: [one] }]), tongue, buttons: [] });
      const shown = read(payload.body.embeds[0]?.description ?? "");
      expect(shown.constructs).toEqual(["code", "bold", "subtext", "code"]);
      if (cleanName(name).length <= 150) expect(shown.text).toContain(`1 ${cleanName(name)} · 1 GB · today\nf3k9`);
    }),
    { numRuns: 500 },
  );
});

test("25 lines of 250-character names keep every line, its number and all buttons that fit", () => {
  const names = ["_".repeat(250), "*".repeat(250), `${"a".repeat(240)}.flac`, "👩‍👩‍👧‍👦".repeat(60)];
  const items = Array.from(
    { length: 25 },
    (_, at): ListItem => ({
      number: at + 1,
      ref: `f${at}`,
      icon: "file",
      name: names[at % names.length] ?? "",
      size: "1.5 GB",
      age: "3 days ago",
      details: ["@".repeat(128), "x".repeat(250)],
      mark: { text: "you have it", tone: "ok" },
    }),
  );
  const buttons = [
    ...items.map(
      ({ number }): ShownButton => ({ id: `n-item-${number}-0123456789`, label: String(number), role: "item" }),
    ),
    ...["a", "b", "c", "d", "e", "f", "g"].map(
      (letter): ShownButton => ({ id: `e-filter-${letter}-0123456789`, label: letter, role: "filter" }),
    ),
    { id: "e-next-0123456789012345", label: "Next", role: "next" } as const,
  ];
  const payload = renderMessage({
    reply: makeReply([
      { kind: "heading", text: "x".repeat(400) },
      { kind: "items", items },
    ]),
    tongue,
    buttons,
  });
  check(payload);
  const description = payload.body.embeds[0]?.description ?? "";
  for (const { number } of items) expect(description).toContain(`\`${number}\` **`);
  expect(description).toContain(".flac");
  const parts = flatten(JSON.parse(JSON.stringify(payload.body.components)));
  expect(parts.filter((part) => part["type"] === 1)).toHaveLength(5);
  expect(parts.some((part) => part["label"] === "Next")).toBe(true);
  expect(parts.filter((part) => part["type"] === 3)).toHaveLength(1);
});

test("one sentence is content with its sign, a link can be pressed and has no preview", () => {
  const link = "http://localhost:8080/enrol/a_b*c";
  const blocks: Block[] = [
    { kind: "text", text: "Open this:" },
    { kind: "literal", text: link },
  ];
  const { body } = renderMessage({ reply: makeReply(blocks, { isPrivate: true }), tongue, buttons: [] });
  expect(body).toMatchObject({ content: `Open this\\:\n\n<${link}>`, embeds: [] });
  expect(renderMessage({ reply: saySentence("Done.", { tone: "ok" }), tongue, buttons: [] }).body.content).toBe(
    "✅ Done.",
  );
});

test("a code is shown whole in a block, also in a long message", () => {
  const blocks: Block[] = [
    { kind: "literal", text: "/join K7QF-3MPD" },
    { kind: "text", text: "word ".repeat(3000) },
  ];
  const payload = renderMessage({ reply: makeReply(blocks), tongue, buttons: [] });
  check(payload);
  expect(payload.body.embeds[0]?.description).toContain("```\n/join K7QF-3MPD\n```");
});

test("a document is a file, and the mention stands in front", () => {
  const blocks: Block[] = [
    { kind: "text", text: "All of it:" },
    { kind: "document", name: "../fon share.json", text: "{}" },
  ];
  const payload = renderMessage({
    reply: makeReply(blocks),
    tongue,
    buttons: [],
    mention: { userId: "123456789012345678", name: "Anna" },
  });
  expect(payload.files).toEqual([
    { name: "..-fon-share.json", data: Buffer.from("{}"), contentType: "application/json" },
  ]);
  expect(payload.body.content).toBe("<@123456789012345678> All of it\\:");
});

test("a progress bar shows how far it is", () => {
  const blocks: Block[] = [{ kind: "progress", title: "Album", fraction: 0.5, text: "3 of 6 files" }];
  const { body } = renderMessage({ reply: makeReply(blocks), tongue, buttons: [] });
  expect(body.embeds[0]?.description).toBe("**Album**\n`████████░░░░░░░░` 50 %\n3 of 6 files");
});

test("filters are a menu that shows the active one and can let go of it; twins get ids of their own", () => {
  const filters = ["a", "b", "c", "d", "e", "f"].map(
    (letter): ShownButton => ({
      id: `e${letter}-0123456789abcdefghij`,
      label: letter,
      role: "filter",
      ...(letter === "c" ? { isOn: true } : {}),
    }),
  );
  const twin: ShownButton = { id: "n-0123456789abcdefghijkl", label: "Pull", role: "plain" };
  const { components } = renderMessage({ reply: saySentence("x"), tongue, buttons: [...filters, twin, twin] }).body;
  const [menu, pull, again] = components.flatMap((row) => row.components) as {
    custom_id: string;
  }[];
  expect(menu).toMatchObject({ custom_id: "filter:ec-0123456789abcdefghij", min_values: 0 });
  expect(readPress(menu?.custom_id ?? "", ["chosen"])).toBe("chosen");
  expect(readPress(menu?.custom_id ?? "", [])).toBe("ec-0123456789abcdefghij");
  expect(readPress("filter:", [])).toBeUndefined();
  expect(pull?.custom_id).toBe(twin.id);
  expect(readPress(again?.custom_id ?? "", undefined)).toBe(twin.id);
  expect(again?.custom_id).not.toBe(twin.id);
});
