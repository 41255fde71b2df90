// Command line of Pure-FTPd for tests: users from a puredb file, each in its own root.
import { execFile } from "node:child_process";
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cryptPassword, strangerId } from "./account.ts";
import { findPackaged, findProgram } from "./install.ts";
import { isAlive } from "./processes.ts";
import type { DaemonSetup, Launch } from "./types.ts";

const run = promisify(execFile);
const clientFolder = "/run/pure-ftpd";

export async function preparePureFtpd(setup: DaemonSetup): Promise<Launch> {
  const { host, port, tls, workFolder, maxClients, listingLimit, passive } = setup;
  const program = await findProgram("pure-ftpd");
  const purePw = await findPackaged("pure-ftpd", "pure-pw");
  if (!(program && purePw)) {
    throw new Error("Pure-FTPd is not installed");
  }
  const database = await writeUsers(setup, purePw);
  const rateKb = Math.max(1, Math.round((setup.rateBytesPerS ?? 0) / 1024));
  const args = [
    ["-S", `${host},${port}`],
    ["-l", `puredb:${database}`],
    ["-g", join(workFolder, "pure-ftpd.pid")],
    ["-c", String(maxClients)],
    ["-C", String(maxClients)],
    // Chroot for everyone, nobody anonymous, no name lookups, uids from 1.
    ["-A", "-E", "-H", "-u", "1"],
    ["-U", "133:022"],
    setup.fxp ? ["-w"] : [],
    setup.rateBytesPerS ? ["-T", `${rateKb}:${rateKb}`] : [],
    passive ? ["-p", `${passive.from}:${passive.to}`] : [],
    passive?.address ? ["-P", passive.address] : [],
    listingLimit ? ["-L", `${listingLimit.entries}:${listingLimit.depth}`] : [],
    tls ? ["-Y", tls.dataRequired ? "3" : "2", "-2", setup.pemFile] : [],
  ];
  return { command: program, args: args.flat(), sweep: removeDeadClients };
}

/** A killed session leaves its entry of the list that pure-ftpwho shows; the name ends in its pid. */
async function removeDeadClients(): Promise<void> {
  const names = await readdir(clientFolder).catch(() => []);
  const dead = names.filter((name) => name.startsWith("client-") && !isAlive(Number(name.slice("client-".length))));
  await Promise.all(dead.map((name) => rm(join(clientFolder, name), { force: true })));
}

/** Hashes are written by hand: those of pure-pw (Argon2) cost seconds of CPU at every login. */
async function writeUsers({ users, account, workFolder }: DaemonSetup, purePw: string): Promise<string> {
  const lines = await Promise.all(
    users.map(async (user) => {
      // There is no switch for reading only: such a user is somebody who may not write there.
      const [uid, gid] = user.readOnly ? [strangerId, strangerId] : [account.uid, account.gid];
      const hash = await cryptPassword(user.password);
      return `${user.username}:${hash}:${uid}:${gid}::${user.folder}/./::::::::::::`;
    }),
  );
  const text = join(workFolder, "users");
  const database = join(workFolder, "users.pdb");
  await writeFile(text, `${lines.join("\n")}\n`, { mode: 0o600 });
  await run(purePw, ["mkdb", database, "-f", text]);
  return database;
}
