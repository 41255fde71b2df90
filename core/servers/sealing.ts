// Between the vault and the table of sealed fields: every field is bound to its server, name and version.
import type { Db, Tx } from "../platform/db.ts";
import type { Vault } from "../vault/index.ts";
import { KeyFileError } from "../vault/index.ts";
import type { Connection, Settings } from "./settings.ts";
import { fromSecrets, toSecrets } from "./settings.ts";
import type { SecretRow } from "./store/secrets.ts";
import {
  announceSealing,
  replaceSecrets,
  selectKeyIds,
  selectSecrets,
  selectServersUnderOtherKeys,
  updateSecret,
} from "./store/secrets.ts";
import type { ServerRow } from "./store/servers.ts";
import { lockServer } from "./store/servers.ts";

type Place = Pick<SecretRow, "serverId" | "field" | "version">;
const placeOf = ({ serverId, field, version }: Place) => `server ${serverId} ${field} version ${version}`;

export async function storeConnection(
  tx: Tx,
  vault: Vault,
  row: Pick<ServerRow, "id" | "version">,
  connection: Connection,
): Promise<void> {
  await announceSealing(tx);
  const rows = [...toSecrets(connection)].map(([field, secret]) => {
    const place = { serverId: row.id, field, version: row.version };
    return { ...place, ...vault.seal(placeOf(place), secret) };
  });
  await replaceSecrets(tx, row.id, rows);
}

/** @throws Error when a row was tampered with or its key is not known */
export async function readConnection(
  db: Db | Tx,
  vault: Vault,
  row: { id: number; security: Settings["security"] },
): Promise<Connection> {
  const rows = await selectSecrets(db, row.id);
  return fromSecrets(row.security, new Map(rows.map((one) => [one.field, vault.unseal(placeOf(one), one)])));
}

/** Seals the server's rows anew that are under another key than the one in use. @returns how many they were */
export function resealServer(db: Db, vault: Vault, serverId: number): Promise<number> {
  return db.transaction(async (tx) => {
    // Whoever changes or removes the server waits: its rows are always taken in the same order.
    await lockServer(tx, serverId);
    const keyId = vault.keyId();
    const old = (await selectSecrets(tx, serverId)).filter((row) => row.keyId !== keyId);
    for (const row of old) await updateSecret(tx, { ...row, ...vault.reseal(placeOf(row), row) });
    return old.length;
  });
}

export async function areAllSealedUnder(tx: Tx, keyId: string): Promise<boolean> {
  return (await selectServersUnderOtherKeys(tx, keyId)).length === 0;
}

/** @throws KeyFileError when the database has rows that no key of the file opens */
export async function verifyKeys(db: Db, vault: Vault): Promise<void> {
  const unknown = (await selectKeyIds(db)).filter((keyId) => !vault.knows(keyId));
  if (unknown.length === 0) return;
  const ids = unknown.join(", ");
  throw new KeyFileError(
    `The database holds secrets sealed under a master key (${ids}) that is not in the key file (FONSHARE_KEY_FILE).`,
  );
}
