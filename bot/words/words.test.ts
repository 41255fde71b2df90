import { describe, expect, it } from "vitest";
import {
  errorCodes,
  findingSchema,
  languages,
  newsSchema,
  platforms,
  policySchema,
  pullStateSchema,
  serverStateSchema,
} from "#contract";
import { commandNames } from "../commands/index.ts";
import { filterKinds } from "../commands/kind-filters.ts";
import { createTongue, words } from "./index.ts";
import type { Sentence } from "./sentence.ts";
import { placeholdersOf } from "./sentence.ts";

const keys = Object.keys(words.en) as Array<keyof typeof words.en>;
const now = new Date("2026-05-04T10:00:00.000Z");
const plain = (text: string) => text.replace(/[\u00A0\u202F]/g, " ");

describe.each(languages)("the words in %s", (language) => {
  const table: Record<string, Sentence> = words[language];

  it("are the same sentences as in English, with the same placeholders", () => {
    expect(Object.keys(table).sort()).toEqual([...keys].sort());
    const uneven = keys.filter((key) => {
      const here = placeholdersOf(table[key] ?? "");
      return here.join() !== placeholdersOf(words.en[key]).join();
    });
    expect(uneven).toEqual([]);
  });

  it("hold no empty sentence", () => {
    const empty = keys.filter((key) => JSON.stringify(table[key]).includes('""'));
    expect(empty).toEqual([]);
  });

  it("have a sentence for every error code, finding, state, policy and command", () => {
    const wanted = [
      ...Object.keys(errorCodes).map((code) => `error.${code}`),
      ...findingSchema.shape.what.options.map((what) => `finding.${what}`),
      ...serverStateSchema.options.map((state) => `state.${state}`),
      ...pullStateSchema.options.map((state) => `pull.${state}`),
      ...policySchema.options.map((policy) => `group.policy-${policy}`),
      ...newsSchema.options.flatMap((news) => [`group.news-${news}`, `button.news-${news}`]),
      ...platforms.map((platform) => `right.${platform}`),
      ...filterKinds.map((kind) => `filter.${kind}`),
      ...commandNames.flatMap((name) => [`about.${name}`, `usage.${name}`, `more.${name}`, `command.${name}`]),
    ];
    expect(wanted.filter((key) => !Object.hasOwn(table, key))).toEqual([]);
  });

  it("fit into the menus of the platforms", () => {
    const textOf = (key: string) => String(table[key] ?? "");
    const options = keys.filter((key) => key.startsWith("option."));
    expect(commandNames.map((name) => textOf(`command.${name}`)).filter((name) => !/^[a-z]{1,32}$/.test(name))).toEqual(
      [],
    );
    expect(new Set(commandNames.map((name) => textOf(`command.${name}`))).size).toBe(commandNames.length);
    expect(
      options.map(textOf).filter((name) => !/^[-_\p{L}\p{N}]{1,32}$/u.test(name) || name !== name.toLowerCase()),
    ).toEqual([]);
    const about = [
      ...commandNames.map((name) => `about.${name}`),
      ...options.map((key) => key.replace(".", "-about.")),
    ];
    expect(about.filter((key) => textOf(key).length < 3 || textOf(key).length > 100)).toEqual([]);
  });

  it("leave no placeholder open in an error, whatever the core says with it", () => {
    const tongue = createTongue(language);
    const open = Object.keys(errorCodes).filter((code) => /[{}]|undefined/.test(tongue.error(code, {})));
    expect(open).toEqual([]);
  });
});

describe("a tongue", () => {
  const en = createTongue("en", "UTC");
  const fr = createTongue("fr", "UTC");

  it("chooses the plural of its language", () => {
    expect(en.say("count.files", { n: 0 })).toBe("0 files");
    expect(en.say("count.files", { n: 1 })).toBe("1 file");
    expect(fr.say("count.files", { n: 0 })).toBe("0 fichier");
    expect(plain(fr.say("count.files", { n: 12_431 }))).toBe("12 431 fichiers");
    expect(plain(fr.say("count.files", { n: 2_000_000 }))).toBe("2 000 000 fichiers");
  });

  it("cleans and cuts names, so that they cannot break a sentence", () => {
    const said = en.say("share.added", { share: `a\u202Eb\nc{share}\u0007${"x".repeat(500)}` });
    expect(said).toMatch(/^ab c\{share\} x+… is shared\./);
    expect(said.length).toBeLessThan(250);
  });

  it("formats sizes, ages, moments and durations", () => {
    expect(plain(en.size(67_108_864))).toBe("67.1 MB");
    expect(plain(fr.size(67_108_864))).toBe("67,1 Mo");
    expect(plain(fr.size(12))).toBe("12 o");
    expect(en.age("2026-05-01T10:00:00.000Z", now)).toBe("3 days ago");
    expect(plain(fr.age("2026-05-01T10:00:00.000Z", now))).toBe("il y a 3 jours");
    expect(en.age("2027-05-01T10:00:00.000Z", now)).toBe("now");
    expect(plain(en.moment("2026-05-04T19:40:00.000Z", now))).toBe("7:40 PM");
    expect(plain(fr.moment("2026-05-05T19:40:00.000Z", now))).toBe("5 mai 2026, 19:40");
    expect(plain(en.duration(125_000))).toBe("2 min, 5 sec");
    expect(plain(fr.duration(3_780_000))).toBe("1 h et 3 min");
  });

  it("spaces French punctuation so that no line begins with it", () => {
    expect(fr.say("search.nothing", { query: "été" })).toContain("«\u00A0été\u00A0»");
  });

  it("names commands as the menus of the language do, and only in its own sentences", () => {
    expect(fr.error("group.not-a-member", {})).toContain("Dites d'abord /rejoindre.");
    expect(fr.say("usage.share")).toBe("/partager [serveur] <dossier> [as <nom>] [with <groupe>]");
    expect(fr.say("group.code", { time: "/search" })).toContain("pendant /search");
    expect(en.say("usage.share")).toBe("/share [server] <folder> [as <name>] [with <group>]");
  });

  it("says which right a platform asks for", () => {
    expect(en.error("room.admin-only", {})).toBe(
      "Only somebody who runs this room can do that. It takes the right to manage it.",
    );
  });

  it("answers an error code it does not know with the general sentence", () => {
    expect(en.error("from.the-future", {})).toBe(en.error("core.internal", {}));
    expect(en.error("__proto__", {})).toBe(en.error("core.internal", {}));
  });

  it("names the server in an error when the core does", () => {
    expect(en.error("server.offline", { server: "Ben's attic" })).toContain("from Ben's attic just now");
    expect(en.error("server.offline", {})).toContain("from the server just now");
    expect(en.error("server.offline", { server: "" })).toContain("from the server just now");
  });
});
