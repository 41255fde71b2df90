// What a test found, as the page shows it: lines of one reason together, words where no line is known.
import { describe, expect, test } from "vitest";
import { languages } from "#contract";
import type { Advice, Findings } from "../ftp/index.ts";
import { adviceFor } from "../ftp/index.ts";
import type { Trial } from "../servers/index.ts";
import { renderReport } from "./outcome.ts";
import { words } from "./words/index.ts";

const findings = (advice: Advice[]): Findings => ({
  tls: "pinned",
  certificate: { fingerprint: "ab".repeat(32), verified: false },
  features: {
    software: "vsftpd",
    mlst: true,
    size: true,
    mdtm: true,
    rest: true,
    epsv: true,
    sscn: false,
    cpsv: false,
    mfmt: true,
    hashes: [],
    utf8: true,
  },
  passive: "unreachable",
  fxpActive: "refused",
  clearData: "allowed",
  freshData: "refused",
  freeBytes: 12_300_000_000,
  advice,
});

const trial = (advice: Advice[]): Trial => ({ kind: "reached", findings: findings(advice) });
/** As a browser reads it. */
const decoded = (html: string) => html.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));

describe.each(languages)("the report in %s", (language) => {
  const say = words[language];

  test("puts the lines of one reason above it, once", () => {
    const html = renderReport(say, trial(adviceFor("vsftpd", ["passive-ports", "fxp-active"])), true);
    expect(html).not.toContain("<public address>");
    const page = decoded(html);
    expect(page).toMatch(/pasv_min_port=50000<\/code><\/dt><dt><code>pasv_max_port=50100/);
    expect(page.split(say.advice["passive-ports"].why)).toHaveLength(2);
  });

  test("says what to look for where no line is known", () => {
    for (const software of ["filezilla", "unknown"] as const) {
      const advice = adviceFor(software, ["fxp-active", "fxp-passive", "clear-data", "session-reuse", "rate"]);
      expect(advice.some(({ line }) => line === null)).toBe(true);
      for (const { why, line } of advice) expect(line ?? say.advice[why].look).toBeTruthy();
      expect(renderReport(say, trial(advice), true)).not.toContain("<dt></dt>");
    }
  });

  test("shows what it found, the free space too, and no fingerprint twice", () => {
    const page = decoded(renderReport(say, trial([]), true));
    expect(page).toContain(`${say.findings.space} (12.3 GB)`);
    for (const what of ["tls-server", "reuse-required", "passive-unreachable"] as const)
      expect(page).toContain(say.findings[what]);
    expect(page).not.toContain("abab");
  });
});
