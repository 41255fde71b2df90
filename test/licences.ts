// Fails when something that FonShare runs with has a licence that does not go with AGPL-3.0-or-later: `npm run licences`.
// Reads package-lock.json, so it sees the packages of every operating system, and needs no network.
import { readFileSync } from "node:fs";

export interface LockedPackage {
  version?: string;
  license?: unknown;
  dev?: boolean;
  optional?: boolean;
  hasInstallScript?: boolean;
  resolved?: string;
  integrity?: string;
}

/** May be combined with a work under AGPL-3.0-or-later (the list of the FSF; BlueOak by the OSI's text). */
const fitting = new Set([
  ...["MIT", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "Unlicense", "CC0-1.0", "BlueOak-1.0.0"],
  ...["Zlib", "PostgreSQL", "MPL-2.0", "LGPL-3.0-or-later", "GPL-3.0-or-later", "AGPL-3.0-or-later"],
]);

/** What these packages say elsewhere than in the field that npm reads. */
const saidElsewhere: Record<string, string> = {
  "combine-errors": "MIT",
};

/** Paths of package-lock.json with what does not fit; development tools are nobody's business. */
export function findUnfitting(packages: Record<string, LockedPackage>): string[] {
  const used = Object.entries(packages).filter(([path, { dev }]) => path !== "" && dev !== true);
  return used.flatMap(([path, { license }]) => {
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    const said = readLicence(license) ?? saidElsewhere[name];
    if (said !== undefined && isFitting(said)) return [];
    return [`${name}: ${said ?? "says no licence"}`];
  });
}

function readLicence(field: unknown): string | undefined {
  if (typeof field === "string") return field;
  const { type } = (field ?? {}) as { type?: unknown };
  return typeof type === "string" ? type : undefined;
}

/** SPDX: of alternatives one has to fit, of what holds together all. */
function isFitting(expression: string): boolean {
  const parts = expression.replaceAll(/[()]/g, "").split(" OR ");
  return parts.some((part) => part.split(" AND ").every((one) => fitting.has(one.trim())));
}

export function readLock(): Record<string, LockedPackage> {
  const lock = readFileSync(new URL("../package-lock.json", import.meta.url), "utf8");
  return (JSON.parse(lock) as { packages: Record<string, LockedPackage> }).packages;
}

if (import.meta.main) {
  const wrong = findUnfitting(readLock());
  for (const line of wrong) process.stdout.write(`${line}\n`);
  process.stdout.write(
    wrong.length === 0 ? "All licences go with AGPL-3.0-or-later.\n" : "These do not go with AGPL-3.0-or-later.\n",
  );
  process.exitCode = wrong.length === 0 ? 0 : 1;
}
