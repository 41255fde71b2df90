// The same tree on every daemon, read in every way that it allows: the same folders and files must come of it.
import { execFile } from "node:child_process";
import { mkdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, onTestFailed, test } from "vitest";
import type { Daemon, DaemonKind, DaemonOptions } from "../../../test/daemons/index.ts";
import { installDaemons, startDaemon } from "../../../test/daemons/index.ts";
import { connectorFor, login } from "../../ftp/fixtures.ts";
import type { Session } from "../../ftp/index.ts";
import { systemClock } from "../../platform/clock.ts";
import type { CrawlOutcome } from "./crawl.ts";
import { crawl } from "./crawl.ts";
import type { ListedFile } from "./folder.ts";
import type { KnownFolders } from "./known.ts";
import { defaultScanLimits } from "./limits.ts";

const { missing } = await installDaemons();
const cleanups: Array<() => unknown> = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

const longAgo = new Date("2024-03-05T06:07:08Z");
const lately = new Date(Math.floor(Date.now() / 1000 - 20 * 86_400) * 1000);
const files = [
  "top.txt",
  ".hidden",
  "a b/ leading space.txt",
  "a b/c/d/e/deep.txt",
  " lead/x.txt",
  "colon:/y.txt",
  "colon:/in/z.txt",
  "[ab]/bracket.txt",
  "b/not the bracket.txt",
  "Été/日本/ü.txt",
  ".dots/f.txt",
  "-dash/f.txt",
  'quo"te/f.txt',
  "total 5/f.txt",
  ...Array.from({ length: 30 }, (_, i) => `many/folder ${i}/file ${i}.bin`),
];
const emptyFolders = ["empty", "empties/within"];

async function fill(daemon: Daemon, more: readonly string[] = []): Promise<void> {
  for (const path of [...files, ...more]) {
    const at = join(daemon.root, path);
    await mkdir(dirname(at), { recursive: true });
    await writeFile(at, path);
    await utimes(at, longAgo, path.endsWith(".bin") ? lately : longAgo);
  }
  for (const path of emptyFolders) await mkdir(join(daemon.root, path), { recursive: true });
  await promisify(execFile)("find", [
    daemon.root,
    "-type",
    "d",
    "-exec",
    "touch",
    "-d",
    "2024-03-05T06:07:08Z",
    "{}",
    "+",
  ]);
  await daemon.own();
  // pyftpdlib shows what a link leads to as if it lay there.
  if (daemon.kind === "pyftpdlib") return;
  await symlink("..", join(daemon.root, "a b/up"));
  await symlink("a b", join(daemon.root, "link"));
}

interface Seen {
  outcome: CrawlOutcome;
  files: Map<string, ListedFile>;
  folders: string[];
  times: Map<string, number>;
  hashes: Map<string, number>;
  still: number;
  calls: string[];
  /** Sessions that could not be used again. */
  lost: number;
}

const folderOf = (path: string) => (path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "");

/** Tells where a test that fails has waited for the server; the daemon has been stopped by then. */
function noteWaits() {
  const waits: string[] = [];
  onTestFailed(() => void process.stderr.write(`Waited for the server: ${waits.join(", ") || "nowhere"}\n`));
  return <T>(what: string, work: Promise<T>): Promise<T> => {
    const begunMs = performance.now();
    return work.finally(() => waits.push(`${what} ${Math.round(performance.now() - begunMs)} ms`));
  };
}

/** The session with its ways of listing noted. */
function noting(session: Session, calls: string[], during: ReturnType<typeof noteWaits>) {
  return {
    features: session.features,
    get closed() {
      return session.closed;
    },
    list: (...given: Parameters<Session["list"]>) =>
      during("list", session.list(...given)).finally(() => calls.push("list")),
    listTree: async (...given: Parameters<NonNullable<Session["listTree"]>>) => {
      const end = await during("tree", Promise.resolve(session.listTree?.(...given)));
      if (!end) throw new Error("no recursive listing");
      calls.push(`tree ${end.end}`);
      return end;
    },
    listMany: (given: Parameters<NonNullable<Session["listMany"]>>[0]) => {
      const onListing: typeof given.onListing = (path, found) => {
        calls.push("listing" in found && !found.isExact ? "stat" : "other");
        return given.onListing(path, found);
      };
      return during("many", session.listMany?.({ ...given, onListing }) ?? Promise.reject(new Error("no")));
    },
    ...timesOf(session, during),
  };
}

function timesOf({ folderTimes }: Session, during: ReturnType<typeof noteWaits>): Pick<Session, "folderTimes"> {
  return folderTimes ? { folderTimes: (...given) => during("times", folderTimes(...given)) } : {};
}

async function read(daemon: Daemon, known: KnownFolders = new Map(), limits = {}, mayAsk = true): Promise<Seen> {
  const maps = { files: new Map(), times: new Map(), hashes: new Map() };
  const seen = { ...maps, folders: [] as string[], still: 0, calls: [] as string[], lost: 0 };
  const connector = connectorFor();
  const target = login(daemon, daemon.fingerprint ? "tls" : "plain");
  const during = noteWaits();
  const outcome = await crawl({
    roots: [""],
    async open(signal) {
      const session = await during("login", connector.connect(target, { use: "files", signal }));
      const { folderTimes, ...noted } = noting(session, seen.calls, during);
      const able = mayAsk && folderTimes ? { ...noted, folderTimes } : noted;
      const release = (verdict: "keep" | "close") => {
        if (verdict === "close") seen.lost += 1;
        session.close();
      };
      return { session: able, root: "/", release };
    },
    known,
    sessions: 4,
    limits: { ...defaultScanLimits, ...limits },
    clock: systemClock,
    signal: new AbortController().signal,
    async onFolder(folder) {
      seen.folders.push(folder.path);
      if (folder.modifiedAt) seen.times.set(folder.path, folder.modifiedAt.getTime());
      if (folder.filesHash !== null) seen.hashes.set(folder.path, folder.filesHash);
      for (const file of folder.files)
        seen.files.set(folder.path === "" ? file.name : `${folder.path}/${file.name}`, file);
    },
    onStill(path) {
      seen.folders.push(path);
      seen.still += 1;
    },
    async onTimes(times) {
      for (const { path, modifiedAt } of times) seen.times.set(path, modifiedAt.getTime());
    },
  });
  return { outcome, ...seen };
}

/** A catalog that has these folders. */
function knownBy(
  modifiedMs: Map<string, number | null>,
  hashes = new Map<string, number>(),
  counts = new Map<string, number>(),
): KnownFolders {
  const paths = new Set([...modifiedMs.keys(), ...hashes.keys()]);
  const folder = (path: string) => ({
    modifiedMs: modifiedMs.get(path) ?? null,
    filesHash: hashes.get(path) ?? null,
    files: counts.get(path) ?? 0,
  });
  return new Map([...paths].map((path) => [path, folder(path)]));
}

function expectAll(seen: Seen, more: readonly string[] = []): void {
  expect(seen.outcome).toMatchObject({ isComplete: true, problem: undefined, held: 0 });
  expect([...seen.files.keys()].sort()).toEqual([...files, ...more].sort());
  expect(new Set(seen.folders).size).toBe(seen.folders.length);
  expect(seen.folders).toEqual(expect.arrayContaining(["", "empty", "empties", "empties/within", "a b/c/d"]));
  for (const [path, file] of seen.files) {
    expect(file.sizeBytes).toBe(Buffer.byteLength(path));
    const at = (path.endsWith(".bin") ? lately : longAgo).getTime();
    const told = file.modifiedAt?.getTime() ?? 0;
    expect(Math.abs(told - at)).toBeLessThan(file.timeWithinMs || 1);
  }
}

interface Way {
  id: string;
  kind: DaemonKind;
  options?: DaemonOptions;
  calls: (calls: Set<string>) => void;
}

const ways: Way[] = [
  { id: "vsftpd, recursive", kind: "vsftpd", calls: (calls) => expect([...calls]).toEqual(["tree whole"]) },
  {
    id: "vsftpd, one folder at a time",
    kind: "vsftpd",
    options: { recursiveListing: false },
    calls: (calls) => expect(calls).toContain("stat"),
  },
  {
    id: "vsftpd with TLS",
    kind: "vsftpd",
    options: { tls: true },
    calls: (calls) => expect(calls).toContain("tree whole"),
  },
  { id: "ProFTPD", kind: "proftpd", calls: (calls) => expect(calls).toContain("tree whole") },
  {
    id: "ProFTPD with TLS",
    kind: "proftpd",
    options: { tls: true },
    calls: (calls) => expect(calls).toContain("tree whole"),
  },
  {
    id: "Pure-FTPd without limits",
    kind: "pure-ftpd",
    options: { listingLimit: { entries: 100_000, depth: 50 } },
    calls: (calls) => expect([...calls].filter((call) => call.startsWith("tree"))).toEqual(["tree whole"]),
  },
  {
    id: "Pure-FTPd, cut by entries",
    kind: "pure-ftpd",
    options: { listingLimit: { entries: 60, depth: 50 } },
    calls: (calls) => expect(calls).toContain("tree truncated"),
  },
  {
    id: "Pure-FTPd, cut by depth",
    kind: "pure-ftpd",
    options: { listingLimit: { entries: 100_000, depth: 2 } },
    calls: (calls) => expect(calls).toContain("tree whole"),
  },
  { id: "pyftpdlib", kind: "pyftpdlib", calls: (calls) => expect([...calls]).toEqual(["list"]) },
];
const present = ways.filter(({ kind }) => !missing.some((one) => one.kind === kind));

describe.each(present)("$id", ({ kind, options, calls }) => {
  async function start(): Promise<Daemon> {
    const daemon = await startDaemon(kind, options);
    cleanups.push(() => daemon.stop());
    return daemon;
  }

  test("every folder and file once, with size and time", async () => {
    const daemon = await start();
    await fill(daemon);
    const seen = await read(daemon);
    expectAll(seen);
    calls(new Set(seen.calls));
  });

  test("a folder that may not be entered makes it partial, and nothing else is missing", async () => {
    const daemon = await start();
    await fill(daemon, ["locked/x.txt", "zoo/y.txt"]);
    await promisify(execFile)("chown", ["root", join(daemon.root, "locked")]);
    await promisify(execFile)("chmod", ["700", join(daemon.root, "locked")]);
    const { outcome, files: found } = await read(daemon);
    expect(outcome).toMatchObject({ isComplete: false, problem: expect.stringMatching(/^file\.(?:gone|unreadable)$/) });
    expect([...found.keys()].sort()).toEqual([...files, "zoo/y.txt"].sort());
  });

  test("again with nothing changed: folders that stand still are not listed, where times are exact", async () => {
    const daemon = await start();
    await fill(daemon);
    const first = await read(daemon);
    const leaves = [...first.times].filter(
      ([path]) => !first.folders.some((one) => folderOf(one) === path && one !== ""),
    );
    if (kind === "vsftpd") return expect(leaves).toEqual([]);
    expect(leaves.map(([path]) => path)).toEqual(expect.arrayContaining(["many/folder 7", "a b/c/d/e", "empty"]));
    expect(leaves.every(([, at]) => at === longAgo.getTime())).toBe(true);
    const again = await read(daemon, knownBy(new Map(leaves)), {}, false);
    expect(again.still).toBe(leaves.length);
    expect(again.folders.sort()).toEqual(first.folders.sort());
    expect(again.calls.every((call) => call === "list")).toBe(true);
    expect(again.calls).toHaveLength(first.folders.length - leaves.length);
  });

  test("again where times can be asked for: nothing is listed where nothing has changed", async () => {
    const daemon = await start();
    await fill(daemon);
    // The links that lie in them have moved them.
    for (const path of ["", "a b"]) await utimes(join(daemon.root, path), longAgo, longAgo);
    const first = await read(daemon);
    const known = new Map(first.folders.map((path) => [path, first.times.get(path) ?? null]));
    if (kind === "vsftpd") return expect(first.times.size).toBe(0);
    expect([...known].filter(([, at]) => at !== longAgo.getTime())).toEqual([]);
    const again = await read(daemon, knownBy(known));
    expect(again.outcome).toMatchObject({ isComplete: true, folders: known.size });
    expect(again.calls).toEqual([]);
    expect(again.still).toBe(known.size);
    expect(again.folders.sort()).toEqual([...known.keys()].sort());
  });

  test("again where times can be asked for: what has changed is listed, and no more", async () => {
    const daemon = await start();
    await fill(daemon);
    for (const path of ["", "a b"]) await utimes(join(daemon.root, path), longAgo, longAgo);
    const first = await read(daemon);
    const known = new Map(first.folders.map((path) => [path, first.times.get(path) ?? null]));
    if (kind === "vsftpd") return expect(first.times.size).toBe(0);
    await rm(join(daemon.root, "a b/c/d"), { recursive: true });
    await mkdir(join(daemon.root, "many/folder 3/new"));
    const changed = await read(daemon, knownBy(known));
    expect(changed.outcome).toMatchObject({ isComplete: true });
    expect(changed.calls).toEqual(["list", "list", "list"]);
    const gone = new Set(["a b/c/d", "a b/c/d/e"]);
    const there = [...known.keys()].filter((path) => !gone.has(path));
    expect(changed.folders.sort()).toEqual([...there, "many/folder 3/new"].sort());
    expect(changed.still).toBe(there.length - 2);
  });

  test("again where no times of folders are told: a folder with the same files is not handed on", async () => {
    const daemon = await start();
    await fill(daemon);
    const first = await read(daemon);
    if (kind !== "vsftpd") return expect(first.hashes.size).toBe(0);
    expect([...first.hashes.keys()].sort()).toEqual(first.folders.sort());
    const known = knownBy(new Map(), first.hashes);
    const again = await read(daemon, known);
    expect(again.outcome).toMatchObject({ isComplete: true, folders: known.size });
    expect(again.files.size).toBe(0);
    expect(again.still).toBe(known.size);
    // Read the same way, as there are no exact times to be had.
    expect(again.calls).toEqual(first.calls);

    await rm(join(daemon.root, "many/folder 1/file 1.bin"));
    await writeFile(join(daemon.root, "many/folder 2/file 2.bin"), "another size");
    await utimes(join(daemon.root, "many/folder 2/file 2.bin"), lately, lately);
    await utimes(join(daemon.root, "many/folder 3/file 3.bin"), longAgo, longAgo);
    await mkdir(join(daemon.root, "many/folder 4/new"));
    await writeFile(join(daemon.root, "many/folder 5/fresh.txt"), "held");
    const changed = await read(daemon, known);
    const listed = changed.folders.filter((path) => changed.hashes.has(path) || path === "many/folder 5");
    expect(listed.sort()).toEqual(["1", "2", "3", "4/new", "5"].map((name) => `many/folder ${name}`));
    expect(changed.still).toBe(known.size - 4);
    expect(changed.hashes.has("many/folder 5")).toBe(false);
  });

  test("a folder that may not be read keeps the one above it from standing still", async () => {
    const daemon = await start();
    await fill(daemon, ["locked/x.txt"]);
    await utimes(join(daemon.root, "locked"), longAgo, longAgo);
    await utimes(daemon.root, longAgo, longAgo);
    await promisify(execFile)("chown", ["root", join(daemon.root, "locked")]);
    await promisify(execFile)("chmod", ["700", join(daemon.root, "locked")]);
    const first = await read(daemon);
    expect(first.times.has("")).toBe(false);
    const times = new Map(first.folders.map((path) => [path, first.times.get(path) ?? null]));
    const again = await read(daemon, knownBy(times));
    expect(again.outcome).toMatchObject({ isComplete: false, problem: expect.stringMatching(/^file\./) });
  });

  test.each([
    ["more than a control connection may tell", 3_000],
    ["nearly as much as it may", 1_800],
  ])("a folder of %s", async (_, length) => {
    const daemon = await start();
    const big = Array.from({ length }, (_, i) => `many/wide/a file with a long name, number ${i}.txt`);
    await fill(daemon, big);
    const seen = await read(daemon);
    const isFlat = kind === "vsftpd" && options?.recursiveListing === false;
    expect(seen.lost > 0).toBe(isFlat && length > 2_000);
    if (isFlat) {
      const again = await read(daemon, knownBy(new Map(), seen.hashes, new Map([["many/wide", length]])));
      expect(again).toMatchObject({ lost: 0, still: seen.folders.length });
      expect(again.calls.includes("list")).toBe(length > 2_000);
    }
    if ((options?.listingLimit?.entries ?? big.length) >= big.length) return expectAll(seen, big);
    // One folder alone is more than this server tells.
    expect(seen.outcome).toMatchObject({ isComplete: false, problem: "scan.limit" });
    expect([...seen.files.keys()]).toEqual(expect.arrayContaining(files));
  });

  test("bounds hold: depth and entries", async () => {
    const daemon = await start();
    await fill(daemon);
    const flat = await read(daemon, new Map(), { depth: 2 });
    expect(flat.outcome).toMatchObject({ isComplete: false, problem: "scan.limit" });
    expect([...flat.files.keys()].sort()).toEqual(files.filter((path) => path !== "a b/c/d/e/deep.txt").sort());
    const few = await read(daemon, new Map(), { entries: 25 });
    expect(few.outcome).toMatchObject({ isComplete: false, problem: "scan.limit" });
    expect(few.files.size).toBeLessThan(40);
  });
});
