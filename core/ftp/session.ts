// The verbs of one logged-in connection. One task at a time; the caller keeps to that.
import { FonError } from "../platform/errors.ts";
import type { Reply } from "./control.ts";
import { aheadOfListing } from "./data-connection.ts";
import { createDigester } from "./digest.ts";
import { keepsOrder } from "./features.ts";
import { folderTimes } from "./folder-times.ts";
import { parseFreeBytes } from "./free-space.ts";
import { createLister } from "./list.ts";
import { listMany } from "./list-many.ts";
import { listTree } from "./list-tree.ts";
import { refused } from "./login.ts";
import { joinPath } from "./names.ts";
import type { Link, OpenSession } from "./open-session.ts";
import { readBlock } from "./read-block.ts";
import type { Phase } from "./replies/refusal.ts";
import { refusalCode } from "./replies/refusal.ts";
import { formatFtpTime, parseFtpTime } from "./replies/time.ts";
import type { Command } from "./send-ahead.ts";
import { sendAll } from "./send-ahead.ts";
import type { Listing, ListOptions } from "./types.ts";

/** Of SIZE, for a path without a file; 500, 502 and 504 are servers that do not know the command. */
const saysNothingThere = new Set([450, 500, 501, 502, 504, 550, 551, 553]);

export function createSession(link: Link): OpenSession {
  const { control, login } = link;
  const { features } = login;
  const walk = createWalk(link);
  const { ask, absolute, enter } = walk;
  const lister = createLister(link);
  const digester = createDigester(link);

  async function size(path: string): Promise<number | undefined> {
    if (!features.size) return undefined;
    const reply = await ask("SIZE", path);
    // "Nothing is there" is what a final name is given on: any other trouble must not be taken for it.
    if (reply.code !== 213 && !saysNothingThere.has(reply.code)) throw refused("server.protocol", "SIZE", reply);
    const bytes = Number(/^213 +(\d{1,16})\b/.exec(reply.text)?.[1] ?? Number.NaN);
    return Number.isSafeInteger(bytes) ? bytes : undefined;
  }

  /** CWD, with what comes before it and what the listing is going to ask next in one round trip. */
  async function enterToList(path: string): Promise<Reply> {
    const verb = aheadOfListing(link);
    const full = await absolute(path);
    const isAhead = verb !== undefined && sendAll(control, [...walk.unsettled(), ["CWD", full], [verb]]);
    const reply = await enter(path);
    if (isAhead && reply.code >= 400) await control.ask(verb);
    return reply;
  }

  async function list(path: string, options: ListOptions = {}): Promise<Listing> {
    const reply = await enterToList(path);
    if (reply.code >= 400) throw failure("CWD", reply, "read");
    return lister.list(options);
  }

  async function times(paths: readonly string[], { signal }: Pick<ListOptions, "signal">) {
    return abortable(link, signal, async () => {
      const full: string[] = [];
      for (const path of paths) full.push(await absolute(path));
      return folderTimes(link, full);
    });
  }

  return {
    link,
    features,
    certificate: login.certificate,
    peerAddress: control.peerAddress,
    get closed() {
      return control.isClosed();
    },
    get dataProtection() {
      return login.refuses.has("clear") ? ("protected" as const) : ("clear" as const);
    },
    get canProtectData() {
      return !login.refuses.has("protected");
    },
    absolute,
    list: (path, options) => abortable(link, options?.signal, () => list(path, options)),
    listTree: (path, options) =>
      abortable(link, options.signal, async () => {
        const reply = await enterToList(path);
        if (reply.code >= 400) throw failure("CWD", reply, "read");
        return listTree(link, options);
      }),
    ...(features.mlst && keepsOrder(features.software) ? { folderTimes: times } : {}),
    listMany: (options) => abortable(link, options.signal, () => listMany({ link, list, absolute }, options)),
    size,
    async modifiedAt(path) {
      if (!features.mdtm) return undefined;
      const reply = await ask("MDTM", path);
      return parseFtpTime(/^213 +(\S+)/.exec(reply.text)?.[1] ?? "");
    },
    directoryExists: async (path) => (await enter(path)).code < 300,
    makeDirectories: (path, below) => makeDirectories(walk, path, below),
    async rename(from, to) {
      const source = await ask("RNFR", from);
      // Our own part: whatever is wrong with it, the file that it is a copy of is not gone.
      if (source.code < 300 || source.code >= 400) throw failure("RNFR", source, "write");
      const target = await ask("RNTO", to);
      if (target.code >= 300) throw failure("RNTO", target, "write");
    },
    async remove(path) {
      const reply = await ask("DELE", path);
      if (reply.code < 300) return;
      // vsftpd says the same about a missing file and a forbidden one.
      if ((await size(path)) !== undefined) throw failure("DELE", reply, "write");
    },
    async setModifiedAt(path, at) {
      const verb = features.mfmt ? "MFMT" : features.software === "vsftpd" ? "MDTM" : undefined;
      if (verb === undefined) return false;
      const reply = await ask(`${verb} ${formatFtpTime(at)}`, path);
      return reply.code >= 200 && reply.code < 300;
    },
    digest: (path, algorithm, signal) =>
      abortable(link, signal, async () => digester.digest(await absolute(path), algorithm)),
    readBlock: (path, offsetBytes, lengthBytes, signal) =>
      abortable(link, signal, async () =>
        readBlock(link, { path: await absolute(path), offsetBytes, lengthBytes, signal }),
      ),
    freeBytes: async (path) => (features.avbl ? parseFreeBytes(await ask("AVBL", path)) : undefined),
    close: () => control.close(),
  };
}

interface Walk {
  /** What `enter` asks first. */
  unsettled(): Command[];
  absolute(path: string): Promise<string>;
  /** A command about a path; 421 throws. */
  ask(verb: string, path: string): Promise<Reply>;
  /** CWD; 421 throws. */
  enter(path: string): Promise<Reply>;
}

/** Paths are sent from the root on: CWD, which listings need, moves what a relative one means. */
function createWalk({ control }: Link): Walk {
  let home: string | undefined;

  async function findHome(): Promise<string> {
    const reply = await control.ask("PWD");
    const quoted = /"((?:[^"]|"")*)"/.exec(reply.code === 257 ? reply.text : "")?.[1] ?? "";
    return quoted.startsWith("/") ? quoted.replaceAll('""', '"') : "/";
  }

  async function absolute(path: string): Promise<string> {
    if (path.startsWith("/")) return joinPath(path);
    home ??= await findHome();
    return joinPath(home, path);
  }

  async function ask(verb: string, path: string): Promise<Reply> {
    const reply = await control.ask(verb, await absolute(path));
    if (reply.code === 421) throw refused("server.busy", verb, reply);
    return reply;
  }

  /** What a relative path means is known before it moves. */
  async function enter(path: string): Promise<Reply> {
    home ??= await findHome();
    return ask("CWD", path);
  }

  return { absolute, ask, enter, unsettled: () => (home === undefined ? [["PWD"]] : []) };
}

async function makeDirectories({ absolute, ask, enter }: Walk, path: string, below: string): Promise<void> {
  const base = joinPath(await absolute(below), "/").replace(/\/+$/, "");
  const full = await absolute(path);
  if (full !== base && !full.startsWith(`${base}/`))
    throw new FonError("request.invalid", {}, { detail: "directory outside of its base" });
  const names = full.slice(base.length).split("/").filter(Boolean);
  if (names.includes("..")) throw new FonError("request.invalid", {}, { detail: "directory outside of its base" });
  if ((await enter(full)).code < 300) return;
  if ((await enter(base || "/")).code >= 400)
    throw new FonError("file.gone", {}, { detail: "no directory to begin from" });
  for (let depth = 1; depth <= names.length; depth += 1) {
    const level = `${base}/${names.slice(0, depth).join("/")}`;
    const reply = await ask("MKD", level);
    // Another session may have been first; all four daemons call that 550.
    if (reply.code >= 300 && (await enter(level)).code >= 300) throw failure("MKD", reply, "write");
  }
}

function failure(verb: string, reply: Reply, phase: Phase): FonError {
  // "Busy" passes (RFC 959), unless it is about space.
  if (reply.code === 450 && phase === "write" && refusalCode(reply, phase) === "inbox.refused")
    return refused("server.protocol", verb, reply);
  return refused(refusalCode(reply, phase), verb, reply);
}

/** An abort closes the connection: nothing else stops a listing on every server. */
export async function abortable<T>(
  link: Pick<Link, "control">,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const onAbort = () => link.control.close();
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await work();
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}
