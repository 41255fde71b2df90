// How many commands leave before they are asked. The control connection is made up.
import { expect, test } from "vitest";
import { sendAhead } from "./send-ahead.ts";
import type { Session } from "./types.ts";

function meet(room: number) {
  const sent: string[] = [];
  const ahead = (verb: string, path: string) => sent.length < room && sent.push(`${verb} ${path}`) > 0;
  const session = { features: { mfmt: true, software: "vsftpd" }, link: { control: { ahead } } } as unknown as Session;
  return { session, sent };
}

const renames = ["a", "b", "c", "d"].map(
  (name) => ({ call: "rename", from: `/${name}.part`, to: `/${name}` }) as const,
);

test("as many as there is room for", () => {
  const { session, sent } = meet(5);
  sendAhead(session, renames);
  expect(sent).toHaveLength(5);
});

test("no more than somebody wants, and two more for each call that is made", () => {
  const { session, sent } = meet(100);
  const asking = sendAhead(session, renames, 3);
  expect(sent).toEqual(["RNFR /a.part", "RNTO /a", "RNFR /b.part"]);
  asking();
  expect(sent.slice(3)).toEqual(["RNTO /b", "RNFR /c.part"]);
});
