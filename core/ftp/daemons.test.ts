// The contract of a session, kept with each real daemon, plain and with TLS.
import { mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Daemon } from "../../test/daemons/index.ts";
import { daemonKinds, installDaemons, startDaemon } from "../../test/daemons/index.ts";
import { connectorFor, createBench, login } from "./fixtures.ts";
import { decodeName } from "./names.ts";
import { probe } from "./probe.ts";
import { sendAhead } from "./send-ahead.ts";
import type { Advice, Session } from "./types.ts";

const { missing } = await installDaemons();
const bench = createBench();
const targetOf = (daemon: Daemon) => login(daemon, daemon.fingerprint ? "tls" : "plain");
const at = new Date("2023-04-05T06:07:00Z");
const latin1Name = Buffer.from("l\xe4.txt", "latin1");
const names = [
  "plain.txt",
  "é 日本 😀.txt",
  " leading",
  "-dash",
  'q"uote',
  "semi;colon=[x]",
  "a -> b",
  "back\\slash",
  "UPPER",
];

afterEach(() => bench.clear());

/** Pure-FTPd's built-in limit is 10,000. */
const manyOf = (kind: Daemon["kind"]) => (kind === "pure-ftpd" ? 10_500 : 2_500);

/** For one that allows all there is: TLS where it has none, and what a ProFTPD can be told besides. */
function adviceOf(kind: Daemon["kind"], tls: boolean): Advice["why"][] {
  const shield = tls ? [] : ["protected-data" as const];
  if (kind !== "proftpd") return shield;
  return [...shield, "hashes", ...(tls ? ["tls-version" as const] : [])];
}

/** Of every length from 60 to 209. */
const nameOf = (index: number) => `${index % 150} `.padEnd(60 + (index % 150), "x");

async function fill(daemon: Daemon): Promise<void> {
  const folder = join(daemon.root, "share é");
  await mkdir(join(folder, "sub folder"), { recursive: true });
  await mkdir(join(daemon.root, "many"));
  await mkdir(join(daemon.root, "empty"));
  await mkdir(join(daemon.root, "long"));
  for (let index = 0; index < 150; index += 1)
    await writeFile(join(daemon.root, "long", nameOf(index)), "x".repeat(index));
  for (const [index, name] of names.entries()) await writeFile(join(folder, name), "x".repeat(index));
  for (let index = 0; index < manyOf(daemon.kind); index += 1)
    await writeFile(join(daemon.root, "many", `file-${index}`), "");
  await utimes(join(folder, "plain.txt"), at, at);
  await daemon.own();
  await writeFile(Buffer.concat([Buffer.from(`${folder}/`), latin1Name]), "latin");
}

for (const kind of daemonKinds) {
  const why = missing.find((entry) => entry.kind === kind)?.how;
  for (const tls of [false, true]) {
    describe.skipIf(why)(`${kind}${tls ? " with TLS" : ""}${why ? ` (left out: ${why})` : ""}`, () => {
      let daemon: Daemon;
      let session: Session;

      beforeAll(async () => {
        daemon = await startDaemon(kind, { tls });
        await fill(daemon);
        session = await connectorFor().connect(targetOf(daemon), { use: "files" });
      });
      afterAll(async () => {
        session?.close();
        await daemon?.stop();
      });

      test("is recognised", () => {
        expect(session.features).toMatchObject({
          software: kind,
          size: true,
          mdtm: true,
          rest: true,
          epsv: true,
          mlst: kind !== "vsftpd",
        });
        expect(session.canProtectData).toBe(tls);
      });

      test("lists names of every kind, sizes and times", async () => {
        const listing = await session.list("/share é");
        expect(listing).toMatchObject({ malformed: 0, unaddressable: 0, truncated: false });
        const files = new Map(
          listing.entries.filter(({ kind }) => kind === "file").map((entry) => [entry.name, entry]),
        );
        // pyftpdlib writes a question mark for what is not UTF-8.
        files.delete(kind === "pyftpdlib" ? "l?.txt" : decodeName(latin1Name));
        expect([...files].map(([name, { sizeBytes }]) => [name, sizeBytes]).sort()).toEqual(
          names.map((name, index) => [name, index]).sort(),
        );
        expect(listing.entries).toHaveLength(names.length + 2);
        const day = kind === "vsftpd" ? 10 : 19;
        expect(files.get("plain.txt")?.modifiedAt?.toISOString().slice(0, day)).toBe(at.toISOString().slice(0, day));
        expect(listing.entries.filter(({ kind }) => kind === "directory")).toMatchObject([
          { name: "sub folder", sizeBytes: 0 },
        ]);
      });

      test("tells an empty directory from a missing one", async () => {
        expect((await session.list("/empty")).entries).toEqual([]);
        await expect(session.list("/missing")).rejects.toMatchObject({ code: "file.gone" });
        await expect(session.list("/share é/plain.txt")).rejects.toMatchObject({ code: "file.gone" });
        expect(await session.directoryExists("/missing")).toBe(false);
        expect(await session.directoryExists("/share é/sub folder")).toBe(true);
      });

      test("lists thousands of files, or says that some are left out", async () => {
        const { entries, truncated } = await session.list("/many");
        expect(truncated).toBe(kind === "pure-ftpd");
        if (kind === "pure-ftpd") expect(entries.length).toBeLessThan(10_001);
        else expect(entries).toHaveLength(manyOf(kind));
        expect((await session.list("/empty")).entries).toEqual([]);
        const bounded = await bench.connect(targetOf(daemon));
        expect((await bounded.list("/many", { maxEntries: 7 })).entries).toHaveLength(7);
        expect(bounded.closed).toBe(true);
      });

      test("gives the size and time of files with every name", async () => {
        for (const [index, name] of names.entries())
          expect([name, await session.size(`/share é/${name}`)]).toEqual([name, index]);
        if (kind !== "pyftpdlib") expect(await session.size(`/share é/${decodeName(latin1Name)}`)).toBe(5);
        expect(await session.modifiedAt("/share é/plain.txt")).toEqual(at);
        expect(await session.size("/missing")).toBeUndefined();
        expect(await session.modifiedAt("/missing")).toBeUndefined();
        expect(await session.size("/empty")).toBeUndefined();
      });

      test("takes lines apart however many are under way and wherever a buffer ends", async () => {
        const sizeOf = (path: string) => ({ call: "size", path }) as const;
        const paths = Array.from({ length: 400 }, (_, index) => `/long/${nameOf(index)}`);
        const asking = sendAhead(session, paths.map(sizeOf));
        const sizes: (number | undefined)[] = [];
        for (const path of paths) {
          asking();
          sizes.push(await session.size(path));
        }
        expect(sizes).toEqual(paths.map((_, index) => index % 150));
      });

      test("takes lines apart that fill a record of TLS up to the middle of a line end", async () => {
        const path = `/${"missing ".repeat(4)}1`;
        // 25 of these lines have one byte more than a record.
        expect(`SIZE ${path}\r\n`.length * 25).toBe(1_025);
        const asking = sendAhead(session, Array<{ call: "size"; path: string }>(60).fill({ call: "size", path }));
        for (let count = 0; count < 60; count += 1) {
          asking();
          expect(await session.size(path)).toBeUndefined();
        }
      });

      test("makes directories, renames, sets times, removes", async () => {
        await mkdir(join(daemon.root, "inbox"));
        await daemon.own(join(daemon.root, "inbox"));
        await session.makeDirectories("/inbox/é/b c", "/inbox");
        await session.makeDirectories("/inbox/é/b c/d", "/inbox");
        await writeFile(join(daemon.root, "inbox", "part"), "12345");
        await daemon.own(join(daemon.root, "inbox"));
        await session.rename("/inbox/part", "/inbox/é/b c/d/ü.txt");
        expect(await readFile(join(daemon.root, "inbox/é/b c/d/ü.txt"), "utf8")).toBe("12345");
        expect(await session.setModifiedAt("/inbox/é/b c/d/ü.txt", at)).toBe(true);
        expect((await stat(join(daemon.root, "inbox/é/b c/d/ü.txt"))).mtime).toEqual(at);
        await session.remove("/inbox/é/b c/d/ü.txt");
        await session.remove("/inbox/é/b c/d/ü.txt");
        expect(await readdir(join(daemon.root, "inbox/é/b c/d"))).toEqual([]);
        await expect(session.rename("/inbox/none", "/inbox/x")).rejects.toMatchObject({
          code: "inbox.refused",
        });
        await expect(session.makeDirectories("/none/x", "/none")).rejects.toMatchObject({ code: "file.gone" });
      });

      test("is probed as it is", async () => {
        const found = await probe({ connector: connectorFor() }, targetOf(daemon), { share: "/share é", inbox: "/" });
        expect(found).toMatchObject({
          tls: tls ? "pinned" : "none",
          clearData: "allowed",
          fxpActive: "allowed",
          canWriteInbox: true,
        });
        expect(new Set(found.advice.map(({ why }) => why))).toEqual(new Set(adviceOf(kind, tls)));
        expect((await readdir(daemon.root)).some((name) => name.includes("probe"))).toBe(false);
      });
    });
  }

  describe.skipIf(why)(`${kind} that refuses`, () => {
    test("a wrong password, and more", { timeout: 60_000 }, async () => {
      const daemon = await startDaemon(kind, { tls: { dataRequired: true }, fxp: false, readOnly: true });
      try {
        const target = targetOf(daemon);
        const wrong = login({ ...daemon, password: "wrong" }, "tls");
        await expect(bench.connect(wrong)).rejects.toMatchObject({ code: "server.login-refused" });
        await expect(bench.connect({ ...target, security: "plain" })).rejects.toMatchObject({
          code: "server.tls-required",
        });
        const found = await probe({ connector: connectorFor() }, target, { share: "/", inbox: "/" });
        expect(found).toMatchObject({ clearData: "refused", fxpActive: "refused", canWriteInbox: false });
        expect(found.advice.map((advice) => advice.why)).toEqual(expect.arrayContaining(["fxp-active", "clear-data"]));
        const session = await bench.connect(target);
        await expect(session.makeDirectories("/new", "/")).rejects.toMatchObject({ code: "inbox.refused" });
      } finally {
        await daemon.stop();
      }
    });
  });
}

test.skipIf(missing.some(({ kind }) => kind === "vsftpd"))(
  "vsftpd's default, TLS sessions reused by data connections, is served",
  async () => {
    const daemon = await startDaemon("vsftpd", { tls: true });
    try {
      const [file = ""] = (await readdir(dirname(daemon.root), { recursive: true })).filter((name) =>
        /vsftpd.*\.conf$/.test(name),
      );
      const path = join(dirname(daemon.root), file);
      await daemon.kill9();
      await writeFile(path, (await readFile(path, "utf8")).replace("require_ssl_reuse=NO", "require_ssl_reuse=YES"));
      await daemon.restart();
      await writeFile(join(daemon.root, "x"), "1");
      const session = await bench.connect(targetOf(daemon));
      for (let round = 0; round < 5; round += 1) expect((await session.list("/")).entries).toHaveLength(1);
    } finally {
      await daemon.stop();
    }
  },
);
