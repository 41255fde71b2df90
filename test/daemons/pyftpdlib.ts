// pyftpdlib for tests: hands the setup as JSON to the small Python program beside this file.
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findProgram } from "./install.ts";
import type { DaemonSetup, Launch } from "./types.ts";

export async function preparePyftpdlib(setup: DaemonSetup): Promise<Launch> {
  const { host, port, tls, users, fxp, workFolder, pemFile, maxClients } = setup;
  const program = await findProgram("pyftpdlib");
  if (!program) {
    throw new Error("pyftpdlib is not installed");
  }
  // Copied, because the checkout may lie where the service account cannot enter.
  const script = join(workFolder, "server.py");
  await copyFile(new URL("./pyftpdlib-server.py", import.meta.url), script);
  const settings = {
    host,
    port,
    fxp,
    maxClients,
    users: users.map((user) => ({ ...user, perm: user.readOnly ? "elr" : "elradfmwMT" })),
    tls: tls ? { pemFile, dataRequired: tls.dataRequired ?? false } : undefined,
    rateBytesPerS: setup.rateBytesPerS,
  };
  const file = join(workFolder, "settings.json");
  await writeFile(file, JSON.stringify(settings));
  return { command: program, args: [script, file], asAccount: true };
}
