// Delay proxies in a process of their own, so that what is measured and what delays it do not wait for each other:
// `node delay-process.ts <routes as JSON>`, forked by delays.ts. Tells what passed when it is asked; ends with whoever started it.
import type { DelayRoute, Traffic } from "./delay-proxy.ts";
import { startDelayProxy } from "./delay-proxy.ts";

process.once("disconnect", () => process.exit());
const routes = JSON.parse(process.argv[2] ?? "[]") as DelayRoute[];
const proxies = await Promise.all(routes.map(startDelayProxy));
process.on("message", () => {
  const sum = (kind: keyof Traffic) => proxies.reduce((total, { traffic }) => total + traffic[kind], 0);
  const traffic = {
    control: sum("control"),
    dataOfNeighbours: sum("dataOfNeighbours"),
    dataOfOthers: sum("dataOfOthers"),
  };
  process.send?.(traffic satisfies Traffic);
});
process.send?.("ready");
