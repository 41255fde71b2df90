// What one person sees, as a map from places on servers to shares. Pure; built anew for each question from shares.visible.
import type { VisibleShare } from "../shares/index.ts";

export interface Sight {
  shares: VisibleShare[];
  serverIds: number[];
  /** The narrowest visible share that holds this folder of the server, or undefined: then it must not be shown. */
  locate(serverId: number, directoryPath: string): VisibleShare | undefined;
}

/** Is `path` the folder `root` or below it? Both relative to the server's share folder, "" is that folder. */
export function isWithin(path: string, root: string): boolean {
  return root === "" || path === root || path.startsWith(`${root}/`);
}

/** Of the folder at this path; "" for the server's share folder. */
export const folderName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** A path relative to the share; "" for the share's own folder. */
export function insideShare(path: string, share: VisibleShare): string {
  if (share.path === "") return path;
  return path.slice(share.path.length + 1);
}

export function createSight(shares: VisibleShare[]): Sight {
  const byServer = new Map<number, VisibleShare[]>();
  const narrowFirst = [...shares].sort((a, b) => b.path.length - a.path.length || a.id - b.id);
  for (const share of narrowFirst) byServer.set(share.serverId, [...(byServer.get(share.serverId) ?? []), share]);
  return {
    shares,
    serverIds: [...byServer.keys()],
    locate: (serverId, path) => byServer.get(serverId)?.find((share) => isWithin(path, share.path)),
  };
}
