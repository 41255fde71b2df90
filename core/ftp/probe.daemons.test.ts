// What the probe says of real daemons, allowed, denied and insisting, and that nothing of it stays in the inbox.
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Daemon, DaemonKind, DaemonOptions } from "../../test/daemons/index.ts";
import { installDaemons, startDaemon } from "../../test/daemons/index.ts";
import { connectorFor, login } from "./fixtures.ts";
import { probe } from "./probe.ts";
import type { Findings } from "./types.ts";

const { available, missing } = await installDaemons();
const left = missing.length > 0 ? ` (left out: ${missing.map(({ kind, how }) => `${kind}: ${how}`).join(" ")})` : "";
const daemons: Daemon[] = [];

afterEach(async () => {
  for (const daemon of daemons.splice(0)) await daemon.stop();
});

async function look(kind: DaemonKind, options: DaemonOptions): Promise<Findings> {
  const daemon = await startDaemon(kind, options);
  daemons.push(daemon);
  await mkdir(join(daemon.root, "share"));
  await mkdir(join(daemon.root, "inbox"));
  await writeFile(join(daemon.root, "share/a file"), "content");
  await writeFile(join(daemon.root, "inbox/mine"), "content");
  await daemon.own();
  const target = login(daemon, daemon.fingerprint ? "tls" : "plain");
  const found = await probe({ connector: connectorFor() }, target, { share: "/share", inbox: "/inbox" });
  expect(await readdir(join(daemon.root, "inbox"))).toEqual(["mine"]);
  return found;
}

const whys = ({ advice }: Findings) => [...new Set(advice.map(({ why }) => why))];
const has = (...kinds: DaemonKind[]) => kinds.filter((kind) => available.includes(kind));

// A suite must not be empty; its name says what is left out.
if (available.length === 0) test.skip(`the probe of daemons${left}`, () => {});

describe.skipIf(available.length === 0)(`the probe of daemons${left}`, () => {
  test.each(available)("%s that allows all there is", async (kind) => {
    const found = await look(kind, { tls: true, hashes: true });
    expect(found).toMatchObject({
      tls: "pinned",
      passive: "reachable",
      fxpActive: "allowed",
      clearData: "allowed",
      freshData: "allowed",
      shareExists: true,
      inboxExists: true,
      canWriteInbox: true,
      canRestartStore: true,
    });
    expect(whys(found)).toEqual(kind === "proftpd" ? ["tls-version"] : []);
    expect(found.features.sscn).toBe(kind === "proftpd");
  });

  test.each(available)("%s that denies FXP, without TLS", async (kind) => {
    const found = await look(kind, { fxp: false });
    expect(found).toMatchObject({ tls: "none", fxpActive: "refused", clearData: "allowed", freshData: "unknown" });
    expect(whys(found)).toEqual(expect.arrayContaining(["fxp-active", "protected-data"]));
    expect(found.advice.every(({ line }) => line !== null)).toBe(true);
  });

  test.each(available)("%s that insists on TLS data", async (kind) => {
    const found = await look(kind, { tls: { dataRequired: true } });
    expect(found).toMatchObject({ clearData: "refused", canWriteInbox: true, canRestartStore: true });
    expect(whys(found)).toContain("clear-data");
  });

  test.each(has("vsftpd", "proftpd"))("%s that insists on its own client's TLS session", async (kind) => {
    const found = await look(kind, { tls: { sessionReuse: true } });
    expect(found).toMatchObject({ freshData: "refused", passive: "reachable", canWriteInbox: true });
    expect(whys(found)).toContain("session-reuse");
  });

  test.each(available)("%s that lets nobody write", async (kind) => {
    const found = await look(kind, { readOnly: true });
    expect(found).toMatchObject({ inboxExists: true, canWriteInbox: false });
    expect(found).not.toHaveProperty("canRestartStore");
  });

  test.each(has("proftpd"))(
    "%s without hashes learns of its module, and of TLS 1.2 only where it has 1.3",
    async (kind) => {
      expect(whys(await look(kind, { tls: { maxVersion: "TLSv1.2" } }))).toEqual(["hashes"]);
    },
  );
});
