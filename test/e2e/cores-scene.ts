// One stage for a test with several cores: a PostgreSQL, the cores on it, Olga's server and Rita's inbox. Each test has its
// own, so that tests that mostly wait for leases to end can wait at the same time.
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import type { CoreProcess } from "../../demo/core-process.ts";
import { consoleContext, startCore } from "../../demo/core-process.ts";
import type { FtpServer, FtpServerOptions } from "../../demo/ftp-server/ftp-server.ts";
import { createFtpServer } from "../../demo/ftp-server/ftp-server.ts";
import { enrol, until, writeTree } from "./installation.ts";
import type { OutsidePostgres } from "./outside-postgres.ts";
import { startOutsidePostgres } from "./outside-postgres.ts";

export const owner = consoleContext("Olga");
export const reader = consoleContext("Rita");
const user = { username: "u", password: "secret" };

export interface Personal {
  root: string;
  ftp: FtpServer;
  /** Commands that change something, with their arguments, oldest first. */
  changes: string[];
}

export type Files = Record<string, Buffer>;

export const album = (n: number): Files =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`Media/${i % 7}/${i}.bin`, randomBytes(20_000)]));

let lastHost = 1;

/** A personal FTP server on a loopback address of its own. */
async function startPersonal(folder: string, files: Files, options: Partial<FtpServerOptions> = {}) {
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

export type Scene = Awaited<ReturnType<typeof createScene>>;

export async function createScene() {
  const folder = mkdtempSync(join(tmpdir(), "fonshare-cores-"));
  const cores: CoreProcess[] = [];
  const postgres: OutsidePostgres = await startOutsidePostgres();
  const people: { source?: Personal; inbox?: Personal } = {};
  const personal = (which: "source" | "inbox"): Personal => {
    const one = people[which];
    if (!one) throw new Error("not set up yet");
    return one;
  };
  const inboxRoot = () => join(personal("inbox").root, "Inbox");

  const scene = {
    cores,
    sql: postgres.sql,
    get source() {
      return personal("source");
    },
    get inbox() {
      return personal("inbox");
    },
    async addCore(): Promise<CoreProcess> {
      const core = await startCore({
        dataFolder: mkdtempSync(join(folder, "core-")),
        env: { DATABASE_URL: postgres.url, FONSHARE_KEY_FILE: join(folder, "master.key") },
      });
      cores.push(core);
      return core;
    },
    /** Olga shares her server, Rita has an inbox; resolves when the first reading is over. */
    async setUp(
      core: CoreProcess,
      files: Files,
      options: { source?: Partial<FtpServerOptions>; inbox?: Partial<FtpServerOptions> } = {},
    ): Promise<void> {
      const olgas = await startPersonal(folder, files, options.source);
      const ritas = await startPersonal(folder, { "Inbox/.keep": Buffer.alloc(0) }, options.inbox);
      Object.assign(people, { source: olgas, inbox: ritas });
      await core.api.groups.create(owner, { name: "Cores" });
      await core.api.groups.join(reader, {});
      const from = { owner: "Olga", label: "source", daemon: olgas.daemon as never, sharePath: "/Media" };
      const inbox = { sharePath: "/Inbox", inboxPath: "/Inbox" };
      const to = { owner: "Rita", label: "home", daemon: ritas.daemon as never, ...inbox };
      expect((await enrol(core, from)).status).toBe(200);
      expect((await enrol(core, to)).status).toBe(200);
      ritas.changes.length = 0;
      await core.api.shares.add(owner, { server: "source", path: "", name: "Media" });
      await scene.indexed(core, Object.keys(files).length);
    },
    async indexed(core: CoreProcess, files: number): Promise<void> {
      await until(async () => {
        const { shares } = await core.api.shares.list(reader, {});
        return shares[0]?.files === files ? true : undefined;
      });
    },
    async pullAll(core: CoreProcess, requestId: string): Promise<string> {
      const { items } = await core.api.catalog.browse(reader, { where: "Media" });
      const { pull } = await core.api.transfers.pull(reader, { what: items.map((item) => item.ref), requestId });
      return pull.ref;
    },
    changesOf: (verb: string) => personal("inbox").changes.filter((change) => change.startsWith(`${verb} `)),
    arrived: () =>
      readdirSync(inboxRoot(), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name !== ".keep")
        .map((entry) => join(entry.parentPath, entry.name).slice(inboxRoot().length + 1))
        .sort(),
    expectWhole(files: Files): void {
      const names = Object.keys(files).map((path) => path.slice("Media/".length));
      expect(scene.arrived()).toEqual(names.sort());
      for (const [path, content] of Object.entries(files)) {
        const bytes = readFileSync(join(inboxRoot(), path.slice("Media/".length)));
        expect(bytes.equals(content), path).toBe(true);
      }
    },
    async told(kind: string): Promise<number> {
      return (await postgres.sql`select from outbox where telling->>'kind' = ${kind}`).length;
    },
    async end(): Promise<void> {
      for (const core of cores) process.kill(core.pid, "SIGCONT");
      await Promise.all(cores.map((core) => core.stop()));
      await people.source?.ftp.close();
      await people.inbox?.ftp.close();
      await postgres.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return scene;
}
