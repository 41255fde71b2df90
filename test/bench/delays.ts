// Starts the delay proxies of a measurement in one process of their own.
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { DelayRoute, Traffic } from "./delay-proxy.ts";

export interface Delays {
  /** Of all routes together, since the start. */
  traffic(): Promise<Traffic>;
  stop(): Promise<void>;
}

/** Resolves when all of them listen. */
export async function startDelays(routes: readonly DelayRoute[]): Promise<Delays> {
  const child = fork(join(import.meta.dirname, "delay-process.ts"), [JSON.stringify(routes)]);
  const ended = once(child, "exit").then(() => undefined);
  const next = async () => {
    const message = await Promise.race([once(child, "message"), ended]);
    if (!message) throw new Error("the process of the delay proxies ended before its time");
    return message[0] as unknown;
  };
  await next();
  return {
    async traffic() {
      const answer = next();
      child.send("traffic");
      return (await answer) as Traffic;
    },
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
