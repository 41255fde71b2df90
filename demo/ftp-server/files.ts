// Commands on names: where one is, sizes and times, rename, delete, folders.
import { lstat, mkdir, rename, rmdir, stat, statfs, unlink, utimes } from "node:fs/promises";
import { locate, quote, resolveVirtual, toBytes } from "./paths.ts";
import { Refusal } from "./refusal.ts";
import type { Call, Commands } from "./types.ts";

/** Verbs that a read-only user is refused. */
export const writingVerbs: ReadonlySet<string> = new Set("STOR APPE DELE MKD RMD RNFR RNTO MFMT XMKD XRMD".split(" "));

/** YYYYMMDDHHMMSS in UTC, without the fraction. */
export function formatTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace(/\D/g, "");
}

/** The inverse of formatTime; undefined when it is no time. A fraction is allowed and dropped. */
export function parseTime(text: string): Date | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d+)?$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

async function changeDirectory(call: Call, argument: string): Promise<string> {
  const found = await stat(toBytes(await locate(call.session, argument)));
  if (!found.isDirectory()) return "550 Not a directory.";
  call.session.directory = resolveVirtual(call.session.directory, argument);
  return "250 Directory successfully changed.";
}

async function statPlainFile(call: Call, argument = call.argument) {
  const found = await stat(toBytes(await locate(call.session, argument)));
  if (!found.isFile()) throw new Refusal("550 Not a plain file.");
  return found;
}

async function setTime(call: Call, time: string, name: string): Promise<string> {
  const at = parseTime(time);
  if (at === undefined || name === "") throw new Refusal("501 A time and a name are needed.");
  await statPlainFile(call, name);
  await utimes(toBytes(await locate(call.session, name)), at, at);
  return formatTime(at.getTime());
}

async function modificationTime(call: Call): Promise<string> {
  const setting = /^(\d{14}) (.+)$/s.exec(call.argument);
  if (setting !== null && call.session.settings.lacks("MFMT") && call.session.user?.readOnly !== true) {
    await setTime(call, setting[1] ?? "", setting[2] ?? "");
    return "213 File modification time set.";
  }
  return `213 ${formatTime((await statPlainFile(call)).mtimeMs)}`;
}

/** Free bytes (draft-peterson-streamlined-ftp-command-extensions). */
async function available(call: Call): Promise<string> {
  const { bavail, bsize } = await statfs(toBytes(await locate(call.session, call.argument)));
  return `213 ${bavail * bsize}`;
}

async function modifyTime(call: Call): Promise<string> {
  const [time = "", ...name] = call.argument.split(" ");
  return `213 Modify=${await setTime(call, time, name.join(" "))}; ${name.join(" ")}`;
}

function named(call: Call): Promise<string> {
  if (call.argument === "") throw new Refusal("501 A name is needed.");
  if (resolveVirtual(call.session.directory, call.argument) === "/") {
    throw new Refusal("550 Permission denied.");
  }
  return locate(call.session, call.argument, "itself");
}

async function renameFrom(call: Call): Promise<string> {
  const place = await named(call);
  await lstat(toBytes(place));
  call.session.renameFrom = place;
  return "350 Ready for RNTO.";
}

/** Replaces what is there, as every common server does. */
async function renameTo(call: Call): Promise<string> {
  const from = call.session.renameFrom;
  if (from === undefined) return "503 RNFR is needed first.";
  call.session.renameFrom = undefined;
  await rename(toBytes(from), toBytes(await named(call)));
  return "250 Rename successful.";
}

async function makeDirectory(call: Call): Promise<string> {
  await mkdir(toBytes(await named(call)));
  return `257 ${quote(resolveVirtual(call.session.directory, call.argument))} created.`;
}

async function removeDirectory(call: Call): Promise<string> {
  await rmdir(toBytes(await named(call)));
  return "250 Directory removed.";
}

async function removeFile(call: Call): Promise<string> {
  const place = await named(call);
  if ((await lstat(toBytes(place))).isDirectory()) return "550 Not a plain file.";
  await unlink(toBytes(place));
  return "250 File deleted.";
}

function workingDirectory({ session }: Call): string {
  return `257 ${quote(session.directory)} is the current directory.`;
}

export const fileCommands: Commands = {
  PWD: workingDirectory,
  XPWD: workingDirectory,
  CWD: (call) => changeDirectory(call, call.argument),
  CDUP: (call) => changeDirectory(call, ".."),
  AVBL: available,
  SIZE: async (call) => `213 ${(await statPlainFile(call)).size}`,
  MDTM: modificationTime,
  MFMT: modifyTime,
  RNFR: renameFrom,
  RNTO: renameTo,
  DELE: removeFile,
  MKD: makeDirectory,
  XMKD: makeDirectory,
  RMD: removeDirectory,
  XRMD: removeDirectory,
};
