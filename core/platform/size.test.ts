// Sizes as people write them.
import { expect, test } from "vitest";
import { readSize } from "./size.ts";

test.each([
  ["300", 300],
  ["0", 0],
  ["50GB", 50e9],
  ["50 go", 50e9],
  ["1,5 To", 1.5e12],
  ["1.5k", 1500],
  ["64KiB", 65_536],
  ["2 Gio", 2 * 1024 ** 3],
])("%s is %i bytes", (text, bytes) => {
  expect(readSize(text)).toBe(bytes);
});

test.each(["", "GB", "-1GB", "1e3", "plenty", "5 5", "1.2345GB", "Ki", "5i", "999999999999PB", "5GB/s"])(
  "%j is no size",
  (text) => {
    expect(readSize(text)).toBeUndefined();
  },
);
