import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { adviceFor } from "./advice.ts";
import type { Advice, Software } from "./types.ts";

const all: readonly Software[] = ["vsftpd", "proftpd", "pure-ftpd", "pyftpdlib", "filezilla", "unknown"];
const whys: readonly Advice["why"][] = [
  ...(["fxp-active", "fxp-passive", "passive-ports", "clear-data", "protected-data", "session-reuse"] as const),
  ...(["tls-version", "peer-certificate", "resume", "listing-limit", "hashes", "rate", "no-setting"] as const),
];

test("names each line once, fills in a speed, and says where it knows no line", () => {
  expect(adviceFor("proftpd", ["fxp-active", "fxp-passive"]).map(({ line }) => line)).toEqual([
    "AllowForeignAddress on",
  ]);
  expect(adviceFor("unknown", ["fxp-active", "hashes"])).toEqual([
    { software: "unknown", line: null, why: "fxp-active" },
  ]);
  const filezilla = adviceFor("filezilla", ["fxp-active", "fxp-passive", "clear-data"]);
  expect(filezilla.map(({ why }) => why)).toEqual(["no-setting"]);
  const rates = (["vsftpd", "proftpd", "pure-ftpd"] as const).map(
    (software) => adviceFor(software, ["rate"], 2_048_000)[0]?.line,
  );
  expect(rates).toEqual([
    "local_max_rate=2048000",
    "TransferRate RETR,STOR 2000",
    "-T 2000 (Debian: echo 2000 > /etc/pure-ftpd/conf/UserBandwidth)",
  ]);
});

test("every line stands in the page for owners", async () => {
  const page = await readFile(new URL("../../docs/doctor.md", import.meta.url), "utf8");
  const lines = all.flatMap((software) => adviceFor(software, whys).flatMap(({ line }) => line ?? []));
  expect(lines.length).toBeGreaterThan(30);
  expect(lines.filter((line) => !page.includes(`\`${line}\``))).toEqual([]);
});
