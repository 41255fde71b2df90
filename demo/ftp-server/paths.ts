// From a path argument to a place on the disk that is surely inside the user's root.
// Paths are latin1 texts, one character per byte, so that names in any encoding survive.
import { lstat, realpath } from "node:fs/promises";
import { Refusal } from "./refusal.ts";
import type { Session } from "./types.ts";

/** The bytes of a path for node:fs. */
export function toBytes(path: string): Buffer {
  return Buffer.from(path, "latin1");
}

/** A text of ours (UTF-8) as the bytes that go over the wire. */
export function toWire(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** Absolute virtual path; `..` stops at the root. */
export function resolveVirtual(directory: string, argument: string): string {
  const parts: string[] = [];
  for (const part of (argument.startsWith("/") ? argument : `${directory}/${argument}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

async function realPath(path: string): Promise<string> {
  return (await realpath(toBytes(path), { encoding: "buffer" })).toString("latin1");
}

function isInside(root: string, path: string): boolean {
  return root === "/" || path === root || path.startsWith(`${root}/`);
}

async function exists(path: string): Promise<boolean> {
  return lstat(toBytes(path)).then(
    () => true,
    () => false,
  );
}

/** Follows a link at the end; a link that leads nowhere is refused, for writing through it could leave the root. */
async function followLast(root: string, path: string): Promise<string> {
  const real = await realPath(path).catch(() => undefined);
  if (real === undefined && !(await exists(path))) return path;
  if (real === undefined || !isInside(root, real)) throw new Refusal("550 Permission denied.");
  return real;
}

/**
 * The place of an argument on the disk; it need not exist, its folder must.
 * `last` says whether a link at its end is followed (read, write) or meant itself (rename, delete).
 */
export async function locate(
  session: Session,
  argument: string,
  last: "follow" | "itself" = "follow",
): Promise<string> {
  if (session.user === undefined) throw new Refusal("530 Please login with USER and PASS.");
  const root = await realPath(toWire(session.user.root));
  const parts = resolveVirtual(session.directory, argument).split("/").filter(Boolean);
  const name = parts.pop();
  if (name === undefined) return root;
  const folder = await realPath([root, ...parts].join("/"));
  if (!isInside(root, folder)) throw new Refusal("550 Permission denied.");
  const path = `${folder}/${name}`;
  return last === "itself" ? path : followLast(root, path);
}

/** A path as 257 and MLST show it (RFC 959: quotes are doubled). */
export function quote(path: string): string {
  return `"${path.replaceAll('"', '""')}"`;
}
