// Which of their servers a person means.
import { describe, expect, test } from "vitest";
import { pickInbox, pickServer } from "./find.ts";
import type { ServerRow } from "./store/servers.ts";

const row = (id: number, label: string, hasInbox = true) => ({ id, label, hasInbox }) as ServerRow;
const box = row(11, "Box");
const nas = row(12, "NAS", false);

describe("which server", () => {
  test("by label in any case, by reference, or the only one", () => {
    expect(pickServer([box, nas], "nas")).toBe(nas);
    expect(pickServer([box, nas], "sc")).toBe(nas);
    expect(pickServer([box], undefined)).toBe(box);
  });

  test("a label that looks like a reference wins over the reference", () => {
    const tricky = row(13, "sb");
    expect(pickServer([box, tricky], "SB")).toBe(tricky);
  });

  test("what is wrong has a code, and never names another person's server", () => {
    expect(() => pickServer([], undefined)).toThrow("server.none");
    expect(() => pickServer([box], "sz")).toThrow("server.unknown");
    expect(() => pickServer([box], "fb")).toThrow("server.unknown");
    expect(() => pickServer([box, nas], undefined)).toThrow(
      expect.objectContaining({ code: "server.which", params: { servers: "Box, NAS" } }),
    );
  });

  test("an inbox is asked among servers that have one", () => {
    expect(pickInbox([box, nas], undefined)).toBe(box);
    expect(() => pickInbox([box, nas], "nas")).toThrow("server.no-inbox");
    expect(() => pickInbox([nas], undefined)).toThrow("server.no-inbox");
    expect(() => pickInbox([], undefined)).toThrow("server.none");
    expect(() => pickInbox([box, row(14, "Two")], undefined)).toThrow("server.which");
  });
});
