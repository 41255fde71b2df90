// Paths inside a server's share folder: relative, "" for the folder itself, no slash at either end.
import { FonError } from "../platform/errors.ts";

const longestPath = 1000;

/** @throws `share.path-missing` for `..`, control characters or an overlong path: no such folder can be shared */
export function cleanSharePath(typed: string): string {
  const parts = typed.split("/").filter((part) => part !== "" && part !== ".");
  const path = parts.join("/");
  const isHostile = parts.includes("..") || /\p{Cc}/u.test(path) || path.length > longestPath;
  if (isHostile) throw new FonError("share.path-missing");
  return path;
}

/** `path` is `folder` or lies in it. */
export function isBelow(path: string, folder: string): boolean {
  return folder === "" || path === folder || path.startsWith(`${folder}/`);
}

/** A name for a share that nobody named: the folder's last part, or the server's label. */
export function defaultName(path: string, label: string): string {
  const last = path.split("/").at(-1) ?? "";
  const plain = last.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu, "").trim();
  return [...(plain || label)].slice(0, 64).join("").trim() || label;
}
