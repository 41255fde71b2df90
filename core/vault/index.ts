// The vault: seals secrets for the database and opens them again. Only core/servers and the composition root use it.

export { addKeyToFile, dropOldKeys, loadKeyFile, rereadKeyFile } from "./key-file.ts";
export type { MasterKey } from "./master-key.ts";
export { createMasterKey, KeyFileError } from "./master-key.ts";
export type { Vault } from "./vault.ts";
export { createVault } from "./vault.ts";
