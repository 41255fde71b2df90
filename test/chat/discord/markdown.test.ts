// Markdown as Discord's clients show it.
import { expect, test } from "vitest";
import { findRings, readMarkdown } from "./markdown.ts";

const id = "123456789012345678";
const names = { person: () => "Anna", channel: () => undefined, role: () => undefined };
const read = (source: string) => readMarkdown(source, names);

test.each<[string, string, string[]]>([
  ["plain text", "plain text", []],
  [
    "**bold** and *it* and _it_ and __un__ and ~~st~~ and ||sp||",
    "bold and it and it and un and st and sp",
    ["bold", "italic", "italic", "underline", "strike", "spoiler"],
  ],
  ["\\*\\*not\\*\\* \\_x\\_ \\`y\\` \\[a\\]\\(b\\)", "**not** _x_ `y` [a](b)", []],
  ["`code *x*` ``a`b``", "code *x* a`b", ["code", "code"]],
  ["```js\nlet a = 1\n```", "let a = 1", ["code block"]],
  ["# Big\n## Less\n-# small\ntext # no", "Big\nLess\nsmall\ntext # no", ["heading", "heading", "subtext"]],
  ["> said\nnot", "said\nnot", ["quote"]],
  ["- one\n* two", "• one\n• two", ["list", "list"]],
  ["[the *page*](https://a.b/c) <https://x.y>", "the page https://x.y", ["link", "italic", "address"]],
  ["[no](nowhere)", "[no](nowhere)", []],
  ["https://a.b/my_file_name_", "https://a.b/my_file_name_", ["address"]],
  [
    `<@${id}> <@!${id}> <#${id}> <@&${id}> <@1>`,
    "@Anna @Anna #unknown @unknown-role <@1>",
    ["mention", "mention", "channel mention", "role mention"],
  ],
  [`\\<@${id}>`, `<@${id}>`, []],
  ["@everyone", "@everyone", ["everyone"]],
  ["snake_case_name and my_file_.mkv", "snake_case_name and myfile.mkv", ["italic"]],
  ["<t:0:R>", "1970-01-01T00:00:00.000Z", ["time"]],
])("%j", (source, text, constructs) => {
  expect(read(source)).toEqual({ text, constructs });
});

test("what rings is found outside code, whatever a backslash says", () => {
  expect(findRings(`@everyone \\@here <@${id}> <@&${id}>`)).toEqual(["everyone", "here", id, `role:${id}`]);
  expect(findRings(`\`@everyone\` \`\`\`<@${id}>\`\`\` @\u200beveryone`)).toEqual([]);
  expect(findRings("\\`@everyone\\`")).toEqual(["everyone"]);
});
