// Real FTP daemons that serve one folder of this machine, near or behind a delay: at one address for control and data.
import type { Daemon, DaemonKind, DaemonOptions } from "../daemons/index.ts";
import { freshAddress, startDaemon } from "../daemons/index.ts";
import type { Traffic } from "./delay-proxy.ts";
import type { Delays } from "./delays.ts";
import { startDelays } from "./delays.ts";

export interface HomeWish {
  name: string;
  kind: DaemonKind;
  options?: DaemonOptions;
}

/** Where a daemon is reached; `daemon.host` is its own address. */
export interface Home {
  name: string;
  daemon: Daemon;
  host: string;
  port: number;
  username: string;
  password: string;
}

export interface Homes {
  homes: Home[];
  /** What passed the proxies; undefined without them. */
  traffic(): Promise<Traffic | undefined>;
  stop(): Promise<void>;
}

export interface Way {
  roundTripMs: number;
  /** Through proxies also where there is no delay, to count what passes. */
  isCounted?: boolean;
  /** At a proxy each of them needs a listener. Default 500: a session leaves one port after the other in use for a while. */
  passivePorts?: number;
}

const firstPassive = 42_000;

/** Near: no proxy. Data between two of these daemons is never delayed. */
export async function openHomes(wishes: readonly HomeWish[], way: Way): Promise<Homes> {
  const isBehindProxy = way.roundTripMs > 0 || way.isCounted === true;
  const passive = { from: firstPassive, to: firstPassive + (way.passivePorts ?? 500) - 1 };
  const daemons: Daemon[] = [];
  let delays: Delays | undefined;
  const stop = async () => {
    await delays?.stop();
    for (const daemon of daemons) await daemon.stop();
  };
  try {
    const homes: Home[] = [];
    for (const { name, kind, options } of wishes) {
      const address = isBehindProxy ? freshAddress() : undefined;
      const daemon = await startDaemon(kind, { ...options, ...(address ? { passive: { ...passive, address } } : {}) });
      daemons.push(daemon);
      const { port, username, password } = daemon;
      homes.push({ name, daemon, host: address ?? daemon.host, port, username, password });
    }
    if (isBehindProxy) delays = await startDelays(routesOf(homes, way.roundTripMs, passive));
    return { homes, traffic: async () => delays?.traffic(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function routesOf(homes: readonly Home[], roundTripMs: number, passive: { from: number; to: number }) {
  const neighbours = homes.map(({ daemon }) => daemon.host);
  const passivePorts = Array.from({ length: passive.to - passive.from + 1 }, (_, index) => passive.from + index);
  return homes.map(({ host, port, daemon }) => {
    return { host, ports: [port, ...passivePorts], to: daemon.host, roundTripMs, neighbours };
  });
}
