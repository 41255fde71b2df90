import fc from "fast-check";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import type { Context, ErrorCode, Language } from "#contract";
import { errorCodes } from "#contract";
import { commandNames, commands } from "./commands/index.ts";
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
  /\.(add|remove|erase|join|leave|create|bind|unbind|setPolicy|removeMember|pull|pause|resume|cancel|retry)$/;

describe("every command", () => {
  const lines = [
    "/start",
    "/help",
    "/help pull",
    "/servers",
    "/servers add",
    "/servers check",
    "/servers reindex attic",
    "/servers accept",
    "/servers pause",
    "/servers resume",
    "/servers password",
    "/servers remove attic",
    "/group",
    "/group create Cycling club",
    "/group code",
    "/group link",
    "/group link K7QF-3MPD",
    "/group members",
    "/group policy",
    "/group policy fxp-tls-only",
    "/group remove Ben",
    "/group unbind",
    "/join",
    "/join k7qf-3mpd",
    "/leave",
    "/share",
    "/share / as Photos",
    "/share attic Music/Live",
    "/unshare Music",
    "/search summer",
    "/browse",
    "/browse 2",
    "/browse Music/Live",
    "/new",
    "/new a12",
    "/pull 2",
    "/pull f3k9 d2p to attic yes",
    "/transfers",
    "/transfers p12",
    "/transfers pause",
    "/transfers cancel p12",
    "/link",
    "/link K7QF-3MPD",
    "/privacy",
    "/privacy export",
    "/privacy erase",
    "summer concert",
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
    ["/servers frobnicate", "It knows: add, check"],
    ["/servers remove", "Which server?"],
    ["/group create", "How shall the group be called?"],
    ["/group policy none", "It knows: fxp, fxp-tls-only"],
    ["/join not a code at all, really!", "A code looks like"],
    ["/share x as", "The name is missing"],
    ["/unshare", "Which share?"],
    ["/help frobnicate", "There is no command /frobnicate"],
    ["/new a1 now", "“now” is one word too many"],
    ["/transfers pause f3k9", "/transfers pause p12"],
    [`/search ${"x".repeat(301)}`, "at most 300 characters"],
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
    expect(textOf(reply)).toContain("/share [server] <folder> as <name>");
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
    await say(buttonOf(first, "more"));
    expect(calls.map((call) => call.input)).toEqual([
      { query: '"live concert" -rain' },
      { query: '"live concert" -rain', cursor: "c~2" },
    ]);
  });

  it("say owner, place, copies and what the person has already", async () => {
    const item = fakeItem({ copies: 3, isYours: true, name: "a\u202Eb.flac" });
    const reply = await talk({ "catalog.latest": { items: [item], next: null, total: 1, isCapped: false } }).say(
      "/new",
    );
    expect(reply.blocks[1]).toMatchObject({
      items: [{ name: "ab.flac", details: ["Ben", "Music/Live/2024", "3 copies"], mark: { text: "you have it" } }],
    });
  });

  it("tell what was searched instead of a mistyped word", async () => {
    const answer = { items: [fakeItem()], next: null, total: 1, isCapped: false, corrected: "concert" };
    expect(textOf(await talk({ "catalog.search": answer }).say("/search concret"))).toContain("Shown for “concert”");
  });
});

describe("/share", () => {
  it.each([
    ["/share / as Photos", { path: "/", name: "Photos" }],
    ["/share Music/Live", { path: "Music/Live" }],
    ["/share attic", { server: "s1", path: "" }],
    ["/share ATTIC Mes photos d'été as L'été", { server: "s1", path: "Mes photos d'été", name: "L'été" }],
  ])("%s", async (line, input) => {
    const { say, calls } = talk();
    await say(line);
    expect(calls.at(-1)).toMatchObject({ name: "shares.add", input });
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

it("reacts to a message by pulling", async () => {
  const { dispatch, calls, context } = talk();
  const reply = await dispatch.react({ messageId: "12", reaction: "pull", context, requestId: "request-1" });
  expect(reply.follow).toBe("/transfers show p12");
  expect(calls[0]).toMatchObject({
    name: "announcements.react",
    input: { messageId: "12", reaction: "pull", requestId: "request-1" },
  });
});
