// One whole installation for an end-to-end test: a data folder, a core process on it, and people with real FTP servers.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Pull } from "#contract";
import { CallError } from "#contract";
import type { CoreOptions, CoreProcess } from "../../demo/core-process.ts";
import { consoleContext, startCore } from "../../demo/core-process.ts";
import type { Daemon } from "../daemons/index.ts";

export interface Installation {
  core: CoreProcess;
  dataFolder: string;
  /**
   * A core that ends by itself is started again, as `npm start` does: postgres.js may bring it down when its database is
   * killed (porsager/postgres issue 1208).
   */
  keepCore(): void;
  /** After the core was killed or stopped: another one on the same data. */
  restartCore(): Promise<void>;
  /** For good, also when it is kept. */
  stopCore(): Promise<void>;
  stop(): Promise<void>;
}

export async function createInstallation(options: Omit<CoreOptions, "dataFolder"> = {}): Promise<Installation> {
  const dataFolder = mkdtempSync(join(tmpdir(), "fonshare-e2e-"));
  const launch = () => startCore({ ...options, dataFolder });
  /** Ends that somebody asked for. */
  const asked = new WeakSet<CoreProcess>();
  const keep = (core: CoreProcess) => {
    void core.ended.then(async () => {
      if (asked.has(core) || installation.core !== core) return;
      installation.core = await launch();
      keep(installation.core);
    });
  };
  const installation: Installation = {
    core: await launch(),
    dataFolder,
    keepCore: () => keep(installation.core),
    restartCore: async () => {
      asked.add(installation.core);
      await installation.core.kill();
      installation.core = await launch();
    },
    stopCore: async () => {
      asked.add(installation.core);
      await installation.core.stop();
    },
    stop: async () => {
      await installation.stopCore();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
  return installation;
}

export interface EnrolmentForm {
  label: string;
  daemon: Pick<Daemon, "host" | "port" | "username" | "password" | "fingerprint">;
  sharePath: string;
  inboxPath?: string;
  /** What is different in the form. */
  form?: Record<string, string>;
}

/** Asks for a link as `owner` and sends the form; gives the page's status and text back. */
export async function enrol(
  core: CoreProcess,
  { owner, ...form }: EnrolmentForm & { owner: string },
): Promise<{ status: number; html: string }> {
  const { link } = await core.api.servers.enrol(consoleContext(owner, "private"), {});
  return sendEnrolment(link, form);
}

/** Sends the enrolment form as the owner's browser would. */
export async function sendEnrolment(link: string, enrolment: EnrolmentForm): Promise<{ status: number; html: string }> {
  const { daemon } = enrolment;
  const answer = await fetch(link, {
    method: "POST",
    body: new URLSearchParams({
      label: enrolment.label,
      host: daemon.host,
      port: String(daemon.port),
      security: daemon.fingerprint ? "tls" : "plain",
      ...(daemon.fingerprint ? { accept_fingerprint: daemon.fingerprint } : { accept_plain: "yes" }),
      username: daemon.username,
      password: daemon.password,
      write_username: "",
      write_password: "",
      share_path: enrolment.sharePath,
      inbox_path: enrolment.inboxPath ?? "",
      budget_gb: "100",
      ...enrolment.form,
    }),
  });
  return { status: answer.status, html: await answer.text() };
}

const pollMs = 50;

/** Asks `look` until it gives something; the test's own timeout is the limit. */
export async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await delay(pollMs);
  }
}

const finalStates: ReadonlyArray<Pull["state"]> = ["done", "failed", "cancelled"];

/** Follows a pull until it has ended; a database that is away for a moment is waited for. */
export function whenEnded(core: () => CoreProcess, person: string, ref: string): Promise<Pull> {
  return until(async () => {
    const seen = await core()
      .api.transfers.show(consoleContext(person), { pull: ref })
      .catch((error: unknown) => {
        if (error instanceof CallError && error.code === "core.unavailable") return undefined;
        throw error;
      });
    return seen && finalStates.includes(seen.pull.state) ? seen.pull : undefined;
  });
}

/** Files of an hour ago: a scan leaves those that changed just now for the next one. */
export function writeTree(root: string, files: Record<string, Buffer>): void {
  const anHourAgo = new Date(Date.now() - 3_600_000);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
    utimesSync(join(root, path), anHourAgo, anHourAgo);
  }
}

export function sha256Of(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
