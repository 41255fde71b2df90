import { afterEach, describe, expect, test } from "vitest";
import { createBench } from "./fixtures.ts";
import { parseFreeBytes } from "./free-space.ts";

const bench = createBench();
afterEach(() => bench.clear());

describe("what AVBL answers", () => {
  test.each([
    ["213 2147483648", 2_147_483_648],
    ["213 0", 0],
    ["213 Available space: 1234567 bytes", 1_234_567],
    ["213-Space\n213 900719925474099 free", undefined],
    ["213 -1", undefined],
    ["213 2.5 GB", undefined],
    ["213 10 GB", undefined],
    ["213 99999999999999999999", undefined],
    ["213 9999999999999999", undefined],
    ["213 plenty", undefined],
    ["550 Access is denied.", undefined],
    ["200 1234", undefined],
  ])("%s", (text, bytes) => {
    expect(parseFreeBytes({ code: Number(text.slice(0, 3)), text })).toBe(bytes);
  });
});

test("a server that does not know AVBL is not asked; one that does is, about that folder", async () => {
  const plain = await bench.start({ features: { without: ["AVBL"] } });
  expect(await (await bench.connect(plain.target)).freeBytes("/")).toBeUndefined();
  expect(plain.server.commands).not.toContain("AVBL");
  const asked: string[] = [];
  const { target } = await bench.start({
    override: ({ verb, argument }) => {
      if (verb !== "AVBL") return undefined;
      asked.push(argument);
      return "213 42";
    },
  });
  expect(await (await bench.connect(target)).freeBytes("/in box")).toBe(42);
  expect(asked).toEqual(["/in box"]);
});
