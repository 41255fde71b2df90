import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { adviceFor } from "./advice.ts";
import { connectorFor, createBench, makeCertificate, on } from "./fixtures.ts";
import { probe } from "./probe.ts";

const bench = createBench();
const deps = () => ({ connector: connectorFor(), randomId: () => "test" });
let certificate: Awaited<ReturnType<typeof makeCertificate>>;

beforeAll(async () => {
  certificate = await makeCertificate();
});
afterEach(() => bench.clear());

const tls = (requiredForData = false) => ({
  key: certificate.key,
  cert: certificate.cert,
  mode: "explicit" as const,
  requiredForData,
});

describe("probing", () => {
  test("a plain server that allows everything; nothing is left behind", async () => {
    const { target, root } = await bench.start({ override: on("PORT", "200 PORT command successful.") });
    await mkdir(join(root, "in"));
    const found = await probe(deps(), target, { share: "/", inbox: "/in" });
    expect(found).toMatchObject({
      tls: "none",
      fxpActive: "allowed",
      clearData: "allowed",
      shareExists: true,
      inboxExists: true,
      canWriteInbox: true,
      advice: [],
    });
    expect(await readdir(root, { recursive: true })).toEqual(["in"]);
  });

  test("FXP refused, inbox missing, share missing", async () => {
    const { target } = await bench.start({ allowForeign: false, banner: "220 (vsFTPd 3.0.3)" });
    const found = await probe(deps(), target, { share: "/none", inbox: "/in" });
    expect(found).toMatchObject({ fxpActive: "refused", shareExists: false, inboxExists: false, canWriteInbox: false });
    expect(found.advice.map(({ line }) => line)).toEqual(["port_promiscuous=YES", "pasv_promiscuous=YES"]);
  });

  test("TLS data required", async () => {
    const { target } = await bench.start({
      tls: tls(true),
      banner: "220 ProFTPD Server",
      override: on("PORT", "200 ok"),
    });
    const found = await probe(deps(), { ...target, fingerprint: certificate.fingerprint }, {});
    expect(found).toMatchObject({
      tls: "pinned",
      certificate: { fingerprint: certificate.fingerprint, verified: false },
      clearData: "refused",
    });
    expect(found.advice.map(({ line }) => line)).toContain("TLSRequired ctrl");
  });

  test.each([
    ["522 Data connections must be encrypted.", "refused"],
    ["521 Data connection cannot be opened with this PROT setting.", "refused"],
    ["550 Failed to open file.", "allowed"],
    ["500 What?", "unknown"],
  ])("RETR in clear answered with %s", async (text, clearData) => {
    const { target } = await bench.start({
      tls: tls(),
      override: ({ verb }) => (verb === "RETR" ? text : verb === "PORT" ? "200 ok" : undefined),
    });
    const found = await probe(deps(), { ...target, fingerprint: certificate.fingerprint }, {});
    expect(found.clearData).toBe(clearData);
  });

  test.each([
    ["501 Rejected data connection to foreign address 192.0.2.1:40000.", "refused"],
    ["425 Can't connect to specified address.", "allowed"],
    ["421 Goodbye", "unknown"],
  ])("PORT answered with %s", async (text, fxpActive) => {
    const { target } = await bench.start({ override: on("PORT", text) });
    expect((await probe(deps(), target, {})).fxpActive).toBe(fxpActive);
  });

  test("a server that thinks about PORT for long is connecting already, if it is pyftpdlib", async () => {
    const clock = { now: () => new Date(), monotonicMs: () => 0, wait: async () => undefined };
    for (const [banner, fxpActive] of [
      ["220 pyftpdlib 1.5.7 ready.", "allowed"],
      ["220 hello", "unknown"],
    ] as const) {
      const { target } = await bench.start({ banner, override: on("PORT", "") });
      expect((await probe({ ...deps(), clock }, target, {})).fxpActive).toBe(fxpActive);
    }
  });

  test("the second login is the one that writes", async () => {
    const { target, root } = await bench.start({ override: on("PORT", "200 ok") });
    const readOnly = await bench.start({
      override: on("PORT", "200 ok"),
      users: [{ username: "anna", password: "correct-horse", root, readOnly: true }],
    });
    await writeFile(join(root, "x"), "1");
    expect((await probe(deps(), readOnly.target, { inbox: "/" })).canWriteInbox).toBe(false);
    expect((await probe(deps(), readOnly.target, { inbox: "/", write: target })).canWriteInbox).toBe(true);
  });

  test("a cut listing gives the line against it", async () => {
    const { target } = await bench.start({
      banner: "220 Welcome to Pure-FTPd",
      override: ({ verb }) =>
        verb === "PORT"
          ? "200 ok"
          : verb === "MLSD"
            ? { replies: (text) => text.replace(/^226.*/, "226 Output truncated to 10000 matches") }
            : undefined,
    });
    expect((await probe(deps(), target, { share: "/" })).advice).toMatchObject([{ why: "listing-limit" }]);
  });

  test("a certificate to be judged comes as the error that it is", async () => {
    const { target } = await bench.start({ tls: tls() });
    await expect(probe(deps(), target, {})).rejects.toMatchObject({ code: "server.certificate-unknown" });
  });
});

test("advice names each line once, and none for an unknown server", () => {
  expect(adviceFor("proftpd", ["fxp-active", "fxp-passive"]).map(({ line }) => line)).toEqual([
    "AllowForeignAddress on",
  ]);
  expect(adviceFor("unknown", ["fxp-active"])).toEqual([]);
  for (const { risk } of adviceFor("vsftpd", ["fxp-active", "clear-data", "session-reuse"])) expect(risk).not.toBe("");
});
