// Several cores on one PostgreSQL: they share the work and do nothing twice; what a killed or sleeping one held is taken over,
// and the one that wakes up again harms nothing.
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CoreProcess } from "../../demo/core-process.ts";
import { consoleContext, startCore } from "../../demo/core-process.ts";
import type { FtpServer, FtpServerOptions } from "../../demo/ftp-server/ftp-server.ts";
import { createFtpServer } from "../../demo/ftp-server/ftp-server.ts";
import { enrol, until, whenEnded, writeTree } from "./installation.ts";
import type { OutsidePostgres } from "./outside-postgres.ts";
import { startOutsidePostgres } from "./outside-postgres.ts";

const owner = consoleContext("Olga");
const reader = consoleContext("Rita");
const user = { username: "u", password: "secret" };
let folder: string;
let postgres: OutsidePostgres;
let cores: CoreProcess[];
let source: Personal;
let inbox: Personal;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "fonshare-cores-"));
  cores = [];
  postgres = await startOutsidePostgres();
});
afterEach(async () => {
  for (const core of cores) process.kill(core.pid, "SIGCONT");
  await Promise.all(cores.map((core) => core.stop()));
  await source?.ftp.close();
  await inbox?.ftp.close();
  await postgres.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Personal {
  root: string;
  ftp: FtpServer;
  /** Commands that change something, with their arguments, oldest first. */
  changes: string[];
}

let lastHost = 1;

/** A personal FTP server on a loopback address of its own. */
async function startPersonal(files: Record<string, Buffer>, options: Partial<FtpServerOptions> = {}) {
  lastHost += 1;
  const root = mkdtempSync(join(folder, "ftp-"));
  writeTree(root, files);
  const changes: string[] = [];
  const address = `127.${100 + (process.pid % 100)}.${Math.floor(process.pid / 100) % 250}.${10 + lastHost}`;
  const ftp = createFtpServer({
    address,
    users: [{ ...user, root }],
    ...options,
    override: (command) => {
      if (/^(STOR|DELE|RNFR|RNTO)$/.test(command.verb)) changes.push(`${command.verb} ${command.argument}`);
      return options.override?.(command);
    },
  });
  const { host, port } = await ftp.listen();
  return { root, ftp, changes, daemon: { host, port, ...user, fingerprint: undefined } };
}

async function addCore(): Promise<CoreProcess> {
  const core = await startCore({
    dataFolder: mkdtempSync(join(folder, "core-")),
    env: { DATABASE_URL: postgres.url, FONSHARE_KEY_FILE: join(folder, "master.key") },
  });
  cores.push(core);
  return core;
}

/** Olga shares her server, Rita has an inbox; resolves when the first reading is over. */
async function setUp(
  core: CoreProcess,
  files: Record<string, Buffer>,
  options: { source?: Partial<FtpServerOptions>; inbox?: Partial<FtpServerOptions> } = {},
): Promise<void> {
  const olgas = await startPersonal(files, options.source);
  const ritas = await startPersonal({ "Inbox/.keep": Buffer.alloc(0) }, options.inbox);
  [source, inbox] = [olgas, ritas];
  await core.api.groups.create(owner, { name: "Cores" });
  await core.api.groups.join(reader, {});
  const from = { owner: "Olga", label: "source", daemon: olgas.daemon as never, sharePath: "/Media" };
  const to = { owner: "Rita", label: "home", daemon: ritas.daemon as never, sharePath: "/Inbox", inboxPath: "/Inbox" };
  expect((await enrol(core, from)).status).toBe(200);
  expect((await enrol(core, to)).status).toBe(200);
  inbox.changes.length = 0;
  await core.api.shares.add(owner, { server: "source", path: "", name: "Media" });
  await indexed(core, Object.keys(files).length);
}

async function indexed(core: CoreProcess, files: number): Promise<void> {
  await until(async () => {
    const { shares } = await core.api.shares.list(reader, {});
    return shares[0]?.files === files ? true : undefined;
  });
}

async function pullAll(core: CoreProcess, requestId: string): Promise<string> {
  const { items } = await core.api.catalog.browse(reader, { where: "Media" });
  const { pull } = await core.api.transfers.pull(reader, { what: items.map((item) => item.ref), requestId });
  return pull.ref;
}

const changesOf = (verb: string) => inbox.changes.filter((change) => change.startsWith(`${verb} `));
const arrived = () =>
  readdirSync(join(inbox.root, "Inbox"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== ".keep")
    .map((entry) => join(entry.parentPath, entry.name).slice(join(inbox.root, "Inbox").length + 1))
    .sort();

function expectWhole(files: Record<string, Buffer>): void {
  const names = Object.keys(files).map((path) => path.slice("Media/".length));
  expect(arrived()).toEqual(names.sort());
  for (const [path, content] of Object.entries(files)) {
    const bytes = readFileSync(join(inbox.root, "Inbox", path.slice("Media/".length)));
    expect(bytes.equals(content), path).toBe(true);
  }
}

async function told(kind: string): Promise<number> {
  const rows = await postgres.sql`select from outbox where telling->>'kind' = ${kind}`;
  return rows.length;
}

const album = (n: number) =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`Media/${i % 7}/${i}.bin`, randomBytes(20_000)])) as Record<
    string,
    Buffer
  >;

test.each([2, 4])(
  "%i cores share the work: each file is moved once, each event told once",
  { timeout: 180_000 },
  async (n) => {
    const files = album(120);
    const first = await addCore();
    await Promise.all(Array.from({ length: n - 1 }, () => addCore()));
    await setUp(first, files);
    await postgres.sql`update server set slots_out = 16, slots_in = 16`;
    const ref = await pullAll(first, "all of it, once");
    const owners = new Set<string>();
    await until(async () => {
      for (const row of await postgres.sql`select distinct owner from transfer where owner is not null`)
        owners.add(row["owner"]);
      return (await first.api.transfers.show(reader, { pull: ref })).pull.finishedAt ?? undefined;
    });
    expect(await whenEnded(() => first, "Rita", ref)).toMatchObject({ state: "done", filesDone: 120 });
    expect(owners.size).toBeGreaterThan(1);
    expectWhole(files);
    expect(changesOf("STOR")).toHaveLength(120);
    expect(changesOf("RNTO")).toHaveLength(120);
    expect(changesOf("DELE")).toEqual([]);
    expect(await told("pull.finished")).toBe(1);
    // One reading at a time however many ask, and what is new is told once.
    writeTree(source.root, { "Media/new/one.bin": randomBytes(10) });
    await Promise.all(cores.map((core) => core.api.catalog.reindex(owner, { server: "source" })));
    await indexed(first, 121);
    await until(async () => ((await told("files.added")) > 0 ? true : undefined));
    await Promise.all(cores.map((core) => core.api.catalog.reindex(owner, { server: "source" })));
    await until(async () => {
      const { scans } = await first.api.catalog.scans(owner, {});
      return scans.every((scan) => scan.state === "complete") ? true : undefined;
    });
    expect(await told("files.added")).toBe(1);
    expect(await told("share.indexed")).toBe(1);
    const lone = await postgres.sql`select from transfer where state <> 'done'`;
    expect(lone).toHaveLength(0);
  },
);

describe("a core that stops in the middle", () => {
  const files = { "Media/film.bin": randomBytes(6_000_000) };
  const moments = [
    ["before the first byte", "PORT"],
    ["while bytes move", "RETR"],
    ["between the two halves of the rename", "RNFR"],
  ] as const;

  /** Strikes the only core when `verb` was asked for, then starts a second one. */
  async function strikeAt(
    verb: "PORT" | "RETR" | "RNFR",
    strike: (core: CoreProcess) => void,
  ): Promise<[CoreProcess, string]> {
    const struck = Promise.withResolvers<void>();
    let isArmed = false;
    const first = await addCore();
    const once: FtpServerOptions["override"] = ({ verb: asked }) => {
      if (!isArmed || asked !== verb) return undefined;
      isArmed = false;
      // What the server answers now goes to a core that does not hear it.
      return {
        before: () => {
          strike(first);
          struck.resolve();
        },
      };
    };
    await setUp(first, files, {
      source: { rateBytesPerS: 3_000_000, ...(verb === "RETR" ? { override: once } : {}) },
      inbox: verb === "RETR" ? {} : { override: once },
    });
    isArmed = true;
    const ref = await pullAll(first, "the film, please");
    await struck.promise;
    return [await addCore(), ref];
  }

  test.each(moments)("killed %s, another one brings it to its end", { timeout: 90_000 }, async (_, verb) => {
    const [second, ref] = await strikeAt(verb, (core) => process.kill(core.pid, "SIGKILL"));
    cores.shift();
    expect(await whenEnded(() => second, "Rita", ref)).toMatchObject({ state: "done" });
    expectWhole(files);
    expect(changesOf("RNTO")).toHaveLength(1);
    expect(await told("pull.finished")).toBe(1);
  });

  test.each(moments)("put to sleep %s, it wakes up and harms nothing", { timeout: 120_000 }, async (_, verb) => {
    const [second, ref] = await strikeAt(verb, (core) => process.kill(core.pid, "SIGSTOP"));
    const [first] = cores;
    if (!first) throw new Error("no core");
    expect(await whenEnded(() => second, "Rita", ref)).toMatchObject({ state: "done" });
    expectWhole(files);
    const [row] = await postgres.sql`select token, state, source_id, bytes_done from transfer`;
    await second.stop();
    cores.pop();
    process.kill(first.pid, "SIGCONT");
    // When it has brought another file, it has also found out that the old one is not its own any more.
    writeTree(source.root, { "Media/later.bin": Buffer.from("later") });
    await first.api.catalog.reindex(owner, { server: "source" });
    await indexed(first, 2);
    const { items } = await first.api.catalog.browse(reader, { where: "Media" });
    const later = items.find((item) => item.name === "later.bin")?.ref ?? "";
    const again = await first.api.transfers.pull(reader, { what: [later], requestId: "the later one" });
    expect(await whenEnded(() => first, "Rita", again.pull.ref)).toMatchObject({ state: "done" });
    await until(async () => ((await postgres.sql`select from leftover`).length === 0 ? true : undefined));
    expectWhole({ ...files, "Media/later.bin": Buffer.from("later") });
    // A part that it had begun anew is removed; nothing is before the file has its name.
    const named = inbox.changes.findIndex((change) => change.startsWith("RNTO "));
    const removals = inbox.changes.flatMap((change, index) => (change.startsWith("DELE ") ? [index] : []));
    expect(removals.filter((index) => index < named || verb !== "PORT")).toEqual([]);
    expect(arrived().filter((path) => path.includes(".part"))).toEqual([]);
    const [after] = await postgres.sql`select token, state, source_id, bytes_done from transfer order by id limit 1`;
    expect(after).toEqual(row);
    expect(await told("pull.finished")).toBe(2);
  });
});
