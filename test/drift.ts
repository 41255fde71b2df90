// Fails when core/schema says something that migrations/ does not: `npm run db:drift`.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

const copy = mkdtempSync(join(tmpdir(), "fonshare-drift-"));
try {
  cpSync("migrations", copy, { recursive: true });
  const before = readdirSync(copy).length;
  const options = [
    "--dialect",
    "postgresql",
    "--schema",
    "./core/schema/index.ts",
    "--out",
    // drizzle-kit takes every path for one below the working directory, and ends well when it does not find it.
    relative(process.cwd(), copy),
    "--casing",
    "snake_case",
  ];
  const run = spawnSync("drizzle-kit", ["generate", ...options], { encoding: "utf8" });
  const hasCompared = /No schema changes|SQL migration file/.test(run.stdout);
  if (run.status !== 0 || !hasCompared) throw new Error(`drizzle-kit failed: ${run.stderr || run.stdout}`);
  const drifted = readdirSync(copy).length !== before;
  process.stdout.write(drifted ? "core/schema and migrations/ differ: run `npm run db:generate`.\n" : "No drift.\n");
  process.exitCode = drifted ? 1 : 0;
} finally {
  rmSync(copy, { recursive: true, force: true });
}
