import fc from "fast-check";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import type { Context, ErrorCode, Language, Reaction } from "#contract";
import { errorCodes, nameSchema } from "#contract";
import { commandNames, commands } from "./commands/index.ts";
import { offerReply } from "./commands/offer.ts";
import { createDispatch } from "./dispatch.ts";
import type { FakeAnswers } from "./fake-core.ts";
import { createFakeClient, fakeItem, fakePull, fakeServer, refusal } from "./fake-core.ts";
import { hostileText } from "./hostile-text.ts";
import type { Reply } from "./reply.ts";
import { createTongue } from "./words/index.ts";

const tongues = { en: createTongue("en", "UTC"), fr: createTongue("fr", "UTC") };
const clock = { now: () => new Date("2026-05-04T10:00:00.000Z"), wait: async () => {} };

function contextIn(language: Language, kind: "group" | "private" = "group"): Context {
  return {
    actor: { platform: "console", userId: "anna", displayName: "Anna", language },
    room: { platform: "console", roomId: "main", kind, title: "console", isAdmin: false },
  };
}

function talk(answers: FakeAnswers = {}, language: Language = "en", kind: "group" | "private" = "group") {
  const { client, calls } = createFakeClient(answers);
  const log = pino({ level: "silent" });
  const dispatch = createDispatch({ client, clock, log, tongueOf: (wanted) => tongues[wanted] });
  const context = contextIn(language, kind);
  const say = (text: string, requestId = "request-1") => dispatch.run({ text, context, requestId });
  return { say, calls, dispatch, context };
}

const textOf = (reply: Reply) => JSON.stringify(reply.blocks);
const buttonOf = (reply: Reply, role: string) => reply.buttons.find((button) => button.role === role)?.command ?? "";
const changing =
  /\.(add|remove|erase|join|leave|create|bind|unbind|setPolicy|setNews|setQuiet|removeMember|react|pull|pause|resume|cancel|retry|limit|stop)$/;

describe("every command", () => {
  const lines = [
    "/start",
    "/help",
    "/help pull",
    "/servers",
    "/servers show attic",
    "/servers add",
    "/servers check",
    "/servers reindex attic",
    "/servers accept",
    "/servers pause",
    "/servers resume",
    "/servers password",
    "/servers limits",
    "/servers limits attic slots=3 hours=off day=50GB relay=on",
    "/servers remove attic",
    "/group",
    "/group create Cycling club",
    "/group code",
    "/group link",
    "/group link K7QF-3MPD",
    "/group members",
    "/group policy",
    "/group policy fxp-tls-only",
    "/group news",
    "/group news count",
    "/group quiet",
    "/group quiet 22-7",
    "/group quiet 22:00-07:00 Europe/Paris",
    "/group quiet off",
    "/group remove Ben",
    "/group unbind",
    "/join",
    "/join k7qf-3mpd",
    "/leave",
    "/share",
    "/share / as Photos",
    "/share attic Music/Live",
    "/share s1 / with Friends",
    "/unshare Music",
    "/search summer",
    "/browse",
    "/browse 2",
    "/browse Music/Live",
    "/new",
    "/new a12",
    "/new keep a12",
    "/new unkeep a12",
    "/new rate a12",
    "/new kept",
    "/pull 2",
    "/pull f3k9 d2p to attic yes",
    "/transfers",
    "/transfers p12",
    "/transfers pause",
    "/transfers cancel p12",
    "/transfers check f3k9 attic",
    "/transfers others",
    "/transfers stop p7",
    "/link",
    "/link K7QF-3MPD",
    "/privacy",
    "/privacy export",
    "/privacy erase",
    "summer concert",
    "/chercher été",
    "/nouveautes",
    "/Recuperer 2",
  ];
  it.each(lines)("%s is answered well in both languages and both kinds of room", async (line) => {
    for (const language of ["en", "fr"] as const) {
      for (const kind of ["group", "private"] as const) {
        const reply = await talk({}, language, kind).say(line);
        expect(reply.tone).not.toBe("error");
        expect(reply.blocks.length).toBeGreaterThan(0);
        expect(textOf(reply)).not.toMatch(/undefined|NaN|\{\w+\}|\[object/);
      }
    }
  });

  it("says in French what it says in English", async () => {
    expect(textOf(await talk({}, "fr").say("/start"))).toContain("Bonjour Anna.");
  });
});

describe("what cannot be understood", () => {
  it.each([
    ["/serach x", "Did you mean /search?"],
    ["/", "Write what you look for"],
    ["", "Write what you look for"],
    ["/search", "What are you looking for?"],
    ["pull 2", "/pull 2"],
    ["/pull", "What shall be pulled?"],
    ["/pull ../../etc/passwd", "What shall be pulled?"],
    ["/servers frobnicate", "It knows: show, add, check"],
    ["/servers remove", "Which server?"],
    ["/group news loud", "It knows: full, folders, count, off"],
    ["/group quiet at night", "Quiet hours look like this"],
    ["/group quiet 22-22", "Quiet hours look like this"],
    ["/group quiet 22-7 Atlantis", "“Atlantis” is no time zone"],
    ["/group quiet 22-7 +0200", "is no time zone"],
    ["/new keep", "Which announcement?"],
    ["/new rate f3k9", "Which announcement?"],
    ["/share x with", "The group is missing"],
    ["/group create", "How shall the group be called?"],
    ["/group policy none", "It knows: fxp, fxp-tls-only"],
    ["/join not a code at all, really!", "A code looks like"],
    ["/share x as", "The name is missing"],
    ["/unshare", "Which share?"],
    ["/help frobnicate", "There is no command /frobnicate"],
    ["/new a1 now", "“now” is one word too many"],
    ["/transfers pause f3k9", "/transfers pause p12"],
    [`/search ${"x".repeat(301)}`, "A search has at most 300 characters"],
    ["x".repeat(2001), "at most 2,000 characters"],
    ["/__proto__", "There is no command /__proto__"],
    ["/servers __proto__", "does not know “__proto__”"],
    ["/transfers constructor", "does not know “constructor”"],
  ])("%j is answered with a helpful sentence, and the core is asked to change nothing", async (line, sentence) => {
    const { say, calls } = talk();
    const reply = await say(line);
    expect(reply.tone).toBe("error");
    expect(textOf(reply)).toContain(sentence.replaceAll('"', '\\"'));
    expect(calls.filter((call) => changing.test(call.name))).toEqual([]);
  });

  it("is answered in every case, never with a stack trace", async () => {
    const name = fc.constantFrom(...commandNames.map((known) => `/${known}`), "/x", "");
    const action = fc.constantFrom("", ...new Set(commandNames.flatMap((known) => [...commands[known].actions])));
    const line = fc.tuple(name, action, hostileText).map((parts) => parts.join(" "));
    await fc.assert(
      fc.asyncProperty(line, fc.constantFrom<Language>("en", "fr"), async (text, language) => {
        const reply = await talk({}, language).say(text);
        expect(reply.blocks.length).toBeGreaterThan(0);
        expect(textOf(reply)).not.toMatch(/\n\s+at |undefined|TypeError|ZodError/);
      }),
      { numRuns: 400 },
    );
  });
});

describe("errors of the core", () => {
  const codes = Object.keys(errorCodes) as ErrorCode[];
  it.each(codes)("%s is a sentence", async (code) => {
    const reply = await talk({ "people.hello": refusal(code) }).say("/start");
    expect(reply.tone).toBe("error");
    expect(textOf(reply)).toContain(tongues.en.error(code, {}).slice(0, 30).replaceAll('"', '\\"'));
    expect(reply.isTemporary ?? false).toBe(errorCodes[code] === "later");
  });

  it("adds how a command is written when the core cannot make sense of it", async () => {
    const reply = await talk({ "shares.add": refusal("request.invalid", { field: "input.path" }) }).say("/share x");
    expect(textOf(reply)).toContain("/share [server] <folder> [as <name>] [with <group>]");
  });

  it("words an answer that is not of the contract without showing it", async () => {
    const reply = await talk({ "people.hello": { name: 7, secret: "s3cret" } }).say("/start");
    expect(textOf(reply)).toContain("Something went wrong on our side");
    expect(textOf(reply)).not.toContain("s3cret");
  });
});

describe("/pull", () => {
  it("shows the dry run first, and pulls once however often its button is pressed", async () => {
    const { say, calls } = talk();
    const plan = await say("/pull 2 3 to attic", "message-77");
    expect(plan).toMatchObject({ isPrivate: true, buttons: [{ label: "Pull", role: "yes" }, { role: "no" }] });
    expect(textOf(plan)).toContain("67.1");
    expect(calls.map((call) => call.name)).toEqual(["transfers.plan"]);
    await say(buttonOf(plan, "yes"), "press-000001");
    await say(buttonOf(plan, "yes"), "press-000002");
    const pulls = calls.filter((call) => call.name === "transfers.pull");
    expect(pulls.map((call) => call.input)).toEqual([
      { what: ["f2", "f3"], to: "attic", requestId: "message-77" },
      { what: ["f2", "f3"], to: "attic", requestId: "message-77" },
    ]);
  });

  it("does not ask when what is wanted does not fit or is there already", async () => {
    const plan = {
      what: ["f1"],
      title: "x",
      from: ["Ben"],
      to: "attic",
      files: 2,
      bytes: 9,
      alreadyThere: 0,
      alreadyThereBytes: 0,
    };
    const rest = { budgetLeftBytes: 1, fits: false, estimatedMs: null };
    expect((await talk({ "transfers.plan": { ...plan, ...rest } }).say("/pull 1")).buttons).toEqual([]);
    const there = { ...plan, ...rest, alreadyThere: 2, fits: true };
    expect((await talk({ "transfers.plan": there }).say("/pull 1")).buttons).toEqual([]);
  });

  it("follows the pull with one message until it ends", async () => {
    const running = await talk().say("/pull 2 yes");
    expect(running).toMatchObject({ follow: "/transfers show p12", editKey: "pull:p12" });
    expect(running.buttons.map((button) => button.command)).toEqual(["/transfers pause p12", "/transfers cancel p12"]);
    const pull = fakePull({ state: "done", filesDone: 1 });
    const done = await talk({ "transfers.show": { pull } }).say(running.follow ?? "");
    expect(done).toMatchObject({ tone: "ok", editKey: "pull:p12" });
    expect(done.follow).toBeUndefined();
  });

  it("says why a pull waits and when it is tried again", async () => {
    const pull = fakePull({
      state: "waiting",
      reason: { code: "server.offline", params: { server: "Ben's attic" } },
      nextTryAt: "2026-05-04T21:40:00.000Z",
    });
    const reply = await talk({ "transfers.show": { pull } }).say("/transfers p12");
    expect(textOf(reply).replace(/\u202F/g, " ")).toContain("waiting, next try 9:40 PM · No answer from Ben's attic");
  });
});

describe("questions", () => {
  it.each([
    ["/servers remove attic", "servers.remove"],
    ["/leave", "groups.leave"],
    ["/privacy erase", "people.erase"],
    ['/group remove Be"n \\o/', "groups.removeMember"],
    ["/group unbind", "groups.unbind"],
  ])("%s asks before it acts", async (line, procedure) => {
    const { say, calls } = talk();
    const question = await say(line);
    expect(calls.some((call) => call.name === procedure)).toBe(false);
    const no = await say(buttonOf(question, "no"));
    expect(textOf(no)).toContain("Nothing was changed");
    expect(calls.some((call) => call.name === procedure)).toBe(false);
    const yes = await say(buttonOf(question, "yes"));
    expect(yes.tone).toBe("ok");
    expect(calls.some((call) => call.name === procedure)).toBe(true);
  });

  it("does not ask whether to remove somebody who is not there", async () => {
    const { say } = talk();
    const reply = await say("/group remove Zed");
    expect(reply).toMatchObject({ tone: "error", buttons: [] });
    expect(textOf(reply)).toContain("Nobody of that name");
  });

  it("keeps a hostile name whole on its way through the button", async () => {
    const { say, calls } = talk();
    const question = await say('/group remove "Be\\"n \\\\o/"');
    await say(buttonOf(question, "yes"));
    expect(calls.at(-1)?.input).toEqual({ name: 'Be"n \\o/' });
  });
});

describe("lists", () => {
  it("go on where the page ended, with the same query", async () => {
    const { say, calls } = talk();
    const first = await say('/search "live concert" -rain');
    await say(buttonOf(first, "next"));
    expect(calls.map((call) => call.input)).toEqual([
      { query: '"live concert" -rain' },
      { query: '"live concert" -rain', cursor: "c~2" },
    ]);
  });

  it("say owner, place, copies and what the person has already", async () => {
    const item = fakeItem({ copies: 3, isYours: true, name: "a\u202Eb.flac" });
    const reply = await talk({
      "catalog.latest": { items: [item], next: null, previous: null, total: 1, isCapped: false },
    }).say("/new");
    expect(reply.blocks[1]).toMatchObject({
      items: [{ name: "ab.flac", details: ["Ben", "Music/Live/2024", "3 copies"], mark: { text: "you have it" } }],
    });
  });

  it("tell what was searched instead of a mistyped word", async () => {
    const answer = { items: [fakeItem()], next: null, previous: null, total: 1, isCapped: false, corrected: "concert" };
    expect(textOf(await talk({ "catalog.search": answer }).say("/search concret"))).toContain("Shown for “concert”");
  });
});

describe("/share", () => {
  it.each([
    ["/share / as Photos", { path: "/", name: "Photos" }],
    ["/share Music/Live", { path: "Music/Live" }],
    ["/share attic", { server: "s1", path: "" }],
    ["/share s1 / with Friends", { server: "s1", path: "/", group: "Friends" }],
    ["/share Music as Live with friends", { path: "Music", name: "Live", group: "Friends" }],
    ["/share Music with Friends as Live", { path: "Music", name: "Live", group: "Friends" }],
    // A folder's name, because nobody has such a group.
    ["/share Live with strangers as Loud", { path: "Live with strangers", name: "Loud" }],
    ["/share ATTIC Mes photos d'été as L'été", { server: "s1", path: "Mes photos d'été", name: "L'été" }],
  ])("%s", async (line, input) => {
    const { say, calls } = talk();
    await say(line);
    expect(calls.at(-1)).toMatchObject({ name: "shares.add" });
    expect(calls.at(-1)?.input).toEqual(input);
  });
});

describe("what others may do and take", () => {
  it("is shown with a button for each switch, and changed without asking for what stays", async () => {
    const one = talk();
    const shown = await one.say("/servers limits");
    expect(one.calls.map((call) => call.name)).toEqual(["servers.list"]);
    expect(textOf(shown)).toMatch(/20:00 to 06:00 \(Europe\/Paris\).*50.GB a day.*could read them/);
    expect(commandsOf(shown)).toEqual(["/servers limits s1 relay=on", "/servers limits s1 clear=off"]);
    const changed = await one.say("/servers limits attic day=off relay=on");
    expect(one.calls.at(-1)).toMatchObject({
      name: "servers.limit",
      input: { server: "s1", limits: { memberDayBytes: null, relay: true } },
    });
    expect(changed.tone).toBe("ok");
    expect(commandsOf(changed)).toContain("/servers limits s1 relay=off");
    expect(textOf(await one.say("/servers limits attic day=lots"))).toContain("“day=lots” is no limit");
  });

  it("is listed with a button to stop each that is open, and stopped only after a yes", async () => {
    const one = talk();
    const shown = await one.say("/transfers others");
    expect(textOf(shown)).toMatch(/Album\/01\.flac.*Ben \(Friends\), from attic/);
    expect(commandsOf(shown)).toEqual(["/transfers stop p7"]);
    const question = await one.say("/transfers stop p7");
    expect(one.calls.map((call) => call.name)).not.toContain("transfers.stop");
    expect(textOf(await one.say(buttonOf(question, "yes")))).toContain("2 files");
    expect(textOf(await one.say("/transfers stop p9"))).toContain("no pull of that reference");
    expect(textOf(await one.say("/transfers stop album"))).toContain("/transfers others");
    const none = talk({ "transfers.outgoing": { outgoing: [] } });
    expect(textOf(await none.say("/transfers others"))).toContain("Nobody has taken");
  });
});

describe("/transfers", () => {
  it("takes the only pull that a verb fits, and asks which when there are several", async () => {
    const paused = fakePull({ ref: "p2", state: "paused" });
    const one = talk({ "transfers.list": { pulls: [fakePull(), paused] } });
    await one.say("/transfers resume");
    expect(one.calls.at(-1)).toMatchObject({ name: "transfers.resume", input: { pull: "p2" } });
    const reply = await one.say("/transfers cancel");
    expect(textOf(reply)).toContain("Several pulls fit: p12 and p2");
    expect(textOf(await one.say("/transfers retry"))).toContain("No pull of yours");
  });
});

describe("/servers", () => {
  it("never shows a link but to the one who asked", async () => {
    expect(await talk().say("/servers add")).toMatchObject({ isPrivate: true });
    expect(await talk().say("/servers password")).toMatchObject({ isPrivate: true });
  });

  it("says the problem of a server in words", async () => {
    const locked = { ...fakeServer, state: "locked", problem: "server.login-refused" };
    const reply = await talk({ "servers.list": { servers: [locked] } }).say("/servers");
    expect(textOf(reply)).toContain("The login was refused by attic");
  });
});

const labelsOf = (reply: Reply, role: string) =>
  reply.buttons.filter((button) => button.role === role).map((button) => button.label);
const commandsOf = (reply: Reply) => reply.buttons.map((button) => button.command);

describe("buttons of lists", () => {
  it("pull each line, for everybody who reads the list; in /browse they open folders", async () => {
    const items = (reply: Reply) => reply.buttons.filter((button) => button.role === "item");
    for (const line of ["/search summer", "/new", "/new a12"]) {
      expect(items(await talk().say(line))).toEqual([
        { label: "1", command: "/pull f3k9", role: "item", isForAll: true },
        { label: "2", command: "/pull d2p", role: "item", isForAll: true },
      ]);
    }
    expect(items(await talk().say("/browse")).map((button) => button.command)).toEqual(["/pull f3k9", "/browse d2p"]);
  });

  it("turn the page back, to the first one without a cursor", async () => {
    const page = { items: [fakeItem()], next: null, total: 41, isCapped: false };
    const of = async (previous: string) =>
      buttonOf(await talk({ "catalog.latest": { ...page, previous } }).say("/new --after=c2"), "previous");
    expect(await of("")).toBe("/new");
    expect(await of("c~1")).toBe("/new --after=c~1");
  });

  it("page an announcement too", async () => {
    const { say, calls } = talk();
    await say(buttonOf(await say("/new a12"), "next"));
    expect(calls.map((call) => call.input)).toEqual([{ announcement: "a12" }, { announcement: "a12", cursor: "c~2" }]);
  });

  it("narrow a search by kind, and take that back", async () => {
    const { say, calls } = talk();
    const all = await say('/search "live concert" newer:7d --after=c2');
    expect(labelsOf(all, "filter")).toEqual(["Images", "Videos", "Audio", "Documents", "Archives", "Data", "Folders"]);
    const audio = all.buttons.find((button) => button.label === "Audio");
    expect(audio).toEqual({ label: "Audio", command: '/search "live concert" newer:7d kind:audio', role: "filter" });
    const narrowed = await say(audio?.command ?? "");
    expect(narrowed.buttons.filter((button) => button.isOn)).toEqual([
      { label: "Audio", command: '/search "live concert" newer:7d', role: "filter", isOn: true },
    ]);
    expect(narrowed.buttons.find((button) => button.label === "Images")?.command).toBe(
      '/search "live concert" newer:7d kind:image',
    );
    expect(calls.at(-1)?.input).toEqual({ query: '"live concert" newer:7d kind:audio' });
  });

  it("show a typed kind as on, in whatever words", async () => {
    const onIn = async (query: string) => {
      const on = (await talk().say(`/search ${query}`)).buttons.filter((button) => button.isOn);
      return on.map((button) => `${button.label} → ${button.command}`);
    };
    expect(await onIn("genre:Données été")).toEqual(["Data → /search été"]);
    expect(await onIn("x kind:photo,film")).toEqual(["Images → /search x kind:video", "Videos → /search x kind:image"]);
    expect(await onIn('x -kind:photo "kind:film"')).toEqual([]);
    // Nothing else is searched for: without the filter there would be no search.
    expect(await onIn("kind:audio")).toEqual([]);
  });

  it("let a filter be taken away that leaves nothing", async () => {
    const nothing = { items: [], next: null, previous: null, total: 0, isCapped: false, corrected: null };
    const found = talk({ "catalog.search": nothing });
    expect((await found.say("/search summer")).buttons).toEqual([]);
    expect((await found.say("/search summer kind:audio")).buttons.map((button) => button.command)).toContain(
      "/search summer",
    );
  });

  it("never make a query longer than a search may be, and never more than a message holds", async () => {
    const { say, calls } = talk();
    await fc.assert(
      fc.asyncProperty(hostileText, fc.constantFrom("", " kind:audio", " kind:image,data"), async (text, kinds) => {
        const reply = await say(`/search ${text}${kinds}`);
        expect(reply.buttons.length).toBeLessThanOrEqual(25);
        for (const button of reply.buttons.filter((one) => one.role === "filter")) await say(button.command);
      }),
      { numRuns: 50 },
    );
    const queries = calls.map((call) => String(call.input["query"]));
    expect(queries.filter((query) => query.length > 300)).toEqual([]);
    expect(labelsOf(await say(`/search ${"x".repeat(295)}`), "filter")).toEqual([]);
  });
});

describe("/new", () => {
  it("keeps, rates and takes back, each told in one short sentence to the one who asked", async () => {
    const { say, calls } = talk();
    for (const line of ["/new keep a12", "/new rate a12", "/new unkeep A12"]) {
      const reply = await say(line, "message-77");
      expect(reply).toMatchObject({ tone: "ok", isPrivate: true });
      expect(textOf(reply).length).toBeLessThan(200);
    }
    const on = { announcement: "a12" };
    expect(calls.map((call) => call.input)).toEqual([
      { on, reaction: "keep", isOn: true, requestId: "message-77" },
      { on, reaction: "rate", isOn: true, requestId: "message-77" },
      { on, reaction: "keep", isOn: false, requestId: "message-77" },
    ]);
  });

  it("shows stars, what is kept, and the way out of keeping it", async () => {
    const page = { items: [fakeItem()], next: null, previous: null, total: 1, isCapped: false };
    const kept = await talk({
      "announcements.show": { ...page, createdAt: "2026-05-01T10:00:00.000Z", stars: 1, isKept: true },
    }).say("/new a12");
    expect(textOf(kept)).toContain("It has 1 star. You kept it.");
    expect(commandsOf(kept)).toEqual(["/pull f3k9", "/pull a12", "/new unkeep a12", "/new rate a12"]);
    const mine = await talk().say("/new kept");
    expect(mine).toMatchObject({ isPrivate: true, buttons: [{ label: "a12", command: "/new a12", role: "item" }] });
    expect(textOf(mine)).toContain("Anna and Ben");
    const hostile = { ref: "a1", owners: ["a\u202Eb\nc", "x".repeat(128)], files: 1, bytes: 1, stars: 0 };
    const answer = { announcements: [{ ...hostile, createdAt: "2026-05-01T10:00:00.000Z" }] };
    const shown = textOf(await talk({ "announcements.kept": answer }).say("/new kept"));
    expect(shown).toMatch(/"ab c and x{31}…"/);
  });
});

describe("/group", () => {
  const member = (change: object) => ({
    name: "Friends",
    policy: "fxp",
    news: "count",
    quiet: { from: "22:00", to: "07:00", zone: "Europe/Paris" },
    role: "member",
    members: [{ name: "Anna", role: "member", joinedAt: "2026-05-01T10:00:00.000Z", isYou: true }],
    rooms: [],
    ...change,
  });

  it("shows everybody how it is set, and admins what they can change", async () => {
    const seen = await talk({ "groups.show": member({}) }).say("/group");
    expect(textOf(seen)).toContain("22:00 to 07:00 (Europe/Paris)");
    expect(textOf(seen)).toContain("only how many files");
    expect(commandsOf(seen)).toEqual(["/group members", "/leave"]);
    const run = await talk({ "groups.show": member({ role: "admin" }) }).say("/group");
    expect(commandsOf(run)).toEqual([
      "/group code",
      "/group link",
      "/group members",
      "/group news",
      "/group quiet",
      "/group policy",
      "/group unbind",
      "/leave",
    ]);
  });

  it("offers admins the other policies and says what each would mean", async () => {
    const client = { "groups.show": member({ role: "admin" }), "groups.setPolicy": { policy: "relay-allowed" } };
    const { say } = talk(client);
    const card = await say("/group policy");
    expect(commandsOf(card)).toEqual([
      "/group policy fxp-tls-only",
      "/group policy relay-allowed",
      "/group policy relay-only",
    ]);
    expect(textOf(card)).toContain("only through FonShare, where both owners agreed");
    expect(textOf(await say("/group policy relay-allowed"))).toContain("could be read by whoever runs it");
    expect(commandsOf(await talk({ "groups.show": member({}) }).say("/group policy"))).toEqual([]);
  });

  it("lets who runs the room on its platform do what an admin of the group may", async () => {
    const { dispatch, context } = talk({ "groups.show": member({}) });
    const admin = { ...context, room: { ...context.room, isAdmin: true } };
    const reply = await dispatch.run({ text: "/group", context: admin, requestId: "request-1" });
    expect(commandsOf(reply)).toContain("/group unbind");
  });

  it("offers to remove other members, in commands that keep hostile names whole", async () => {
    const { say, calls } = talk();
    const list = await say("/group members");
    expect(list.buttons.map((button) => button.label)).toContain('Remove Be"n \\o/');
    await say(buttonOf(await say(list.buttons.at(-1)?.command ?? ""), "yes"));
    expect(calls.at(-1)).toMatchObject({ name: "groups.removeMember", input: { name: 'Be"n \\o/' } });
  });

  it.each([
    ["22-7", { from: "22:00", to: "07:00" }],
    ["22:00-07:00", { from: "22:00", to: "07:00" }],
    ["22:30 – 7:15 europe/paris", { from: "22:30", to: "07:15", zone: "Europe/Paris" }],
    ["22h-7h (Europe/Paris)", { from: "22:00", to: "07:00", zone: "Europe/Paris" }],
    ["de 22h30 à 7h UTC", { from: "22:30", to: "07:00", zone: "UTC" }],
    ["10pm-7am", { from: "22:00", to: "07:00" }],
    ["from 10 pm to 12 am", { from: "22:00", to: "00:00" }],
    ["0-24", undefined],
    ["24-6", { from: "00:00", to: "06:00" }],
    ["22-7 America/Port-au-Prince", { from: "22:00", to: "07:00", zone: "America/Port-au-Prince" }],
    ["off", null],
  ])("/group quiet %s", async (typed, quiet) => {
    const { say, calls } = talk();
    const reply = await say(`/group quiet ${typed}`);
    expect(reply.tone).toBe(quiet === undefined ? "error" : "ok");
    expect(calls.map((call) => call.input["quiet"])).toEqual(quiet === undefined ? [] : [quiet]);
  });
});

describe("the commands' names", () => {
  it("are understood in every language", async () => {
    const { say, calls } = talk();
    await say("/chercher été");
    await say("/SEARCH été");
    expect(calls.map((call) => call.input)).toEqual([{ query: "été" }, { query: "été" }]);
    expect(textOf(await talk({}, "fr").say("/cherhcer été"))).toContain("Vouliez-vous dire /chercher");
    expect(textOf(await talk({}, "fr").say("/aide recuperer"))).toContain("/recuperer <numéro");
  });

  it("say what may be answered in the open, and for what the platform is asked", () => {
    const { dispatch } = talk();
    const open = ["/search x", "/chercher x", "x y", "/browse", "/new", "/new a12", "/group create Club"];
    const closed = ["/new keep a12", "/new kept", "/group", "/pull 2", "/servers", "/nonsense", "/", ""];
    expect(open.filter((text) => !dispatch.isOpen(text))).toEqual([]);
    expect(closed.filter((text) => dispatch.isOpen(text))).toEqual([]);
    const asking = ["/group", "/groupe policy fxp", "/unshare Music", "/search x", "group", ""];
    expect(asking.filter((text) => dispatch.asksAdmin(text))).toEqual([
      "/group",
      "/groupe policy fxp",
      "/unshare Music",
    ]);
    expect([dispatch.commandOf("/recuperer 2"), dispatch.commandOf("x y"), dispatch.commandOf("/x")]).toEqual([
      "pull",
      "search",
      undefined,
    ]);
  });
});

describe("a newcomer", () => {
  const hello = { name: "Anna", group: null, isMember: false, groups: [], servers: 0, shares: 0 };

  it("is offered a group in a room that has none, called like the room", async () => {
    const reply = await talk({ "people.hello": hello }).say("/start");
    expect(reply.buttons[0]).toEqual({
      label: "Make a group here",
      command: "/group create console",
      role: "plain",
      isForAll: true,
    });
  });

  it("makes a group of any room's title, and everybody there may join it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(hostileText, fc.constantFrom("--yes", "a --yes b", "“x”", "")), async (title) => {
        const { say, calls } = talk();
        const [make] = offerReply(tongues.en, title).buttons;
        const made = await say(make?.command ?? "");
        expect(made.buttons).toMatchObject([{ command: "/join", isForAll: true }, { command: "/servers add" }]);
        expect(nameSchema.safeParse(calls[0]?.input["name"]).success).toBe(true);
      }),
    );
  });

  it.each<[object, "group" | "private", string[]]>([
    [{ group: "Friends" }, "group", ["/join"]],
    [{ group: "Friends", isMember: true }, "group", ["/servers add", "/help"]],
    [{ group: "Friends", isMember: true, servers: 1 }, "group", ["/share /", "/new", "/help"]],
    [{ group: "Friends", isMember: true, servers: 2 }, "group", ["/servers", "/new", "/help"]],
    [
      { groups: ["Friends", "Club 7"], servers: 1 },
      "private",
      ["/share / with Friends", '/share / with "Club 7"', "/new", "/help"],
    ],
    [{ group: "Friends", isMember: true, servers: 1, shares: 1 }, "group", ["/new", "/help"]],
    [{}, "private", ["/servers add", "/help"]],
  ])("%j in a %s room goes on with a button", async (change, kind, commandsToPress) => {
    const reply = await talk({ "people.hello": { ...hello, ...change } }, "en", kind).say("/start");
    expect(commandsOf(reply)).toEqual(commandsToPress);
  });

  it("is led on from a refusal, and after joining", async () => {
    const refused = async (code: ErrorCode) => commandsOf(await talk({ "catalog.latest": refusal(code) }).say("/new"));
    expect(await refused("group.not-a-member")).toEqual(["/join"]);
    expect(await refused("group.none-here")).toEqual(["/group create console"]);
    expect(await refused("server.none")).toEqual(["/servers add"]);
    const joined = await talk({ "people.hello": { ...hello, group: "Friends", isMember: true } }).say("/join");
    expect(textOf(joined)).toContain("Welcome to Friends.");
    expect(commandsOf(joined)).toEqual(["/servers add", "/help"]);
    const away = await talk({ "people.hello": refusal("core.unavailable") }).say("/join");
    expect(away).toMatchObject({ tone: "ok", buttons: [] });
  });

  it("without rights learns which right it takes on this platform", async () => {
    const { dispatch, context } = talk({ "groups.create": refusal("room.admin-only") });
    const on = async (platform: "discord" | "telegram") => {
      const actor = { ...context.actor, platform };
      return textOf(
        await dispatch.run({ text: "/group create x", context: { ...context, actor }, requestId: "request-1" }),
      );
    };
    expect(await on("discord")).toContain("Manage Channels");
    expect(await on("telegram")).toContain("administrator of the group");
  });
});

describe("/servers and /transfers", () => {
  it("have buttons for what can be done with the only server, or lead to each of several", async () => {
    expect(commandsOf(await talk().say("/servers"))).toEqual([
      "/servers check s1",
      "/servers reindex s1",
      "/servers pause s1",
      "/share s1 /",
      "/servers limits s1",
      "/servers password s1",
      "/servers remove s1",
      "/servers add",
    ]);
    const other = { ...fakeServer, ref: "s2", label: "x".repeat(64), state: "paused" };
    const two = talk({ "servers.list": { servers: [fakeServer, other] } }, "en", "private");
    const list = await two.say("/servers");
    expect(commandsOf(list)).toEqual(["/servers show s1", "/servers show s2", "/servers add"]);
    expect(list.buttons.filter((button) => button.label.length > 20)).toEqual([]);
    expect(commandsOf(await two.say("/servers show s2"))).toEqual([
      "/servers check s2",
      "/servers resume s2",
      "/servers limits s2",
      "/servers password s2",
      "/servers remove s2",
    ]);
    expect(textOf(await two.say("/servers show"))).toContain("several servers");
  });

  it("lead from a list of pulls to each of them", async () => {
    const reply = await talk().say("/transfers");
    expect(reply.buttons).toEqual([{ label: "p12", command: "/transfers show p12", role: "item" }]);
  });
});

describe("reactions", () => {
  const react = async (reaction: Reaction, isOn: boolean, answers: FakeAnswers = {}) => {
    const { dispatch, calls, context } = talk(answers);
    const made = { on: { messageId: "12" }, reaction, isOn, isLate: false };
    const reply = await dispatch.react({ ...made, context, requestId: "request-1" });
    expect(calls).toMatchObject([{ name: "announcements.react", input: { ...made, requestId: "request-1" } }]);
    return reply;
  };

  it("pull, and show how far that is", async () => {
    expect((await react("pull", true))?.follow).toBe("/transfers show p12");
  });

  it("keep and rate with one short sentence, and take back without any", async () => {
    expect(await react("keep", true)).toMatchObject({ isPrivate: true, tone: "ok", buttons: [] });
    expect(textOf((await react("rate", true)) as Reply)).toContain("3 stars so far");
    expect(await react("keep", false)).toBeUndefined();
    expect(await react("rate", false)).toBeUndefined();
  });

  it("say nothing that was said before, and explain what cannot be", async () => {
    const known = { announcement: "a1", outcome: "known", pull: null, stars: 0 };
    expect(await react("pull", true, { "announcements.react": known })).toBeUndefined();
    const gone = await react("keep", true, { "announcements.react": refusal("catalog.unknown-ref") });
    expect(textOf(gone as Reply)).toContain("announces nothing that you can see");
  });
});
