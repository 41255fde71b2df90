import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Override } from "../../demo/ftp-server/ftp-server.ts";
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
      freshData: "unknown",
      passive: "reachable",
      shareExists: true,
      inboxExists: true,
      canWriteInbox: true,
      canRestartStore: true,
      advice: [],
    });
    expect(await readdir(root, { recursive: true })).toEqual(["in"]);
  });

  test("FXP refused, inbox missing, share missing", async () => {
    const { target } = await bench.start({ allowForeign: false, banner: "220 (vsFTPd 3.0.3)" });
    const found = await probe(deps(), target, { share: "/none", inbox: "/in" });
    expect(found).toMatchObject({ fxpActive: "refused", shareExists: false, inboxExists: false, canWriteInbox: false });
    const lines = found.advice.map(({ line }) => line);
    expect(lines).toEqual(expect.arrayContaining(["port_promiscuous=YES", "pasv_promiscuous=YES", "ssl_enable=YES"]));
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
    const { advice } = await probe(deps(), target, { share: "/" });
    expect(advice.map(({ why }) => why)).toEqual(["protected-data", "listing-limit"]);
  });

  test.each([
    ["REST", "502 Not implemented"],
    ["STOR", "451 Append/Restart not permitted, try again"],
  ])("an upload that cannot be gone on with: %s answered with %s", async (verb, answer) => {
    let isRestart = false;
    const { target, root } = await bench.start({
      banner: "220 ProFTPD Server",
      override: (command) => {
        if (command.verb === "PORT") return "200 ok";
        if (command.verb === "REST") isRestart = true;
        return isRestart && command.verb === verb ? answer : undefined;
      },
    });
    const found = await probe(deps(), target, { inbox: "/" });
    expect(found).toMatchObject({ canWriteInbox: true, canRestartStore: false });
    expect(found.advice.map(({ line }) => line)).toContain("AllowStoreRestart on");
    expect(await readdir(root)).toEqual([]);
  });

  describe("a file of the probe's", () => {
    const traced = () => {
      const told: string[] = [];
      const note = (word: string) => async () => void told.push(word);
      return { told, trace: { id: "7", expect: note("expect"), forget: note("forget") } };
    };

    test("is written down before it is made and forgotten once it is gone", async () => {
      const { told, trace } = traced();
      const { target, root } = await bench.start({
        override: ({ verb }) => (/STOR|DELE/.test(verb) ? { before: () => told.push(verb) } : undefined),
      });
      await probe({ ...deps(), trace }, target, { inbox: "/" });
      expect(told).toEqual(["expect", "STOR", "STOR", "DELE", "forget"]);
      expect(await readdir(root)).toEqual([]);
    });

    test("is removed over another session when the first is cut off, and stays written down", async () => {
      const { told, trace } = traced();
      let isCut = false;
      const cutsOff: Override = ({ verb, session }) => {
        if (verb !== "STOR" || isCut) return undefined;
        isCut = true;
        const replies = (text: string) => (text.startsWith("1") ? text : void session.dropControl());
        return { replies };
      };
      const { target, root } = await bench.start({ override: cutsOff });
      await expect(probe({ ...deps(), trace }, target, { inbox: "/" })).rejects.toThrow();
      expect(told).toEqual(["expect"]);
      expect(await readdir(root)).toEqual([]);
    });

    test("that the server does not give up stays written down", async () => {
      const { told, trace } = traced();
      const { target, root } = await bench.start({ override: on("DELE", "550 Not now.") });
      await probe({ ...deps(), trace }, target, { inbox: "/" });
      expect(told).toEqual(["expect"]);
      expect(await readdir(root)).toEqual([".fonshare-probe-7.part"]);
    });
  });

  test("an inbox that takes folders and no files", async () => {
    const { target, root } = await bench.start({ override: on("STOR", "553 Could not create file.") });
    expect((await probe(deps(), target, { inbox: "/" })).canWriteInbox).toBe(false);
    expect(await readdir(root)).toEqual([]);
  });

  test.each([
    ["a shut port", "229 Entering Extended Passive Mode (|||1025|)", "EPSV"],
    ["another's address", "227 Entering Passive Mode (8,8,8,8,164,16)", "PASV"],
  ])("data ports that cannot be reached: %s", async (_, answer, verb) => {
    const { target, root } = await bench.start({
      banner: "220 (vsFTPd 3.0.3)",
      features: verb === "PASV" ? { without: ["EPSV"] } : {},
      override: on(verb, answer),
    });
    await mkdir(join(root, "in"));
    const found = await probe(deps(), target, { share: "/", inbox: "/in" });
    expect(found).toMatchObject({ passive: "unreachable", shareExists: true, canWriteInbox: true });
    expect(found.advice.map(({ line }) => line)).toContain("pasv_min_port=50000");
    expect(await readdir(join(root, "in"))).toEqual([]);
  });

  test("free space, where the server tells it", async () => {
    const { target } = await bench.start({ override: on("AVBL", "213 12345") });
    expect((await probe(deps(), target, { inbox: "/" })).freeBytes).toBe(12_345);
    const silent = await bench.start({ features: { without: ["AVBL"] } });
    expect(await probe(deps(), silent.target, { inbox: "/" })).not.toHaveProperty("freeBytes");
  });

  test("a certificate to be judged comes as the error that it is", async () => {
    const { target } = await bench.start({ tls: tls() });
    await expect(probe(deps(), target, {})).rejects.toMatchObject({ code: "server.certificate-unknown" });
  });
});
