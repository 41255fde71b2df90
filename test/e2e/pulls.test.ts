// Every pair of real daemons pulls a file and a folder through the whole product, plain and with TLS control,
// and no byte of a file passes through the core.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { consoleContext } from "../../demo/core-process.ts";
import type { Daemon, DaemonKind } from "../daemons/index.ts";
import { daemonKinds, installDaemons, startDaemon } from "../daemons/index.ts";
import type { Installation } from "./installation.ts";
import { createInstallation, enrol, sha256Of, until, whenEnded, writeTree } from "./installation.ts";

const { available, missing } = await installDaemons();
const pairs = available.flatMap((source) => available.map((destination) => ({ source, destination })));

/** Without a daemon there is nothing to pair; the last test says so. */
const controls = available.length > 0 ? [{ tls: false }, { tls: true }] : [];

const bigBytes = 24 * 1024 * 1024;

/** What lies on the source of that kind; the names are unique, so that no pull is taken for a copy of another. */
function filesOf(kind: DaemonKind): Record<string, Buffer> {
  return {
    [`Media/${kind} big file.bin`]: randomBytes(bigBytes),
    [`Media/Été à ${kind}/01 – Señorita.flac`]: randomBytes(70_000),
    [`Media/Été à ${kind}/02 [live] & more; 'quoted'.flac`]: randomBytes(1),
    [`Media/Été à ${kind}/deep/er/empty.txt`]: Buffer.alloc(0),
    [`Media/Été à ${kind}/deep/notes ${kind}.txt`]: randomBytes(5000),
  };
}

describe.each(controls)("pulls between daemons, TLS control: $tls", ({ tls }) => {
  let installation: Installation;
  const sources = new Map<DaemonKind, Daemon>();
  const destinations = new Map<DaemonKind, Daemon>();
  const content = new Map<DaemonKind, Record<string, Buffer>>();
  const group = consoleContext("Olga");
  const reader = consoleContext("Rita");

  beforeAll(async () => {
    installation = await createInstallation();
    const { api } = installation.core;
    await api.groups.create(group, { name: "Pairs" });
    await api.groups.join(reader, {});
    for (const kind of available) await startBoth(kind);
    await until(async () => {
      const { shares } = await api.shares.list(reader, {});
      return shares.every((share) => share.files === 5) ? shares : undefined;
    });
  });

  afterAll(async () => {
    await installation?.stop();
    for (const daemon of [...sources.values(), ...destinations.values()]) await daemon.stop();
  });

  async function startBoth(kind: DaemonKind): Promise<void> {
    const source = await startDaemon(kind, { tls });
    const destination = await startDaemon(kind, { tls });
    sources.set(kind, source);
    destinations.set(kind, destination);
    const files = filesOf(kind);
    content.set(kind, files);
    writeTree(source.root, files);
    writeTree(destination.root, { "Inbox/.keep": Buffer.alloc(0) });
    await source.own();
    await destination.own();
    const { core } = installation;
    const page = await enrol(core, { owner: "Olga", label: `from ${kind}`, daemon: source, sharePath: "/Media" });
    expect(page.status, page.html).toBe(200);
    await enrol(core, {
      owner: "Rita",
      label: `to ${kind}`,
      daemon: destination,
      sharePath: "/Inbox",
      inboxPath: "/Inbox",
    });
    await core.api.shares.add(group, { server: `from ${kind}`, path: "", name: `from ${kind}` });
  }

  // A server that stays silent to a way takes the limit for opening, 20 s, before the next one is tried.
  test.for(pairs)("$source → $destination", { timeout: 180_000 }, async ({ source, destination }) => {
    const { api, pid } = installation.core;
    const to = `to ${destination}`;
    const before = bytesReadAndWritten(pid);
    const page = await api.catalog.browse(reader, { where: `from ${source}` });
    const started = await api.transfers.pull(reader, {
      what: page.items.map((item) => item.ref),
      to,
      requestId: `pull ${source} ${destination}`,
    });
    const pull = await whenEnded(() => installation.core, "Rita", started.pull.ref);
    expect(pull).toMatchObject({ state: "done", files: 5, filesDone: 5, filesFailed: 0, reason: null });
    for (const path of Object.keys(content.get(source) ?? {})) {
      const arrived = join(destinations.get(destination)?.root ?? "", "Inbox", path.replace(/^Media\//, ""));
      expect(sha256Of(arrived), path).toBe(sha256Of(join(sources.get(source)?.root ?? "", path)));
    }
    expect(bytesReadAndWritten(pid) - before).toBeLessThan(bigBytes / 4);
  });
});

test.skipIf(missing.length === 0)(
  `daemons that are left out: ${missing.map((m) => `${m.kind} (${m.how})`).join("; ") || "none"}`,
  () => expect(available.length).toBeLessThan(daemonKinds.length),
);

/** Every byte that the process read or wrote, sockets and pipes included (proc(5), io). */
function bytesReadAndWritten(pid: number): number {
  const io = readFileSync(`/proc/${pid}/io`, "utf8");
  const value = (name: string) => Number(new RegExp(`${name}: (\\d+)`).exec(io)?.[1]);
  return value("rchar") + value("wchar");
}
