// What is believed of an answer to MLST, and what is kept of it.
import { expect, test } from "vitest";
import { folderTimes } from "./folder-times.ts";
import type { Link } from "./open-session.ts";

function told(...replies: Array<{ code: number; text: string }>) {
  const asked = [...replies];
  const control = { ahead: () => false, ask: async () => asked.shift() };
  return folderTimes(
    { control } as unknown as Link,
    replies.map((_, index) => `/${index}`),
  );
}
const answer = (facts: string) => ({ code: 250, text: `250-Start of list\n ${facts} /a b\n250 End` });

test("a folder tells when it changed, and which it is", async () => {
  const modifiedAt = new Date("2024-01-02T03:04:05Z");
  expect(
    await told(answer("type=dir;modify=20240102030405;unique=8U1;"), answer("modify=20240102030405;type=pdir;")),
  ).toEqual([
    { modifiedAt, unique: "8U1" },
    { modifiedAt, unique: undefined },
  ]);
});

test.each([
  ["a file", answer("type=file;modify=20240102030405;")],
  ["a folder without a time", answer("type=dir;")],
  ["more facts than a line of a listing may have", answer(`type=dir;modify=20240102030405;${"x".repeat(5_000)};`)],
  ["a refusal", { code: 550, text: "550 No" }],
])("%s tells nothing, and the next one is asked", async (_, reply) => {
  const [first, second] = await told(reply, answer("type=dir;modify=20240102030405;"));
  expect([first, second?.unique, second?.modifiedAt.getUTCFullYear()]).toEqual([undefined, undefined, 2024]);
});

test("a server that has enough is busy", async () => {
  await expect(told({ code: 421, text: "421 Enough" })).rejects.toMatchObject({ code: "server.busy" });
});
