import { expect, test } from "vitest";
import { createAssembler } from "./assemble.ts";

/** All replies of a text that comes in pieces of `length`. */
function assembled(text: string, length = text.length): string[] {
  const { take } = takerOf();
  const replies: string[] = [];
  for (let at = 0; at < text.length; at += length) replies.push(...take(text.slice(at, at + length)));
  return replies;
}

function takerOf(isListing?: () => boolean) {
  const assembler = createAssembler(isListing);
  const take = (text: string) => {
    const replies: string[] = [];
    assembler.take(text, (reply) => replies.push(reply));
    return replies;
  };
  return { take, restart: assembler.restart };
}

test.each([
  ["220 hello\r\n", ["220 hello"]],
  ["220\r\n", ["220"]],
  ["150 now\r\n226 done\r\n", ["150 now", "226 done"]],
  [
    "211-Features:\r\n SIZE\r\n\r\n211-more\r\n 212 no end\r\n211 End\r\n200 x\r\n",
    ["211-Features:\n SIZE\n211-more\n 212 no end\n211 End", "200 x"],
  ],
  ["junk\r\n\r\n12 x\r\n2200 x\r\n220 x\n", ["220 x"]],
  ["220 not yet", []],
  ["211-not\r\n210 yet\r\n", []],
])("%j, in whatever pieces", (text, expected) => {
  for (const length of [1, 2, 3, 1000]) expect(assembled(text, length)).toEqual(expected);
});

test.each([
  ["a line without an end", "2"],
  ["a reply without an end", "220-x\r\n"],
  ["blank lines", "\r\n"],
  ["lines of nobody", "hello\r\n"],
  ["replies without an end", "120 wait\r\n"],
])("%s is given up", (_, piece) => {
  const assembler = takerOf();
  const takeMany = () => {
    for (let count = 0; count < 600; count += 1) assembler.take(piece.repeat(200));
    for (let count = 0; count < 600; count += 1) assembler.take(piece.repeat(200));
    for (let count = 0; count < 600; count += 1) assembler.take(piece.repeat(200));
  };
  expect(takeMany).toThrow(expect.objectContaining({ code: "server.protocol" }));
});

test("each command has its own measure", () => {
  const assembler = takerOf();
  for (let count = 0; count < 100; count += 1) {
    expect(assembler.take(`${"120 wait\r\n".repeat(2000)}`)).toHaveLength(2000);
    assembler.restart();
  }
});

test.each([
  ["a reply", false, [550, 700]],
  ["a listing", true, [1_900, 2_100]],
] as const)("%s is too long wherever its pieces end", (_, isListing, counts) => {
  const line = `${"x".repeat(98)}\r\n`;
  const [most, more] = counts.map((count) => `213-Status\r\n${line.repeat(count)}213 End\r\n`) as [string, string];
  const pieces = (text: string) => [text.slice(0, 50_000), text.slice(50_000)];
  for (const whole of [[most], pieces(most)]) {
    const { take } = takerOf(() => isListing);
    expect(whole.flatMap(take)).toHaveLength(1);
  }
  for (const whole of [[more], pieces(more)]) {
    const { take } = takerOf(() => isListing);
    expect(() => whole.flatMap(take)).toThrow("server.protocol");
  }
});
