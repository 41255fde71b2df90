// A fresh master key, and every secret sealed anew under it with a fresh data key, while cores run. It may be killed at
// any point and is simply run again: the old key leaves the file only when no row needs it.
import type { Db } from "../platform/db.ts";
import type { Log } from "../platform/log.ts";
import { StartProblem } from "../platform/start-problem.ts";
import type { MasterKey } from "../vault/index.ts";
import { addKeyToFile, createVault, dropOldKeys, loadKeyFile, rereadKeyFile } from "../vault/index.ts";
import { areAllSealedUnder, resealServer, verifyKeys } from "./sealing.ts";
import { holdSealing, lockRotation, selectServersUnderOtherKeys } from "./store/secrets.ts";

export interface RotationDeps {
  db: Db;
  keyFile: string;
  log: Log;
}

export interface Rotation {
  /** Secrets sealed anew. */
  secrets: number;
  /** The file had more than one key already: that rotation was brought to its end, and no further key was made. */
  isFinishing: boolean;
}

/** @throws KeyFileError, StartProblem when another rotation runs */
export function rotateMasterKey({ db, keyFile, log }: RotationDeps): Promise<Rotation> {
  // The lock goes with this transaction, which does nothing else, and so with the process.
  return db.transaction(async (tx) => {
    if (!(await lockRotation(tx))) throw new StartProblem("Another rotation of the master key runs: wait for its end.");
    const before = await loadKeyFile(keyFile);
    await verifyKeys(db, vaultOf(keyFile, before));
    const isFinishing = before.length > 1;
    const vault = vaultOf(keyFile, isFinishing ? before : await addKeyToFile(keyFile));
    let secrets = 0;
    do {
      for (const serverId of await selectServersUnderOtherKeys(db, vault.keyId())) {
        const resealed = await resealServer(db, vault, serverId);
        log.info({ server: serverId, secrets: resealed }, "sealed anew");
        secrets += resealed;
      }
    } while (!(await dropKeysWhenUnused(db, keyFile, vault.keyId())));
    return { secrets, isFinishing };
  });
}

function vaultOf(keyFile: string, masterKeys: readonly MasterKey[]) {
  return createVault({ masterKeys, reload: () => rereadKeyFile(keyFile) });
}

/** Nobody seals meanwhile: what a core sealed under the old key is seen here, and what it seals later is under the new. */
function dropKeysWhenUnused(db: Db, keyFile: string, keyId: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    await holdSealing(tx);
    if (!(await areAllSealedUnder(tx, keyId))) return false;
    await dropOldKeys(keyFile);
    return true;
  });
}
