import { expect, it } from "vitest";
import type { Telling } from "#contract";
import { fakePull, instant } from "./fake-core.ts";
import { describeTelling } from "./telling.ts";
import { createTongue } from "./words/index.ts";

const reason = { code: "server.locked", params: {} };
const tellings: Array<[Telling, string, string]> = [
  [
    { kind: "share.indexed", announcement: "a1", owner: "Anna", share: "Photos", files: 412, bytes: 9e9, folders: 1 },
    "Anna shares Photos: 412 files in 1 folder, 9 GB.",
    "Anna partage Photos : 412 fichiers dans 1 dossier, 9 Go.",
  ],
  [
    {
      kind: "files.added",
      announcement: "a1",
      owner: "Anna",
      share: "Photos",
      files: 1,
      bytes: 5,
      folders: [],
      more: 3,
    },
    "1 new file from Anna in Photos, 5 B.",
    "Anna ajoute 1 fichier dans Photos, 5 o.",
  ],
  [{ kind: "member.joined", name: "Chloé", group: "Friends" }, "Chloé joined Friends.", "Chloé a rejoint Friends."],
  [
    { kind: "server.connected", server: "s1", label: "attic" },
    "Your server attic is connected",
    "Votre serveur attic est connecté",
  ],
  [{ kind: "server.trouble", server: "s1", label: "attic", reason }, "needs you", "The password of attic"],
  [
    { kind: "scan.quarantined", server: "s1", label: "attic", lost: 90, had: 100 },
    "90 of 100 files vanished",
    "90 fichiers sur 100",
  ],
  [
    { kind: "pull.finished", pull: fakePull({ state: "done" }) },
    "is complete on attic",
    "est arrivé en entier sur attic",
  ],
];

it.each(tellings)("$kind is told in both languages", (telling, ...sentences) => {
  const texts = (["en", "fr"] as const).map((language) =>
    JSON.stringify(describeTelling(telling, createTongue(language, "UTC"), new Date(instant))).replace(/\u00A0/g, " "),
  );
  for (const sentence of sentences) expect(texts.join("\n")).toContain(sentence);
  expect(texts.join("\n")).not.toMatch(/undefined|\{\w+\}/);
});

it("offers to pull what was announced, and marks the message as showing it", () => {
  const [, [telling]] = tellings as [unknown, [Telling]];
  const reply = describeTelling(telling, createTongue("en", "UTC"), new Date(instant));
  expect(reply.announcement).toBe("a1");
  expect(reply.buttons.map((button) => button.command)).toEqual(["/pull a1", "/new a1"]);
});
