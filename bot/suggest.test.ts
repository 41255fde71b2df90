import { expect, it } from "vitest";
import { commandNames } from "./commands/index.ts";
import { suggestName } from "./suggest.ts";

it.each([
  ["serach", "search"],
  ["pul", "pull"],
  ["SERVER", "servers"],
  ["tranfsers", "transfers"],
  ["privcay", "privacy"],
])("takes /%s for /%s", (typed, meant) => {
  expect(suggestName(typed, commandNames)).toBe(meant);
});

it.each(["x", "weather", "", "z".repeat(5000)])("suggests nothing for %j", (typed) => {
  expect(suggestName(typed.slice(0, 5000), commandNames)).toBeUndefined();
});
