import { describe, expect, test } from "vitest";
import { asksAtOnce, isWorthLogin, isWorthLoginToAsk, nothingSeen, waysFor } from "./strategy.ts";

const vsftpd = { software: "vsftpd", mlst: false, asks: false } as const;
const proftpd = { software: "proftpd", mlst: true, asks: true } as const;
const pureFtpd = { software: "pure-ftpd", mlst: true, asks: true } as const;
const pyftpdlib = { software: "pyftpdlib", mlst: true, asks: true } as const;
const stranger = { software: "unknown", mlst: true, asks: false } as const;

describe("a full scan", () => {
  test.each([vsftpd, proftpd, pureFtpd, stranger])("of $software begins with a recursive listing", (features) => {
    expect(waysFor(features, false, nothingSeen()).tree).toBe(true);
  });

  test("of pyftpdlib does not: it has none", () => {
    expect(waysFor(pyftpdlib, false, nothingSeen()).tree).toBe(false);
  });

  test.each([
    ["it shows one folder only", { isFlat: true }],
    ["sessions were lost over it", { lostTrees: 2 }],
  ])("reads folder by folder when %s", (_, seen) => {
    expect(waysFor(vsftpd, false, { ...nothingSeen(), ...seen })).toMatchObject({ tree: false, exact: false });
    expect(waysFor(pureFtpd, false, { ...nothingSeen(), ...seen })).toMatchObject({ tree: false, exact: true });
  });

  test.each([
    [vsftpd, false],
    [proftpd, false],
    [pureFtpd, true],
    [pyftpdlib, true],
    [stranger, true],
  ])("STAT only where it is known to be right: %j", (features, isExact) => {
    expect(waysFor(features, false, nothingSeen()).exact).toBe(isExact);
  });

  test("no STAT where its replies were too long", () => {
    expect(waysFor(vsftpd, false, { ...nothingSeen(), longReplies: 7 })).toMatchObject({ exact: false });
    expect(waysFor(vsftpd, false, { ...nothingSeen(), longReplies: 8 })).toMatchObject({ exact: true, inFlight: 1 });
  });
});

test.each([proftpd, pureFtpd, stranger])("a quick scan of $software asks for exact times only", (features) => {
  expect(waysFor(features, true, nothingSeen())).toMatchObject({ tree: false, exact: true });
});

test.each([
  [vsftpd, "nothing", "nothing"],
  [pureFtpd, "by asking", "by asking"],
  [stranger, "by listing", "nothing"],
])("times that listings do not tell are learned where they are told at all: %j", (features, full, quick) => {
  expect(waysFor(features, false, nothingSeen()).learns).toBe(full);
  expect(waysFor(features, true, nothingSeen()).learns).toBe(quick);
});

test.each([
  ["nothing waits for one", { waiting: 1, listingMs: 100, sessions: 2, inFlight: 1 }, false],
  ["few fast folders", { waiting: 40, listingMs: 2, sessions: 1, inFlight: 1 }, false],
  ["few slow folders", { waiting: 5, listingMs: 80, sessions: 1, inFlight: 1 }, true],
  ["few slow folders, and enough sessions", { waiting: 5, listingMs: 80, sessions: 2, inFlight: 1 }, false],
  ["many fast folders", { waiting: 200, listingMs: 1, sessions: 3, inFlight: 1 }, true],
  ["nobody knows", { waiting: 3, listingMs: undefined, sessions: 1, inFlight: 1 }, true],
  ["what one session has under way at once", { waiting: 15, listingMs: 100, sessions: 1, inFlight: 16 }, false],
])("another session: %s", (_, load, isWorth) => {
  expect(isWorthLogin(load)).toBe(isWorth);
});

test.each([
  ["nobody knows how long they take", { waiting: 5000, eachMs: undefined, sessions: 1 }, false],
  ["2,000 within a third of a second", { waiting: 2000, eachMs: 0.1, sessions: 1 }, false],
  ["2,000 behind a line", { waiting: 2000, eachMs: 1.4, sessions: 3 }, true],
  ["the last few behind a line", { waiting: 400, eachMs: 1.4, sessions: 3 }, false],
])("another session to ask about known folders: %s", (_, questions, isWorth) => {
  expect(isWorthLoginToAsk(questions)).toBe(isWorth);
});

test.each([
  ["nobody knows how long they take", { waiting: 5000, eachMs: undefined, sessions: 1 }, 200],
  ["so fast that all are done soon", { waiting: 2000, eachMs: 0.02, sessions: 1 }, 2000],
  ["not many times more than before", { waiting: 2000, eachMs: 0.02, sessions: 1, before: 200 }, 800],
  ["very many", { waiting: 90_000, eachMs: 0.001, sessions: 1 }, 5000],
  ["as many as a tenth of a second has room for", { waiting: 5000, eachMs: 0.2, sessions: 1 }, 500],
  ["slow ones, however long they take", { waiting: 5000, eachMs: 50, sessions: 1 }, 200],
  ["a part for each session", { waiting: 900, eachMs: 0.02, sessions: 3 }, 300],
])("questions that a session takes on at once: %s", (_, questions, most) => {
  expect(asksAtOnce(questions, "before" in questions ? questions.before : 5000)).toBe(most);
});
