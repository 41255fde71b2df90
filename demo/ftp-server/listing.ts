// LIST, NLST, MLSD, MLST and STAT: what is in a folder and how it is written down.
// Links are shown as what they lead to; those that leave the root are not shown at all.
import type { Stats } from "node:fs";
import { lstat, readdir, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { formatTime } from "./files.ts";
import { locate, resolveVirtual, toBytes } from "./paths.ts";
import { Refusal } from "./refusal.ts";
import { send } from "./transfer.ts";
import type { Call, Commands, Session } from "./types.ts";

interface Entry {
  name: string;
  found: Stats;
  /** MLSD's own names for `.` and `..`. */
  type?: "cdir" | "pdir";
}

const batchSize = 64;
const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const halfYearMs = 182 * 24 * 3600 * 1000;

/** One line as `ls -l` writes it, in UTC: minutes for the last half year, the year for older ones. */
export function formatUnixLine(name: string, found: Stats, nowMs: number): string {
  const at = found.mtime;
  const day = String(at.getUTCDate()).padStart(2, "0");
  const isRecent = at.getTime() <= nowMs && nowMs - at.getTime() < halfYearMs;
  const time = isRecent ? at.toISOString().slice(11, 16) : ` ${at.getUTCFullYear()}`;
  const kind = found.isDirectory() ? "drwxr-xr-x" : "-rw-r--r--";
  const size = String(found.size).padStart(12);
  return `${kind}    1 ftp      ftp      ${size} ${months[at.getUTCMonth()]} ${day} ${time} ${name}`;
}

function permissions(found: Stats, readOnly: boolean): string {
  if (found.isDirectory()) return readOnly ? "el" : "elcmpdf";
  return readOnly ? "r" : "rwadf";
}

/** The facts of RFC 3659 section 7, those that OPTS MLST left on. */
export function formatFacts(entry: Entry, session: Pick<Session, "facts" | "user">): string {
  const { found } = entry;
  const all: Record<string, string> = {
    type: entry.type ?? (found.isDirectory() ? "dir" : "file"),
    ...(found.isDirectory() ? {} : { size: String(found.size) }),
    modify: formatTime(found.mtimeMs),
    unique: `${found.dev.toString(16)}U${found.ino.toString(16)}`,
    perm: permissions(found, session.user?.readOnly === true),
  };
  const told = Object.entries(all).filter(([fact]) => session.facts.has(fact));
  return told.map(([fact, value]) => `${fact}=${value};`).join("");
}

/** undefined for what cannot be shown: gone meanwhile, leading outside, neither file nor folder. */
async function look(session: Session, path: string): Promise<Stats | undefined> {
  try {
    const found = await stat(toBytes(await locate(session, path)));
    return found.isFile() || found.isDirectory() ? found : undefined;
  } catch {
    return undefined;
  }
}

async function lookInside(session: Session, folder: string, place: string, name: string) {
  const found = await lstat(toBytes(`${place}/${name}`)).catch(() => undefined);
  if (found?.isFile() === true || found?.isDirectory() === true) return { name, found };
  const target = found?.isSymbolicLink() === true ? await look(session, `${folder}/${name}`) : undefined;
  return target && { name, found: target };
}

async function readFolder(session: Session, argument: string): Promise<Entry[]> {
  const folder = resolveVirtual(session.directory, argument);
  const place = await locate(session, argument);
  const names = (await readdir(toBytes(place), { encoding: "buffer" })).map((name) => name.toString("latin1"));
  const entries: Entry[] = [];
  for (let at = 0; at < names.length; at += batchSize) {
    const batch = names.slice(at, at + batchSize);
    const seen = await Promise.all(batch.map((name) => lookInside(session, folder, place, name)));
    entries.push(...seen.filter((entry) => entry !== undefined));
  }
  return entries;
}

async function dots(session: Session, argument: string): Promise<Entry[]> {
  const own = await look(session, argument);
  const above = await look(session, `${resolveVirtual(session.directory, argument)}/..`);
  return [
    ...(own ? [{ name: ".", found: own, type: "cdir" as const }] : []),
    ...(above ? [{ name: "..", found: above, type: "pdir" as const }] : []),
  ];
}

/** A line end in a name would be a second line: `?` stands for it. */
function onOneLine(name: string): string {
  return name.replace(/[\r\n]/g, "?");
}

function splitOptions(argument: string): { showsAll: boolean; path: string } {
  const match = /^((?:-[A-Za-z0-9]+(?: +|$))*)(.*)$/s.exec(argument);
  const options = match?.[1] ?? "";
  if (options.includes("R")) throw new Refusal("550 Recursive listings are not supported.");
  return { showsAll: options.includes("a"), path: match?.[2] ?? "" };
}

async function collect(session: Session, argument: string): Promise<Entry[]> {
  const { showsAll, path } = splitOptions(argument);
  const found = await look(session, path);
  if (found === undefined) {
    // vsftpd shows an empty folder where there is none.
    if (session.settings.options.features?.mlst === false) return [];
    throw new Refusal("550 No such file or directory.");
  }
  if (!found.isDirectory()) return [{ name: path, found }];
  const entries = await readFolder(session, path);
  if (!showsAll) return entries.filter((entry) => !entry.name.startsWith("."));
  return [...(await dots(session, path)), ...entries];
}

function lines(entries: readonly Entry[], write: (entry: Entry) => string): string {
  return entries.map((entry) => `${onOneLine(write(entry))}\r\n`).join("");
}

function sendText(call: Call, text: string): Promise<string> {
  call.session.restartAt = 0;
  return send(call, "Here comes the directory listing.", Readable.from([Buffer.from(text, "latin1")]));
}

async function list(call: Call): Promise<string> {
  const entries = await collect(call.session, call.argument);
  return sendText(
    call,
    lines(entries, ({ name, found }) => formatUnixLine(name, found, Date.now())),
  );
}

async function nameList(call: Call): Promise<string> {
  return sendText(
    call,
    lines(await collect(call.session, call.argument), ({ name }) => name),
  );
}

async function machineList(call: Call): Promise<string> {
  const { session, argument } = call;
  const found = await look(session, argument);
  if (found === undefined) return "550 No such file or directory.";
  if (!found.isDirectory()) return "501 Not a directory.";
  const entries = [...(await dots(session, argument)), ...(await readFolder(session, argument))];
  return sendText(
    call,
    lines(entries, (entry) => `${formatFacts(entry, session)} ${entry.name}`),
  );
}

async function machineStat({ session, argument }: Call): Promise<string> {
  const found = await look(session, argument);
  if (found === undefined) return "550 No such file or directory.";
  const name = onOneLine(resolveVirtual(session.directory, argument));
  return `250-Listing\r\n ${formatFacts({ name, found }, session)} ${name}\r\n250 End`;
}

async function status({ session, argument }: Call): Promise<string> {
  if (argument === "") {
    const control = session.secure ? "TLS" : "clear";
    const doing = session.transfer === undefined ? "idle" : "transferring";
    return `211-Status:\r\n control ${control}, data protection ${session.protection}, ${doing}\r\n211 End`;
  }
  const entries = await collect(session, argument);
  const text = lines(entries, ({ name, found }) => formatUnixLine(name, found, Date.now()));
  return `213-Status follows:\r\n${text}213 End of status`;
}

export const listingCommands: Commands = {
  LIST: list,
  NLST: nameList,
  MLSD: machineList,
  MLST: machineStat,
  STAT: status,
};
