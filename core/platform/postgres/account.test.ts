// Which ways of running PostgreSQL as another user are tried, and where its socket goes.
import { expect, it } from "vitest";
import { waysToRun } from "./account.ts";
import { chooseSocketFolder, fitsSocket } from "./socket-folder.ts";

const account = { uid: 101, gid: 104 };
const capability = (way: { prefix: string[] }) => way.prefix.at(-1)?.replace("--ambient-caps=+", "") ?? "none";

it.each([
  [0b000n, ["none"]],
  [0b100n, ["none", "dac_read_search"]],
  [0b010n, ["none", "dac_override"]],
  [0b110n, ["none", "dac_read_search", "dac_override"]],
])("tries the least first, of what capabilities %s allow", (capabilities, names) => {
  const ways = waysToRun(account, capabilities);
  expect(ways.map(capability)).toEqual(names);
  expect(ways[0]?.options).toEqual(account);
  for (const way of ways.slice(1)) {
    expect(way.options).toEqual({});
    expect(way.prefix).toContain("--securebits=+no_setuid_fixup");
  }
});

it("puts the socket below the data while its path fits, else into a short folder that is always the same", () => {
  expect(chooseSocketFolder("/srv/fon/run")).toBe("/srv/fon/run/db");
  const long = `/srv/${"x".repeat(90)}/run`;
  const short = chooseSocketFolder(long, "/var/tmp");
  expect(short).toMatch(/^\/var\/tmp\/fonshare-[0-9a-f]{16}$/);
  expect(chooseSocketFolder(long, "/var/tmp")).toBe(short);
  expect(chooseSocketFolder(`${long}2`, "/var/tmp")).not.toBe(short);
  expect(chooseSocketFolder(long, `/var/${"t".repeat(90)}`)).toMatch(/^\/tmp\/fonshare-/);
});

it("counts a socket's path in bytes", () => {
  expect(fitsSocket(`/${"é".repeat(60)}`)).toBe(false);
  expect(fitsSocket(`/${"e".repeat(60)}`)).toBe(true);
});
