import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDetected } from "../../test/chat/telegram/detect.ts";
import { parseHtml } from "../../test/chat/telegram/html.ts";
import type { Message } from "../chat/port.ts";
import { describeItem } from "../commands/lists.ts";
import { fakeItem } from "../fake-core.ts";
import { hostileText } from "../hostile-text.ts";
import type { Block, Reply } from "../reply.ts";
import { makeReply } from "../reply.ts";
import { cleanName } from "../text.ts";
import { createTongue } from "../words/index.ts";
import { joiner } from "./markup.ts";
import { longestCaption, longestText, renderMessage } from "./render.ts";

const tongue = createTongue("en", "UTC");
const now = new Date("2026-05-04T10:00:00.000Z");
const messageOf = (blocks: Block[], more: Partial<Reply> = {}): Message => ({
  reply: makeReply(blocks, more),
  tongue,
  buttons: [],
});
const htmlOf = (blocks: Block[], more: Partial<Reply> = {}) => renderMessage(messageOf(blocks, more)).html;
const shownOf = (html: string) => parseHtml(html).text.replaceAll("\u00A0", " ");

const nasty = [
  "@everyone @anna_1001 #tag $BTC /leave",
  "<b>&lt;i&gt;</b> <a href='tg://user?id=1'>x</a>",
  "_*[]()~`>#+-=|{}.!",
  "http://evil.example/x readme.md video.mov a@b.com",
  "tg://resolve?domain=x t.me/joinchat 192.168.1.1 +33612345678 4111 1111 1111 1111",
  "😀/leave \n/leave ##tag @@anna_1001 .com..com",
];
const hostile = fc
  .array(fc.oneof(hostileText, fc.constantFrom(...nasty, "x".repeat(250), "<", "&", '"', "/", "@", "#", ".")), {
    maxLength: 8,
  })
  .map((parts) => cleanName(parts.join("")).slice(0, 300).toWellFormed());

const blockWith = (text: fc.Arbitrary<string>): fc.Arbitrary<Block> =>
  fc.oneof(
    fc.record({ kind: fc.constant("heading" as const), text }),
    fc.record({ kind: fc.constant("text" as const), text, tone: fc.constantFrom("ok" as const, "error" as const) }),
    fc.record({
      kind: fc.constant("progress" as const),
      title: text,
      text,
      fraction: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    fc.record({
      kind: fc.constant("table" as const),
      rows: fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 8 }),
    }),
    fc.record({ kind: fc.constant("document" as const), name: text, text }),
    fc.record({
      kind: fc.constant("items" as const),
      items: fc.array(
        text.map((name) => describeItem(fakeItem({ number: 1, name, path: name, owner: name }), tongue, now)),
        { maxLength: 12 },
      ),
    }),
  );

describe("whatever strangers wrote", () => {
  it("is parsed, keeps the limits, and is nothing to tap on", () => {
    const longest = fc.constantFrom(longestText, longestCaption);
    fc.assert(
      fc.property(fc.array(blockWith(hostile), { maxLength: 12 }), hostile, longest, (blocks, name, most) => {
        const message: Message = { ...messageOf(blocks), mention: { userId: "5100000001", name } };
        const { html, document } = renderMessage(message, most);
        const { text, entities, droppedLinks } = parseHtml(html);
        expect(text.length).toBeLessThanOrEqual(most);
        expect(text.trim()).not.toBe("");
        expect(text.isWellFormed()).toBe(true);
        expect(droppedLinks).toEqual([]);
        expect(entities.length).toBeLessThanOrEqual(100);
        const given = ["bold", "italic", "code", "text_mention"];
        expect(addDetected(text, entities).filter(({ type }) => !given.includes(type))).toEqual([]);
        if (document) expect(document.name).toMatch(/^[\p{L}\p{N}._ -]+$/u);
      }),
      { numRuns: 120, endOnFailure: true },
    );
  });

  it.each(nasty)("is shown as it was written: %s", (text) => {
    expect(shownOf(htmlOf([{ kind: "text", text }]))).toBe(text);
    expect(shownOf(htmlOf([{ kind: "heading", text }]))).toBe(text);
    const item = { ...describeItem(fakeItem(), tongue, now), number: null, name: text, mark: null };
    expect(shownOf(htmlOf([{ kind: "items", items: [item] }]))).toContain(`${text}\n`);
  });

  it("is no link, command or name beside other text either", () => {
    const { html } = renderMessage(messageOf([{ kind: "text", text: nasty.join(" ") }]));
    const { text, entities } = parseHtml(html);
    expect(addDetected(text, entities).filter(({ type }) => type !== "code")).toEqual([]);
    expect(addDetected(nasty.join(" "), []).length).toBeGreaterThan(5);
  });
});

it("shows a list with names in bold, and what else is known below", () => {
  const items = [
    describeItem(fakeItem({ number: 1, isYours: true }), tongue, now),
    describeItem(fakeItem({ number: 2, isYours: false, copies: 3, name: "B.flac", path: "Live/B.flac" }), tongue, now),
  ];
  const html = htmlOf([
    { kind: "heading", text: "“summer”: 2 results" },
    { kind: "items", items },
  ]);
  const [heading, blank, first, , third] = html.split("\n");
  expect([heading, blank]).toEqual(["<b>“summer”: 2 results</b>", ""]);
  expect(first).toMatch(/^1\. <b>.+<\/b> {2}<i>.*you have it<\/i>$/);
  expect(third).toBe("2. <b>B.flac</b>");
  expect(html).toContain("<code>f3k9</code>");
});

it("leaves ordinary names as they are, in bold, and sets others in code", () => {
  const nameOf = (name: string) => {
    const item = { ...describeItem(fakeItem(), tongue, now), number: null, name, mark: null };
    return htmlOf([{ kind: "items", items: [item] }]).split("\n")[0];
  };
  for (const name of ["Été à Saint-Malo (2024).jpg", "Movie.2020.1080p.mkv", "song.mp3", "v1.5 a/b 12:30 50 %"]) {
    expect(nameOf(name)).toBe(`<b>${name}</b>`);
  }
  for (const name of ["readme.md", "a movie.mov", "@anna", "x (live)/y", "C#1", "tg://x", "1.2.3.4", "пример.рф"]) {
    expect(nameOf(name)).toBe(`<code>${name}</code>`);
  }
  expect(htmlOf([{ kind: "text", text: "There is no /foo in “a.zip” here." }])).toBe(
    "There is no <code>/foo</code> in <code>“a.zip”</code> here.",
  );
  expect(htmlOf([{ kind: "text", text: "Say /join; then /search, please." }])).toBe(
    "Say <code>/join</code>; then <code>/search</code>, please.",
  );
  const mention = { userId: "42", name: "@anna" };
  expect(renderMessage({ ...messageOf([]), mention }).html).toContain(`>@${joiner}anna</a>`);
});

it("is quick with the worst of texts", () => {
  const text = "@a".repeat(2000) + " ".repeat(500) + "1-".repeat(2000) + ".a".repeat(2000);
  expect(parseHtml(htmlOf([{ kind: "text", text }])).text.length).toBeLessThanOrEqual(longestText);
});

it("lets people tap on a link and on commands of the help, and copies the rest", () => {
  const link = "https://fonshare.example.org/enrol/Ab_c-D";
  expect(htmlOf([{ kind: "literal", text: link }])).toBe(link);
  for (const local of [
    "http://localhost:8080/enrol/x",
    "http://127.0.0.1/enrol/x",
    "http://[::1]:80/x",
    "/link K7QF",
  ]) {
    expect(htmlOf([{ kind: "literal", text: local }])).toBe(`<code>${local}</code>`);
  }
  expect(htmlOf([{ kind: "table", rows: [["/search", "search everything"]] }])).toBe("/search – search everything");
  expect(htmlOf([{ kind: "table", rows: [["/searching", "x"]] }])).toBe("<code>/searching</code>: x");
});

it("cuts what is too long, and never a link or code", () => {
  const code = "K7QF-3MPD";
  const blocks: Block[] = [
    ...Array.from({ length: 60 }, (_, index): Block => ({ kind: "text", text: `${index} ${"é👩‍👩‍👧‍👦".repeat(20)}` })),
    { kind: "literal", text: code },
  ];
  const { text } = parseHtml(htmlOf(blocks));
  expect(text.length).toBeLessThanOrEqual(longestText);
  expect(text.length).toBeGreaterThan(longestText - 100);
  expect(text).toContain("…\n");
  expect(text.endsWith(code)).toBe(true);
});

it("keeps what stands in code harmless when there is more of it than Telegram counts", () => {
  const blocks = Array.from({ length: 130 }, (): Block => ({ kind: "literal", text: "/leave @anna_1001" }));
  const { text, entities } = parseHtml(htmlOf(blocks));
  expect(addDetected(text, entities.slice(0, 100)).filter(({ type }) => type !== "code")).toEqual([]);
});

it("draws progress, signs and a mention", () => {
  const progress: Block = { kind: "progress", title: "Summer.flac", fraction: 0.5, text: "8 MB/s" };
  expect(shownOf(htmlOf([progress]))).toBe("Summer.flac\n██████░░░░░░ 50 %\n8 MB/s");
  expect(htmlOf([{ kind: "text", text: "No." }], { tone: "error" })).toBe("❌ No.");
  const mention = { userId: "42", name: "A <b>" };
  const { html, plain } = renderMessage({ ...messageOf([{ kind: "text", text: "Done." }]), mention });
  expect(html).toBe('<a href="tg://user?id=42">A &lt;b&gt;</a> Done.');
  expect(plain).toBe("A <b> Done.");
});

it("hands a document over as a file, with a sentence where there is no text", () => {
  const block: Block = { kind: "document", name: 'a"\r\n/b.json', text: "{}" };
  const { html, document } = renderMessage(messageOf([block]));
  expect(document).toEqual({ name: "a____b.json", text: "{}" });
  expect(html).toBe(tongue.say("chat.shared-file"));
});
