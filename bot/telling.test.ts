import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Telling } from "#contract";
import { fakePull, instant } from "./fake-core.ts";
import { hostileText } from "./hostile-text.ts";
import type { Reply } from "./reply.ts";
import { describeTelling } from "./telling.ts";
import { createTongue } from "./words/index.ts";

const folder = {
  ref: "d2p",
  owner: "Ben",
  share: "Music",
  name: "Live",
  path: "2024",
  files: 12,
  bytes: 9000,
  examples: ["01.flac", "02.flac"],
};
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
      level: "full",
      owners: ["Anna", "Ben"],
      files: 53,
      bytes: 1_200_000_000,
      folders: [folder],
      more: 41,
    },
    "Anna and Ben: 53 new files, 1.2 GB",
    "Anna et Ben : 53 nouveaux fichiers, 1,2 Go",
  ],
  [
    { kind: "server.indexed", server: "s1", label: "attic", files: 12_431, bytes: 1.2e12, groups: ["Friends"] },
    "“attic” is connected: 12,431 files, 1.2 TB. Share it?",
    "« attic » est connecté : 12\u202F431 fichiers, 1,2 To. Le partager ?",
  ],
  [
    { kind: "server.indexed", server: "s1", label: "attic", files: 1, bytes: 5, groups: [] },
    "“attic” is connected: 1 file, 5 B. Say /join",
    "« attic » est connecté : 1 fichier, 5 o. Dites /rejoindre",
  ],
  [{ kind: "member.joined", name: "Chloé", group: "Friends" }, "Chloé joined Friends.", "Chloé a rejoint Friends."],
  [
    { kind: "server.connected", server: "s1", label: "attic" },
    "Your server attic is connected. It is being read now",
    "Votre serveur attic est connecté. Il est en cours de lecture",
  ],
  [{ kind: "server.trouble", server: "s1", label: "attic", reason }, "needs you", "The password of attic"],
  [
    { kind: "scan.quarantined", server: "s1", label: "attic", lost: 90, had: 100 },
    "90 of 100 files vanished",
    "90 fichiers sur 100",
  ],
  [
    { kind: "file.differs", name: "a.flac", from: "Anna", isYours: false },
    "A copy of a.flac from Anna was not like the original",
    "Une copie de a.flac venant de Anna n'était pas conforme",
  ],
  [
    { kind: "file.differs", name: "a.flac", from: "attic", isYours: true },
    "from your server attic",
    "de votre serveur attic",
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

const en = createTongue("en", "UTC");
const tell = (telling: Telling) => describeTelling(telling, en, new Date(instant));
const added = (change: object = {}): Telling => ({
  kind: "files.added",
  announcement: "a1",
  level: "full",
  owners: ["Ben"],
  files: 53,
  bytes: 9000,
  folders: [folder],
  more: 41,
  ...change,
});
const linesOf = (reply: Reply) => reply.blocks.flatMap((block) => (block.kind === "items" ? block.items : []));

describe("new files", () => {
  it("can be pulled, kept, rated and looked through by everybody, and the message is marked as showing them", () => {
    const reply = tell(added());
    expect(reply.announcement).toBe("a1");
    expect(reply.buttons.map(({ label, command }) => [label, command])).toEqual([
      ["Pull", "/pull a1"],
      ["Keep", "/new keep a1"],
      ["Rate", "/new rate a1"],
      ["and 41 more", "/new a1"],
    ]);
    expect(reply.buttons.every((button) => button.isForAll)).toBe(true);
  });

  it("are told by folder, with owners where there are several, with examples only where they are wanted", () => {
    const place = ["Music/2024", "12 files"];
    expect(linesOf(tell(added()))[0]?.details).toEqual([...place, "01.flac, 02.flac and so on"]);
    expect(linesOf(tell(added({ level: "folders" })))[0]?.details).toEqual(place);
    expect(linesOf(tell(added({ owners: ["Anna", "Ben"], level: "folders" })))[0]?.details).toEqual(["Ben", ...place]);
  });

  it("are one line where only how many is wanted", () => {
    const reply = tell(added({ level: "count", folders: [], more: 53 }));
    expect(reply.blocks.map((block) => block.kind)).toEqual(["heading"]);
    expect(reply.buttons.map((button) => button.label)).toEqual(["Pull", "Keep", "Rate", "Show"]);
  });

  it("of many people name the first of them", () => {
    const reply = tell(added({ owners: ["Anna", "Ben", "Chloé", "Dan", "Eve"] }));
    expect(JSON.stringify(reply.blocks[0])).toContain("Anna, Ben, Chloé, and 2 others: 53 new files");
  });
});

it("lets everybody browse a new share", () => {
  const telling = tellings.map(([one]) => one).find((one) => one.kind === "share.indexed");
  expect(telling && tell(telling).buttons).toEqual([
    { label: "Browse", command: "/browse Photos", role: "plain", isForAll: true },
  ]);
});

it("asks the owner of a server that was read which group shall see it", () => {
  const groups = ["Friends", "Cycling club"];
  const reply = tell({ kind: "server.indexed", server: "s1", label: "attic", files: 3, bytes: 9, groups });
  expect(reply.isPrivate).toBe(true);
  expect(reply.buttons.map(({ label, command }) => [label, command])).toEqual([
    ["Share with Friends", "/share s1 / with Friends"],
    ["Share with Cycling club", '/share s1 / with "Cycling club"'],
  ]);
  expect(JSON.stringify(reply.blocks)).toContain("/share [server] <folder>");
});

it("shows hostile names as one clean line each, and gives commands them whole", () => {
  fc.assert(
    fc.property(fc.array(hostileText, { minLength: 1, maxLength: 5 }), hostileText, (names, name) => {
      const hostile = { ...folder, owner: name, share: name, name, path: name, examples: [name, name] };
      const replies = [
        tell(added({ owners: names, folders: [hostile, hostile] })),
        tell({ kind: "server.indexed", server: "s1", label: name, files: 3, bytes: 9, groups: names }),
        tell({ kind: "share.indexed", announcement: "a1", owner: name, share: name, files: 1, bytes: 1, folders: 1 }),
      ];
      for (const reply of replies) {
        const shown = [
          ...reply.blocks.flatMap((block) => ("text" in block ? [block.text] : [])),
          ...linesOf(reply).flatMap((line) => [line.name, ...line.details]),
          ...reply.buttons.map((button) => button.label),
        ];
        expect(shown.filter((text) => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text) || text === "")).toEqual([]);
        expect(reply.buttons.length).toBeLessThanOrEqual(25);
        expect(reply.buttons.filter((button) => [...button.label].length > 80)).toEqual([]);
      }
    }),
  );
});
