import { expect, test } from "vitest";
import { needsMlstOptions, readFeatures, readSoftware } from "./features.ts";

const feat = (...lines: string[]) => ({ code: 211, text: ["211-Features:", ...lines, "211 End"].join("\n") });

test.each([
  ["220 (vsFTPd 3.0.3)", "vsftpd"],
  ["220 ProFTPD Server (Debian) [127.0.0.1]", "proftpd"],
  ["220---------- Welcome to Pure-FTPd [privsep] [TLS] ----------", "pure-ftpd"],
  ["220 pyftpdlib 1.5.7 ready.", "pyftpdlib"],
  ["220-FileZilla Server 1.8.1", "filezilla"],
  ["220 Microsoft FTP Service", "unknown"],
])("%s is %s", (banner, software) => {
  expect(readSoftware([banner])).toBe(software);
});

test("FEAT as the daemons write it", () => {
  const features = readFeatures(
    "unknown",
    feat(
      " EPSV",
      " MLST modify*;size*;type*;",
      " REST STREAM",
      " sscn",
      " CPSV",
      " AVBL",
      " HASH SHA-256*;MD5",
      " XSHA256",
    ),
  );
  expect(features).toMatchObject({
    mlst: true,
    rest: true,
    epsv: true,
    sscn: true,
    cpsv: true,
    avbl: true,
    size: false,
    hashes: ["HASH", "XSHA256"],
  });
  expect(readFeatures("unknown", { code: 211, text: "211-Features:\n211-SIZE\n211-MDTM\n211 End" })).toMatchObject({
    size: true,
    mdtm: true,
  });
});

test("without FEAT only SIZE and MDTM are tried", () => {
  expect(readFeatures("unknown", { code: 500, text: "500 Unknown command." })).toMatchObject({
    size: true,
    mdtm: true,
    mlst: false,
    epsv: false,
    rest: false,
  });
});

test("MLST facts that are off by default are asked for", () => {
  expect(needsMlstOptions(feat(" MLST Type*;Size*;Modify*;Perm;"))).toBe(false);
  expect(needsMlstOptions(feat(" MLST Type*;Size;Modify*;"))).toBe(true);
  expect(needsMlstOptions(feat(" SIZE"))).toBe(false);
});
