// Recursive listings that a server cuts: what is read how often. The session is made up.
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Entry, Features, Listing, Session } from "../../ftp/index.ts";
import { systemClock } from "../../platform/clock.ts";
import type { CrawlSession } from "./crawl.ts";
import { crawl } from "./crawl.ts";
import { defaultScanLimits } from "./limits.ts";

const at = new Date("2024-03-05T06:07:08Z");
const minute = new Date("2024-03-05T06:07:00Z");
const names = Array.from({ length: 40 }, (_, n) => `folder ${n}`);

const listing = (entries: Entry[]): Listing => ({ entries, unaddressable: 0, malformed: 0, truncated: false });
const folders = (modifiedAt: Date) =>
  names.map((name) => ({ kind: "directory" as const, name, sizeBytes: 0, modifiedAt }));
const fileIn = (path: string) => ({ kind: "file" as const, name: `in ${path}`, sizeBytes: 1 });

const below = (top: string, name: string) => (top === "/" ? `/${name}` : `${top}/${name}`);

/** A Pure-FTPd that ends its recursive listing after the first folder in it. */
function createCutting(canAsk: boolean, tops: readonly string[]) {
  const exact: string[] = [];
  const trees: string[] = [];
  const session = {
    features: { software: "pure-ftpd", mlst: true } as Features,
    closed: false,
    async list(path: string) {
      await nextTurn();
      exact.push(path);
      return listing(tops.includes(path) ? folders(at) : [{ ...fileIn(path), modifiedAt: at }]);
    },
    async listTree(path, { onFolder }) {
      await nextTurn();
      trees.push(path);
      const told = { modifiedAt: minute, timeWithinMs: 60_000 as const };
      const entries = tops.includes(path)
        ? folders(minute).map((one) => ({ ...one, ...told }))
        : [{ ...fileIn(path), ...told }];
      await onFolder("", listing(entries));
      if (tops.includes(path)) await onFolder("folder 0", listing([{ ...fileIn(below(path, "folder 0")), ...told }]));
      return { end: tops.includes(path) ? "truncated" : "whole", folders: 1, strange: 0 };
    },
    ...(canAsk && { folderTimes: async (paths) => paths.map(() => undefined) }),
  } satisfies Partial<Session>;
  return { exact, trees, session: session as CrawlSession["session"] };
}

async function read(canAsk: boolean, roots = [""]) {
  const tops = roots.map((root) => `/${root}`);
  const { session, ...calls } = createCutting(canAsk, tops);
  const found: string[] = [];
  const outcome = await crawl({
    roots,
    open: async () => ({ session, root: "/", release: () => undefined }),
    known: new Map(),
    sessions: 1,
    limits: defaultScanLimits,
    clock: systemClock,
    signal: new AbortController().signal,
    onFolder: async ({ files }) => void found.push(...files.map(({ name }) => name)),
    onTimes: async () => undefined,
  });
  expect(outcome).toMatchObject({ isComplete: true, folders: 41 * roots.length });
  expect(found.sort()).toEqual(tops.flatMap((top) => names.map((name) => `in ${below(top, name)}`)).sort());
  return calls;
}

test("the zone of a server is learned once, and then each of its folders is listed once", async () => {
  const { exact, trees } = await read(true);
  expect(exact).toEqual(["/"]);
  expect(trees).toHaveLength(40);
});

test("where times cannot be asked for, each is listed for them as well", async () => {
  expect((await read(false)).exact).toHaveLength(40);
});

test("each shared folder is, as files arrive there", async () => {
  const { exact, trees } = await read(true, ["one", "two"]);
  expect(exact.sort()).toEqual(["/one", "/two"]);
  expect(trees).toHaveLength(80);
});

/** Of a server that cuts its listing behind the first of many folders, read by two sessions. @returns in their order */
async function firstTrees(waitingBytes: number): Promise<string[]> {
  const tops = Array.from({ length: 70 }, (_, n) => `top ${n}`);
  const told = (kind: "directory" | "file", name: string): Entry => ({ kind, name, sizeBytes: 1, modifiedAt: at });
  const trees: string[] = [];
  const both = Promise.withResolvers<void>();
  const session = {
    features: { software: "pure-ftpd" } as Features,
    closed: false,
    async listTree(path, { onFolder }) {
      await nextTurn();
      trees.push(path);
      if (path !== "/") {
        // Two are read at a time from here on.
        if (trees.length === 3) both.resolve();
        await both.promise;
        await onFolder("", listing([told("file", `in ${path}`)]));
        return { end: "whole", folders: 1, strange: 0 };
      }
      await onFolder("", listing(tops.map((name) => told("directory", name))));
      await onFolder("top 0", listing([told("directory", "low"), told("directory", "lower")]));
      return { end: "truncated", folders: 2, strange: 0 };
    },
  } satisfies Partial<Session>;
  const outcome = await crawl({
    roots: [""],
    open: async () => ({ session: session as unknown as CrawlSession["session"], root: "/", release: () => undefined }),
    known: new Map(),
    sessions: 2,
    limits: { ...defaultScanLimits, waitingBytes },
    clock: systemClock,
    signal: new AbortController().signal,
    onFolder: async () => undefined,
  });
  expect(outcome).toMatchObject({ isComplete: true, folders: 73 });
  return trees.slice(0, 3);
}

test("after a cut one session reads the highest folder that is left, another one the last that was named", async () => {
  expect(await firstTrees(defaultScanLimits.waitingBytes)).toEqual(["/", "/top 1", "/top 0/lower"]);
});

test("both read the last that were named when much waits", async () => {
  expect(await firstTrees(40_000)).toEqual(["/", "/top 0/lower", "/top 0/low"]);
});
