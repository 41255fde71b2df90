// Fails when the registry knows a weakness of something that FonShare runs with: `npm run audit`. Without a network, or
// with a registry that has no audit, it says in one line that nothing was asked, and does not fail.
import { spawnSync } from "node:child_process";
import { stripVTControlCharacters } from "node:util";

export type Audit = { kind: "unasked"; why: string } | { kind: "asked"; findings: string[]; left: string[] };

/** Advisories that do not concern FonShare, each with the reason. Remove what the registry no longer tells. */
const accepted: Record<string, string> = {};

interface Via {
  url?: string;
  title?: string;
}
interface Report {
  auditReportVersion?: number;
  vulnerabilities?: Record<string, { severity?: string; range?: string; via?: (Via | string)[] }>;
  message?: string;
  error?: { summary?: string };
}

/** @param output what `npm audit --json` wrote */
export function readAudit(output: string, excused: Record<string, string> = accepted): Audit {
  const report = parse(output);
  if (report?.auditReportVersion === undefined) {
    const why = report?.message ?? report?.error?.summary ?? "no answer";
    return { kind: "unasked", why: stripVTControlCharacters(why).split("\n")[0]?.replace(/ - .*/, "") || "no answer" };
  }
  const findings = new Set<string>();
  const left = new Set<string>();
  for (const [name, { severity, range, via = [] }] of Object.entries(report.vulnerabilities ?? {})) {
    // A string names another finding that this one follows from.
    for (const one of via.filter((each) => typeof each !== "string")) {
      const reason = excused[one.url ?? ""];
      const line = `${name} ${range}: ${one.title} (${severity}, ${one.url})`;
      if (reason === undefined) findings.add(line);
      else left.add(`${line}: ${reason}`);
    }
  }
  return { kind: "asked", findings: [...findings], left: [...left] };
}

function parse(output: string): Report | undefined {
  try {
    return JSON.parse(output) as Report;
  } catch {
    return undefined;
  }
}

function main(): void {
  const words = ["audit", "--json", "--omit=dev", "--fetch-retries=0", "--fetch-timeout=20000"];
  const run = spawnSync("npm", words, { encoding: "utf8", timeout: 60_000 });
  const audit = readAudit(run.stdout ?? "");
  if (audit.kind === "unasked") {
    process.stdout.write(`The audit service cannot be asked (${audit.why}): known weaknesses were not looked for.\n`);
    return;
  }
  for (const line of audit.left) process.stdout.write(`accepted: ${line}\n`);
  for (const line of audit.findings) process.stdout.write(`${line}\n`);
  if (audit.findings.length === 0) process.stdout.write("No known weakness in what FonShare runs with.\n");
  process.exitCode = audit.findings.length === 0 ? 0 : 1;
}

if (import.meta.main) main();
