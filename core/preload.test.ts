// What the shortcut takes for granted holds for the release of drizzle-orm that is installed.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const folder = join(import.meta.dirname, "..", "node_modules", "drizzle-orm");
const modules = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".js"));

function namedBeside(module: string): string[] {
  const text = readFileSync(join(folder, module), "utf8");
  return [...text.matchAll(/\bfrom\s*"(\.{1,2}\/[^"]+)"/g)].map((match) => match[1] ?? "");
}

test("its modules are all of one kind, and name those beside them by their files", () => {
  expect(JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))).toMatchObject({ type: "module" });
  const named = modules.flatMap((module) => namedBeside(module).map((name) => join(dirname(module), name)));
  expect(named.length).toBeGreaterThan(1_000);
  expect([...new Set(named)].filter((name) => !name.endsWith(".js") || !existsSync(join(folder, name)))).toEqual([]);
  const inner = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith("/package.json"),
  );
  expect(inner).toEqual([]);
});
