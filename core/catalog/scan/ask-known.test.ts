// Questions about known folders before a scan: who asks them, and what follows from the answers. Sessions are made up.
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Features, Listing } from "../../ftp/index.ts";
import { systemClock } from "../../platform/clock.ts";
import { FonError } from "../../platform/errors.ts";
import type { CrawlSession } from "./crawl.ts";
import { crawl } from "./crawl.ts";
import type { KnownFolders } from "./known.ts";
import { defaultScanLimits } from "./limits.ts";

const longAgo = new Date("2024-03-05T06:07:08Z");
const known: KnownFolders = new Map(
  ["", ...names(999)].map((path) => [path, { modifiedMs: longAgo.getTime(), filesHash: null, files: 0 }]),
);

function names(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `folder ${n}`);
}

interface Ways {
  /** Whether this session, by its number, is lost at its first question. */
  breaks?: (session: number) => boolean;
  /** The server lets nobody in beyond so many. */
  most?: number;
}

/** @param eachMs what a question takes */
async function scanAgain(eachMs: number, { breaks = () => false, most = 9 }: Ways = {}) {
  let nowMs = 0;
  const asked: string[][] = [];
  let listed = 0;
  const entries = names(999).map((name) => ({ kind: "directory" as const, name, sizeBytes: 0, modifiedAt: longAgo }));
  function open(): CrawlSession {
    if (asked.length === most) throw new FonError("server.offline");
    const number = asked.push([]) - 1;
    const session = {
      features: { software: "pure-ftpd", mlst: true } as Features,
      closed: false,
      async list(path: string): Promise<Listing> {
        await nextTurn();
        listed += 1;
        return { entries: path === "/" ? entries : [], unaddressable: 0, malformed: 0, truncated: false };
      },
      async folderTimes(paths: readonly string[]) {
        await nextTurn();
        nowMs += eachMs * paths.length;
        session.closed = breaks(number);
        if (session.closed) throw new FonError("server.offline");
        asked[number]?.push(...paths);
        return paths.map(() => ({ modifiedAt: longAgo, unique: undefined }));
      },
    };
    return { session, root: "/", release: () => undefined };
  }
  const outcome = await crawl({
    roots: [""],
    open: async () => open(),
    known,
    sessions: 3,
    limits: defaultScanLimits,
    clock: { ...systemClock, monotonicMs: () => nowMs },
    signal: new AbortController().signal,
    onFolder: async () => undefined,
  });
  return { outcome, asked, listed };
}

test("that take long are shared by as many sessions as are allowed, each asked once", async () => {
  const { outcome, asked, listed } = await scanAgain(1.5);
  expect(asked.length).toBe(3);
  expect(asked.every((paths) => paths.length >= 200)).toBe(true);
  expect(asked.flat().sort()).toEqual(["/", ...names(999).map((name) => `/${name}`)].sort());
  expect(outcome).toMatchObject({ isComplete: true, folders: 1000 });
  expect(listed).toBe(0);
});

test("that are answered fast are not worth another login", async () => {
  const { outcome, asked, listed } = await scanAgain(0.1);
  expect(asked.length).toBe(1);
  expect(outcome).toMatchObject({ isComplete: true, folders: 1000 });
  expect(listed).toBe(0);
});

test("of which some were not heard say nothing: what has folders in it is listed", async () => {
  const { outcome, listed } = await scanAgain(1.5, { breaks: (session) => session === 1 });
  expect(outcome).toMatchObject({ isComplete: true, folders: 1000 });
  expect(listed).toBe(1);
});

test("go on over those that are there when the server lets no other one in", async () => {
  const { outcome, asked, listed } = await scanAgain(1.5, { most: 1 });
  expect(asked.length).toBe(1);
  expect(outcome).toMatchObject({ isComplete: true, folders: 1000, sessions: 3 });
  expect(listed).toBe(0);
});
