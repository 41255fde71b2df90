import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeItem } from "../commands/lists.ts";
import { pullReply } from "../commands/pull-card.ts";
import { fakeItem, fakePull } from "../fake-core.ts";
import { hostileText } from "../hostile-text.ts";
import type { Block, Reply } from "../reply.ts";
import { makeReply } from "../reply.ts";
import { cleanName, widthOf } from "../text.ts";
import { createTongue } from "../words/index.ts";
import type { Paint } from "./render.ts";
import { paintNothing, renderReply } from "./render.ts";

const tongue = createTongue("en", "UTC");
const now = new Date("2026-05-04T10:00:00.000Z");
const paintAll: Paint = (_style, text) => (text === "" ? "" : `\u001B[1m${text}\u001B[22m`);
const plain = (lines: string[]) => lines.map((line) => line.replace(/\u00A0/g, " "));

const names = [
  "Été à Saint-Malo (2024), très long titre de photographie numérique avec des accents.jpg",
  "日本語の長いファイル名がここにありますので切らなければなりません・テスト・テスト・テスト.flac",
  "👩‍👩‍👧‍👦🇫🇷🎵🎵🎵🎵🎵🎵🎵🎵🎵🎵🎵🎵🎵🎵🎵🎵🎵🎵🎵🎵🎵🎵🎵🎵🎵🎵🎵🎵🎵🎵🎵🎵🎵.mp3",
  "z\u0300\u0301\u0302\u0303\u0304\u0305\u0306algo".repeat(12),
  "שלום עולם קובץ ארוך מאוד שצריך לחתוך אותו באמצע כדי שלא ישבור את השורה.pdf",
  "@everyone <@1> <b>`_*[]()~\u202E\u0000\u001B[2J\r\n.txt",
  "x".repeat(255),
  "\uF7FF\uF780".repeat(40),
];

function listOf(texts: string[]): Reply {
  const items = texts.map((name, index) =>
    describeItem(
      fakeItem({ number: index + 1, name, path: name, owner: name, isYours: index % 2 === 0, copies: 3 }),
      tongue,
      now,
    ),
  );
  return makeReply([
    { kind: "heading", text: cleanName(texts.join(" ")) },
    { kind: "items", items },
  ]);
}

describe.each([80, 120, 40, 20])("at %i columns", (columns) => {
  it.each([paintNothing, paintAll])("no line of a list with hostile names is wider", (paint) => {
    const lines = renderReply(listOf(names), { columns, paint });
    expect(lines.filter((line) => widthOf(line) > columns)).toEqual([]);
    expect(lines.filter((line) => /[\r\n]/.test(line))).toEqual([]);
  });

  it("no line of any block is wider, whatever text it holds", () => {
    const text = hostileText.map(cleanName);
    const block: fc.Arbitrary<Block> = fc.oneof(
      fc.record({ kind: fc.constant("heading" as const), text }),
      fc.record({
        kind: fc.constant("text" as const),
        text,
        tone: fc.constantFrom("ok" as const, "plain" as const, "error" as const),
      }),
      fc.record({ kind: fc.constant("literal" as const), text }),
      fc.record({ kind: fc.constant("document" as const), name: text, text }),
      fc.record({
        kind: fc.constant("progress" as const),
        title: text,
        text,
        fraction: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      fc.record({ kind: fc.constant("table" as const), rows: fc.array(fc.tuple(text, text), { minLength: 1 }) }),
    );
    fc.assert(
      fc.property(fc.array(block), (blocks) => {
        const button = { label: "Next", command: "/more", role: "next" as const };
        const lines = renderReply(makeReply(blocks, { buttons: [button] }), { columns, paint: paintAll });
        for (const line of lines) {
          expect(widthOf(line)).toBeLessThanOrEqual(columns);
          expect(line).not.toContain("\n");
        }
      }),
    );
  });
});

it("shows a list with its numbers, sizes and ages in columns", () => {
  const lines = renderReply(listOf(["A.flac", "B.flac"]), { columns: 60, paint: paintNothing });
  expect(plain(lines)).toEqual(
    [
      "A.flac B.flac",
      " 1  A.flac  you have it                67.1 MB  3 days ago",
      "    f3k9 · A.flac · Music/A.flac · 3 copies",
      " 2  B.flac                             67.1 MB  3 days ago",
      "    f3k9 · B.flac · Music/B.flac · 3 copies",
    ].map((line, index) => (index % 2 === 1 ? line.replace(/ {2}67/, "    67").slice(0, 60) : line)),
  );
});

it("shows a running pull as a bar with what is behind it", () => {
  const lines = renderReply(pullReply(fakePull(), tongue, now), { columns: 80, paint: paintNothing });
  expect(plain(lines)).toEqual([
    "Summer concert.flac (p12) ██████████░░░░░░░░░░  50 %",
    "  33.6 MB of 67.1 MB · 8 MB/s · 4 sec left",
    "Pause → /transfers pause p12  ·  Cancel → /transfers cancel p12",
  ]);
});
