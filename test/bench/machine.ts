// What a figure depends on: the machine, and the versions of the programs that were measured. Looks only, starts nothing.
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem } from "node:os";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { findBinaries } from "../../core/platform/postgres/binaries.ts";
import { findPackaged, findProgram } from "../daemons/install.ts";
import type { DaemonKind } from "../daemons/types.ts";
import { daemonKinds } from "../daemons/types.ts";
import { peerNames, peerVersion } from "./peers/index.ts";

const run = promisify(execFile);

export interface Machine {
  processor: string;
  cores: number;
  memoryBytes: number;
  kernel: string;
  system: string;
  /** Processes that wanted to run in the minute before: a busy machine shows. */
  loadBefore: number;
}

export function readMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    kernel: release(),
    system: systemName(),
    loadBefore: loadavg()[0] ?? 0,
  };
}

function systemName(): string {
  try {
    return /^PRETTY_NAME="?(.*?)"?$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? process.platform;
  } catch {
    return process.platform;
  }
}

/** By name; what is not there is left out. */
export async function readVersions(): Promise<Record<string, string>> {
  const daemons = await Promise.all(daemonKinds.map(async (kind) => [kind, await daemonVersion(kind)] as const));
  const peers = await Promise.all(
    peerNames.filter((name) => !name.includes(".")).map(async (name) => [name, await peerVersion(name)] as const),
  );
  const all: (readonly [string, string | undefined])[] = [
    ["Node", process.versions.node],
    ["PostgreSQL (embedded)", await postgresVersion()],
    ["PostgreSQL (system)", systemPostgres()],
    ...daemons,
    ...peers,
    ["SQLite", process.versions["sqlite"]],
  ];
  return Object.fromEntries(all.flatMap(([name, version]) => (version === undefined ? [] : [[name, version]])));
}

async function postgresVersion(): Promise<string | undefined> {
  try {
    const { stdout } = await run((await findBinaries()).postgres, ["--version"]);
    return /\d[\w.]*/.exec(stdout)?.[0];
  } catch {
    return undefined;
  }
}

function systemPostgres(): string | undefined {
  try {
    return readdirSync("/usr/lib/postgresql").toSorted().at(-1);
  } catch {
    return undefined;
  }
}

const packageOf: Record<DaemonKind, string> = {
  vsftpd: "vsftpd",
  proftpd: "proftpd-core",
  "pure-ftpd": "pure-ftpd",
  pyftpdlib: "python3-pyftpdlib",
};

/** As its Debian package tells it: not every daemon has a command that does. */
async function daemonVersion(kind: DaemonKind): Promise<string | undefined> {
  if (!(await findProgram(kind))) return undefined;
  for (const name of ["changelog.Debian.gz", "changelog.Debian.amd64.gz", "changelog.gz"]) {
    const file =
      kind === "pyftpdlib"
        ? `/usr/share/doc/${packageOf[kind]}/${name}`
        : await findPackaged(kind, `${packageOf[kind]}/${name}`);
    const version = file && firstVersion(file);
    if (version) return version;
  }
  return "unknown";
}

function firstVersion(file: string): string | undefined {
  try {
    return /^[\w.+-]+ \((.+?)\)/.exec(gunzipSync(readFileSync(file)).toString("utf8"))?.[1];
  } catch {
    return undefined;
  }
}
