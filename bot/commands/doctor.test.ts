// What the doctor found, as a person reads it: one's own server, and a pair of servers.
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import type { Context, Language } from "#contract";
import { languages } from "#contract";
import { createHints } from "../console/hints.ts";
import { paintNothing, renderReply } from "../console/render.ts";
import { createDispatch } from "../dispatch.ts";
import type { FakeAnswers } from "../fake-core.ts";
import { createFakeClient, fakePull, fakeServer, goodAnswers } from "../fake-core.ts";
import type { Reply } from "../reply.ts";
import { widthOf } from "../text.ts";
import { createTongue, words } from "../words/index.ts";
import { describeWay } from "./way.ts";

const plain = (text: string) => text.replace(/[\u00A0\u202F]/g, " ");

const clock = { now: () => new Date("2026-05-04T10:00:00.000Z"), wait: async () => {} };

function talk(answers: FakeAnswers = {}, language: Language = "en") {
  const { client, calls } = createFakeClient(answers);
  const tongueOf = (wanted: Language) => createTongue(wanted, "UTC");
  const dispatch = createDispatch({ client, clock, log: pino({ level: "silent" }), tongueOf });
  const context: Context = {
    actor: { platform: "console", userId: "anna", displayName: "Anna", language },
    room: { platform: "console", roomId: "main", kind: "group", title: "console", isAdmin: true },
  };
  const say = (text: string) => dispatch.run({ text, context, requestId: "request-1" });
  return { say, calls };
}

/** As an 80 columns wide terminal shows it. */
function shown(reply: Reply): string {
  const lines = renderReply(reply, { columns: 80, paint: paintNothing });
  expect(lines.filter((line) => widthOf(line) > 80)).toEqual([]);
  return plain(lines.join("\n"));
}

const checkAnswer = {
  ...(goodAnswers["servers.check"] as object),
  findings: [
    { what: "tls-pinned", good: true, detail: "ab12".repeat(16) },
    { what: "tls-client", good: true, detail: "SSCN" },
    { what: "space", good: true, detail: "12000000000" },
    { what: "fxp-refused", good: false, detail: null },
  ],
  advice: [
    { line: "pasv_min_port=50000", why: "passive-ports" },
    { line: "pasv_max_port=50100", why: "passive-ports" },
    { line: null, why: "fxp-active" },
    { line: "something", why: "from-the-future" },
  ],
  pairs: [
    { with: "Ben", direction: "from", arrangement: "source-pasv-sscn-destination", bytesPerSecond: 12_300_000 },
    { with: "Carl", direction: "to", arrangement: "relay", bytesPerSecond: null },
  ],
};

describe("/servers check", () => {
  it("shows what was found, with its details", async () => {
    const text = shown(await talk({ "servers.check": checkAnswer }).say("/servers check"));
    expect(text).toMatch(/✓ .*the certificate that you accepted\. \(AB12\s+AB12/);
    expect(text).toContain("itself. (SSCN)");
    expect(text).toContain("free space for pulled files. (12 GB)");
    expect(text).toContain("! It refuses to move files directly");
  });

  it("puts the lines of one reason together, and says what to look for where there is none", async () => {
    const text = shown(await talk({ "servers.check": checkAnswer }).say("/servers check"));
    expect(text).toMatch(/pasv_min_port=50000\n +pasv_max_port=50100\nlets its data ports/);
    expect(text.match(/answer to the internet/g)).toHaveLength(1);
    expect(text).toContain("Look for a setting about FXP");
    expect(text).toContain("from-the-future");
  });

  it("shows what worked with others", async () => {
    const text = shown(await talk({ "servers.check": checkAnswer }).say("/servers check"));
    expect(text).toContain("from Ben  attic connects to Ben, encrypted (PASV) · 12.3 MB/s");
    expect(text).toContain("to Carl   through FonShare");
  });
});

describe("/transfers check", () => {
  it("names the ways up to the one that works, and goes on to the pull", async () => {
    const { say, calls } = talk();
    const reply = await say("/transfers check f3k9 to my attic");
    expect(calls).toMatchObject([{ name: "transfers.check", input: { what: ["f3k9"], to: "my attic" } }]);
    const text = shown(reply);
    expect(text).toContain("From Ben to attic");
    expect(text).toMatch(/! attic connects to Ben, encrypted \(PASV\): this does not work\. The\s+receiving\s+server/);
    expect(text).toContain("✓ attic connects to Ben, unencrypted (PASV): this works.");
    expect(text).toContain("2 more ways were not needed.");
    expect(text).toContain("✓ Files can come.");
    expect(text).toContain("samples of the contents");
    expect(text).toMatch(/What worked last: attic connects to Ben, unencrypted \(PASV\), 12\.3 MB\/s/);
    expect(text).toContain("TLSOptions NoSessionReuseRequired");
    expect(reply.buttons).toEqual([{ label: "Pull", command: '/pull f3k9 to "my attic"', role: "plain" }]);
    expect(reply.isPrivate).toBe(true);
  });

  it("says why there is none", async () => {
    const answer = {
      ...(goodAnswers["transfers.check"] as object),
      ways: [],
      reason: { code: "fxp.no-family", params: {} },
      comparison: null,
      remembered: null,
      advice: [],
    };
    const reply = await talk({ "transfers.check": answer }).say("/transfers check 2");
    expect(shown(reply)).toContain("✗ One of the two servers speaks only IPv4");
    expect(reply).toMatchObject({ tone: "error", buttons: [] });
  });

  it("says of the relay that it is not tried", async () => {
    const ways = [{ arrangement: "relay", result: "untried", reason: null }];
    const answer = { ...(goodAnswers["transfers.check"] as object), ways };
    const text = shown(await talk({ "transfers.check": answer }).say("/transfers check 2"));
    expect(text).toContain("Through FonShare: allowed.");
    expect(text).not.toContain("Files can come");
  });

  it("asks what to check", async () => {
    const { say, calls } = talk();
    for (const line of ["/transfers check", "/transfers check some/path"])
      expect(shown(await say(line))).toContain("What shall be checked?");
    expect(calls).toEqual([]);
  });

  it("is offered where a pull failed between two servers, and leads back to it", async () => {
    const failed = (code: string) => ({ pull: fakePull({ state: "failed", reason: { code, params: {} } }) });
    const { say } = talk({ "transfers.show": failed("fxp.no-arrangement") });
    const commands = (reply: Reply) => reply.buttons.map(({ command }) => command);
    expect(commands(await say("/transfers show p12"))).toEqual(["/transfers retry p12", "/transfers check p12"]);
    expect(commands(await say("/transfers check p12"))).toEqual(["/transfers retry p12"]);
    const other = talk({ "transfers.show": failed("inbox.exists") });
    expect(commands(await other.say("/transfers show p12"))).toEqual(["/transfers retry p12"]);
  });

  it("completes what a list showed, where other actions complete pulls", async () => {
    const hints = createHints();
    hints.note(await talk().say("/search concert"));
    hints.note(await talk().say("/transfers"));
    expect(hints.complete("/transfers check ")[0]).toContain("f3k9 ");
    expect(hints.complete("/transfers show ")[0]).toEqual(["p12 "]);
  });
});

describe.each(languages)("the doctor's words in %s", (language) => {
  const whys = [
    ...["fxp-active", "fxp-passive", "passive-ports", "clear-data", "protected-data", "session-reuse", "tls-version"],
    ...["peer-certificate", "resume", "listing-limit", "hashes", "rate", "no-setting"],
  ];

  it("say of every line what it is for and what it opens", () => {
    const wanted = whys.flatMap((why) => [`advice.${why}`, `risk.${why}`]);
    expect(wanted.filter((key) => !Object.hasOwn(words[language], key))).toEqual([]);
  });

  it("fit into 80 columns", async () => {
    const { say } = talk({ "servers.check": checkAnswer, "servers.list": { servers: [fakeServer] } }, language);
    for (const line of ["/servers check", "/transfers check f3k9"]) expect(shown(await say(line))).not.toBe("");
  });

  it("describe every way that the core names, and show an unknown one as it is", () => {
    const tongue = createTongue(language);
    const ends = { from: "Ben", to: "attic" };
    const ids = ["source-pasv", "destination-epsv", "source-pasv-cpsv", "destination-epsv-sscn-source", "relay"];
    const texts = ids.map((id) => describeWay(id, ends, tongue));
    expect(new Set(texts).size).toBe(ids.length);
    expect(texts.filter((text) => ids.some((id) => text.includes(id)))).toEqual([]);
    expect(describeWay("source-carrier-pigeon", ends, tongue)).toBe("source-carrier-pigeon");
  });
});
