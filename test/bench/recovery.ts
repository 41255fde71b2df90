// How long after a kill -9 the work goes on: of the core in the middle of a pull, of its database, of the bot. The real
// processes on a fresh folder, two servers of the demo, restarted at once as `npm start` does. It judges nothing.
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openChat } from "../../demo/chat.ts";
import { consoleContext } from "../../demo/core-process.ts";
import type { FtpServer } from "../../demo/ftp-server/ftp-server.ts";
import { createFtpServer } from "../../demo/ftp-server/ftp-server.ts";
import type { Installation } from "../e2e/installation.ts";
import { createInstallation, enrol, until, writeTree } from "../e2e/installation.ts";

export interface Recovery {
  /** Milliseconds from the kill until the next file that began after it has arrived. */
  coreMs: number[];
  databaseMs: number[];
  /** Milliseconds from the kill until what happened meanwhile was told. */
  botMs: number[];
}

const files = 60;
const fileBytes = 90_000;
const owner = consoleContext("Olga");
const reader = consoleContext("Rita");
/** Files under way at the kill may still get their names: so many that arrive afterwards are not counted. */
const underWay = 2;

export async function measureRecovery(rounds = 3): Promise<Recovery> {
  const folder = mkdtempSync(join(tmpdir(), "fonshare-recovery-"));
  const home = await openHomes(folder, rounds);
  const installation = await createInstallation();
  try {
    await introduce(installation, home, 2 * rounds * files);
    installation.keepCore();
    const recovery: Recovery = { coreMs: [], databaseMs: [], botMs: [] };
    for (let round = 0; round < rounds; round += 1) {
      recovery.coreMs.push(await inPull(installation, home, `core ${round}`, () => installation.restartCore()));
      const databaseMs = await inPull(installation, home, `database ${round}`, async () => {
        process.kill(databasePid(installation.dataFolder), "SIGKILL");
      });
      recovery.databaseMs.push(databaseMs);
      recovery.botMs.push(await ofBot(installation, `Guest${round}`));
    }
    return recovery;
  } finally {
    await installation.stop();
    await home.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Homes {
  source: Address;
  destination: Address;
  /** Resolves when so many more files have got their final names. */
  afterFiles(count: number): Promise<void>;
  close(): Promise<void>;
}

interface Address {
  host: string;
  port: number;
  username: string;
  password: string;
  fingerprint: undefined;
}

async function openHomes(folder: string, rounds: number): Promise<Homes> {
  const content = randomBytes(fileBytes);
  for (const kind of ["core", "database"]) {
    for (let round = 0; round < rounds; round += 1) {
      const names = Array.from({ length: files }, (_, index) => `Media/${kind} ${round}/file ${index}.bin`);
      writeTree(join(folder, "source"), Object.fromEntries(names.map((name) => [name, content])));
    }
  }
  writeTree(join(folder, "destination"), { "Inbox/.keep": Buffer.alloc(0) });
  const waiting: { left: number; done: () => void }[] = [];
  const arrived = () => {
    for (const one of waiting) {
      one.left -= 1;
      if (one.left === 0) one.done();
    }
  };
  const servers: FtpServer[] = [];
  const open = async (name: string, address: string): Promise<Address> => {
    const account = { username: "someone", password: "measured", fingerprint: undefined };
    const server = createFtpServer({
      address,
      users: [{ ...account, root: join(folder, name) }],
      rateBytesPerS: 600_000,
      override: ({ verb }) => (verb === "RNTO" ? { after: arrived } : undefined),
    });
    servers.push(server);
    return { ...(await server.listen()), ...account };
  };
  return {
    source: await open("source", "127.77.0.1"),
    destination: await open("destination", "127.77.0.2"),
    afterFiles: (count) => new Promise<void>((done) => waiting.push({ left: count, done })),
    async close() {
      for (const server of servers) await server.close();
    },
  };
}

async function introduce({ core }: Installation, home: Homes, expected: number): Promise<void> {
  await core.api.groups.create(owner, { name: "Recovery" });
  await core.api.groups.join(reader, {});
  await enrol(core, { owner: "Olga", label: "source", daemon: home.source, sharePath: "/Media" });
  const inbox = { sharePath: "/Inbox", inboxPath: "/Inbox" };
  await enrol(core, { owner: "Rita", label: "home", daemon: home.destination, ...inbox });
  await core.api.shares.add(owner, { path: "", name: "Media" });
  await until(async () => {
    const { shares } = await core.api.shares.list(reader, {});
    return shares[0]?.files === expected ? true : undefined;
  });
}

async function inPull(
  installation: Installation,
  home: Homes,
  name: string,
  strike: () => Promise<void>,
): Promise<number> {
  const { api } = installation.core;
  const found = await api.catalog.browse(reader, { where: "Media" });
  const ref = found.items.find((item) => item.name === name)?.ref ?? "";
  const moving = home.afterFiles(10);
  const { pull } = await api.transfers.pull(reader, { what: [ref], requestId: `recovery ${name}` });
  await moving;
  const struckAtMs = performance.now();
  const again = home.afterFiles(underWay + 1);
  await strike();
  await again;
  const elapsedMs = Math.round(performance.now() - struckAtMs);
  await until(async () => {
    const seen = await installation.core.api.transfers.show(reader, { pull: pull.ref }).catch(() => undefined);
    return seen?.pull.state === "done" ? true : undefined;
  });
  return elapsedMs;
}

async function ofBot({ core }: Installation, guest: string): Promise<number> {
  const open = () => openChat(core.apiAddress, "Rita", () => {});
  const first = open();
  await first.say("/group", /Recovery/);
  const struckAtMs = performance.now();
  await first.kill();
  await core.api.groups.join(consoleContext(guest), {});
  const next = open();
  await next.hear(new RegExp(guest));
  const elapsedMs = Math.round(performance.now() - struckAtMs);
  await next.stop();
  return elapsedMs;
}

function databasePid(dataFolder: string): number {
  const paths = readdirSync(dataFolder, { recursive: true, encoding: "utf8" });
  const pidFile = paths.find((path) => path.endsWith("postmaster.pid")) ?? "";
  return Number(readFileSync(join(dataFolder, pidFile), "utf8").split("\n")[0]);
}
