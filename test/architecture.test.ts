// The borders of ARCHITECTURE.md, held against every import of the tree.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { describe, expect, test } from "vitest";
import { lockFamilies, locks } from "../core/platform/locks.ts";

const root = resolve(import.meta.dirname, "..");
const features = ["people", "messages", "groups", "servers", "shares", "catalog", "transfers", "announcements"];

interface Import {
  from: string;
  to: string;
}

/** Tests and what only they use. */
const isTest = (path: string) => /\.test\.ts$|\/(fixtures|fake-[a-z-]+|hostile-text)(\.ts$|\/)/.test(path);
const rooms = ["contract", "core", "bot", "demo"];
const files = rooms.flatMap(sourcesBelow).filter((path) => !isTest(path));
const imports = files.flatMap(importsOf);

function sourcesBelow(folder: string): string[] {
  const found = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return found.filter((name) => name.endsWith(".ts")).map((name) => join(folder, name).split(sep).join("/"));
}

/** Every static, type and dynamic import of a file; relative ones as paths from the root. */
function importsOf(from: string): Import[] {
  const text = readFileSync(join(root, from), "utf8");
  const found = text.matchAll(
    /(?:^|\n)(?:import|export)\b[^;'"=(]*?\bfrom\s+["']([^"']+)["']|(?:^|\n)import\s+["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/g,
  );
  return [...found].map((match) => ({ from, to: locate(from, match[1] ?? match[2] ?? match[3] ?? "") }));
}

function locate(from: string, specifier: string): string {
  if (!specifier.startsWith(".")) return specifier;
  return relative(root, resolve(root, dirname(from), specifier))
    .split(sep)
    .join("/");
}

function offending(isWrong: (edge: Import) => boolean): string[] {
  return imports.filter((edge) => isWrong(edge)).map((edge) => `${edge.from} → ${edge.to}`);
}

const isIn = (path: string, folder: string) => path.startsWith(`${folder}/`);
const featureOf = (path: string) => features.find((name) => isIn(path, `core/${name}`));

describe("borders", () => {
  test("the scan of imports sees something", () => {
    expect(imports.length).toBeGreaterThan(200);
  });

  test("a bot knows the contract only, and the core no bot", () => {
    expect(offending((e) => isIn(e.from, "bot") && (isIn(e.to, "core") || isIn(e.to, "demo")))).toEqual([]);
    expect(offending((e) => isIn(e.from, "core") && (isIn(e.to, "bot") || isIn(e.to, "demo")))).toEqual([]);
  });

  test("the contract imports zod only", () => {
    expect(offending((e) => isIn(e.from, "contract") && e.to !== "zod" && !isIn(e.to, "contract"))).toEqual([]);
  });

  test("a feature uses those on its left only, through their index", () => {
    const wrong = offending(({ from, to }) => {
      const user = featureOf(from);
      const used = featureOf(to);
      if (!user || !used || user === used) return false;
      return features.indexOf(used) > features.indexOf(user) || to !== `core/${used}/index.ts`;
    });
    expect(wrong).toEqual([]);
  });

  test("the demo knows how a core is started, and nothing else of it", () => {
    const wrong = (e: Import) => isIn(e.from, "demo") && isIn(e.to, "core") && e.to !== "core/process.ts";
    expect(offending(wrong)).toEqual([]);
  });

  test("only servers/ and the composition root know the vault", () => {
    const mayOpen = (path: string) => ["core/servers", "core/vault"].some((room) => isIn(path, room));
    const isRoot = (path: string) => path === "core/compose.ts" || path === "core/main.ts";
    expect(offending((e) => isIn(e.to, "core/vault") && !mayOpen(e.from) && !isRoot(e.from))).toEqual([]);
  });

  test("ftp/ is protocol only", () => {
    const allowed = ["core/ftp", "core/platform"];
    const wrong = (e: Import) =>
      isIn(e.from, "core/ftp") && isIn(e.to, "core") && !allowed.some((room) => isIn(e.to, room));
    expect(offending(wrong)).toEqual([]);
  });

  test.each([
    ["basic-ftp", /^core\/ftp\//],
    ["postgres", /^core\/platform\//],
    ["bree", /^core\/jobs\//],
    ["fastify", /^core\/(api|web)\//],
    ["ghtml", /^core\/web\//],
    ["discord.js", /^bot\/discord\//],
    ["telegraf", /^bot\/telegram\//],
  ])("only its own room imports %s", (library, room) => {
    expect(offending((e) => e.to === library && !room.test(e.from))).toEqual([]);
  });

  test("tables are touched by stores only", () => {
    const mayTouch = /^core\/(schema|platform|jobs)\/|\/store(\/[^/]+)?\.ts$|\/store\/|^core\/api\//;
    expect(offending((e) => isIn(e.to, "core/schema") && !mayTouch.test(e.from))).toEqual([]);
  });
});

describe("advisory locks", () => {
  test.each([
    ["of one key", locks],
    ["of two keys", lockFamilies],
  ])("%s have a number each", (_, table) => {
    const numbers = Object.values(table);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  test("are taken by their names in core/platform/locks.ts, and nowhere by number", () => {
    const named = /pg_advisory_(un)?lock\(\$\{locks\.\w+\}\)/g;
    const takes = (path: string) =>
      readFileSync(join(root, path), "utf8").replace(named, "").toLowerCase().includes("advisory_");
    expect(files.filter((path) => takes(path))).toEqual(["core/platform/locks.ts"]);
  });
});

describe("files", () => {
  test("stay under 400 lines", () => {
    const lines = (path: string) => readFileSync(join(root, path), "utf8").split("\n").length;
    const long = files.filter((path) => !/\/words\//.test(path) && lines(path) > 400);
    expect(long).toEqual([]);
  });

  test("say in their first line what they are for", () => {
    const silent = files.filter((path) => !/^(#!.*\n)?\/[/*]/.test(readFileSync(join(root, path), "utf8")));
    expect(silent).toEqual([]);
  });

  test("carry no vague names", () => {
    expect(files.filter((path) => /(^|[/-])(utils?|helpers?|common|managers?|services?)(\.|-|\/)/.test(path))).toEqual(
      [],
    );
  });
});
