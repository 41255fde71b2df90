// Shares a folder with a group, after a look whether the folder is there.
import { joinPath } from "../ftp/index.ts";
import type { Membership } from "../groups/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import { FonError } from "../platform/errors.ts";
import { signal } from "../platform/signals.ts";
import type { ServerRow, Servers } from "../servers/index.ts";
import { cleanSharePath, defaultName, isBelow } from "./path.ts";
import { insertShare, isMember, lockGroupShares, makeScanDue, selectGroupShares } from "./store.ts";

interface Deps {
  db: Db;
  clock: Clock;
  servers: Servers;
}

/**
 * Shares of one server in one group never overlap.
 * @throws `share.path-missing` `share.name-taken` `share.path-shared`, and what opening the server throws
 */
export async function addShare(
  deps: Deps,
  membership: Membership,
  server: ServerRow,
  typed: { path: string; name?: string | undefined },
): Promise<{ name: string }> {
  const path = cleanSharePath(typed.path);
  const name = typed.name ?? defaultName(path, server.label);
  await requireFolder(deps.servers, server, path);
  await deps.db.transaction(async (tx) => {
    const { groupId } = membership;
    const isOpen = (await lockGroupShares(tx, groupId)) && (await isMember(tx, groupId, server.ownerId));
    if (!isOpen) throw new FonError("group.not-a-member", { group: membership.groupName });
    await requireFree(tx, groupId, server.id, path, name);
    const now = deps.clock.now();
    await insertShare(tx, { groupId, serverId: server.id, name, path, createdAt: now });
    await makeScanDue(tx, server.id, now);
    await signal(tx, "scan");
  });
  return { name };
}

async function requireFolder(servers: Servers, server: ServerRow, path: string): Promise<void> {
  const { session, root, release } = await openOwn(servers, server);
  try {
    const exists = await session.directoryExists(joinPath(root, path));
    release("keep");
    if (!exists) throw new FonError("share.path-missing", { server: server.label });
  } finally {
    release("close");
  }
}

/** The owner may read the label of their own server in the sentence. */
async function openOwn(servers: Servers, server: ServerRow) {
  try {
    return await servers.open(server.id, { use: "files" });
  } catch (error) {
    if (!(error instanceof FonError)) throw error;
    throw new FonError(error.code, { ...error.params, server: server.label }, { cause: error });
  }
}

async function requireFree(tx: Tx, groupId: number, serverId: number, path: string, name: string): Promise<void> {
  const others = await selectGroupShares(tx, groupId);
  const sameName = others.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (sameName) throw new FonError("share.name-taken", { name: sameName.name });
  const overlaps = (one: { path: string }) => isBelow(path, one.path) || isBelow(one.path, path);
  const other = others.find((one) => one.serverId === serverId && overlaps(one));
  if (other) throw new FonError("share.path-shared", { name: other.name });
}
