import { totalmem } from "node:os";
import { expect, test } from "vitest";
import { memoryBytes, sharedBuffers } from "./memory.ts";

const gibibyte = 1024 ** 3;

test.each([
  [0.5, "128MB"],
  [2, "128MB"],
  [4, "256MB"],
  [8, "512MB"],
  [64, "1024MB"],
])("of %d GiB", (gibibytes, buffers) => {
  expect(sharedBuffers(gibibytes * gibibyte)).toBe(buffers);
});

test("there is some memory, and no more than the computer has", () => {
  expect(memoryBytes()).toBeGreaterThan(0);
  expect(memoryBytes()).toBeLessThanOrEqual(totalmem());
});
