// A small FTP server over real folders: the personal servers of the demo, and the scripted server of tests.
// It stands alone, and it is not meant for the open internet: no rate limits, no accounts file, no quotas.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import type { SecureContext } from "node:tls";
import { createSecureContext } from "node:tls";
import { checksumVerbs } from "./checksums.ts";
import type { Control } from "./control.ts";
import { startControl } from "./control.ts";
import type { FtpServer, FtpServerOptions, FtpTls, Settings } from "./types.ts";

export type { FtpServer, FtpServerOptions, Override } from "./types.ts";

const rememberedVerbs = 10_000;

function lackedVerbs(options: FtpServerOptions): ReadonlySet<string> {
  const { mlst = true, hash = [], without = [] } = options.features ?? {};
  const lacked = new Set(checksumVerbs.filter((verb) => !hash.some((known) => known === verb)));
  for (const verb of without) lacked.add(verb.toUpperCase());
  for (const verb of mlst ? [] : ["MLSD", "MLST"]) lacked.add(verb);
  for (const verb of options.tls === undefined ? ["AUTH", "PBSZ", "PROT", "SSCN", "CPSV"] : []) lacked.add(verb);
  return lacked;
}

function contextOf({ key, cert, maxVersion }: FtpTls): SecureContext {
  return createSecureContext({ key, cert, ...(maxVersion && { maxVersion }) });
}

function settle(options: FtpServerOptions): Settings {
  const lacked = lackedVerbs(options);
  const { tls } = options;
  return {
    options,
    secureContext: tls && contextOf(tls),
    dataTimeoutMs: options.dataTimeoutMs ?? 60_000,
    lacks: (verb) => lacked.has(verb),
  };
}

/** Does nothing until `listen()`; may be listened and closed once. */
export function createFtpServer(options: FtpServerOptions): FtpServer {
  const settings = settle(options);
  const controls = new Set<Control>();
  const commands: string[] = [];
  const listener = createServer({ noDelay: true });
  let lastId = 0;

  function note(verb: string): void {
    commands.push(verb);
    if (commands.length > rememberedVerbs) commands.shift();
  }

  listener.on("connection", (socket) => {
    lastId += 1;
    const control: Control = startControl({
      id: lastId,
      socket,
      settings,
      note,
      onClose: () => controls.delete(control),
    });
    controls.add(control);
  });

  return {
    commands,
    connections: () => controls.size,
    async listen() {
      listener.listen(options.port ?? 0, options.address);
      await once(listener, "listening");
      return { host: options.address, port: (listener.address() as AddressInfo).port };
    },
    async close() {
      if (!listener.listening) return;
      const closed = once(listener, "close");
      listener.close();
      for (const control of controls) control.shutDown();
      await closed;
    },
  };
}
