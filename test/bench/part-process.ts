// One part of `npm run bench` in a process of its own: `node part-process.ts <part> <smoke|full>`, forked by run-part.ts.
// Tells its progress, its tables or its failure over IPC. When it is told to stop, it ends all that it has started.
import { endDescendants } from "./descendants.ts";
import { parts } from "./parts.ts";
import type { Part, Size, Table } from "./report.ts";

export type PartMessage = { tell: string } | { tables: Table[] } | { failure: string };

let isLeaving = false;

async function leave(code: number): Promise<void> {
  if (isLeaving) return;
  isLeaving = true;
  await endDescendants();
  process.exit(code);
}

async function say(message: PartMessage): Promise<void> {
  if (!process.connected) return;
  await new Promise<void>((sent) => process.send?.(message, () => sent()));
}

for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void leave(130));
// Not longer than whoever started it.
process.once("disconnect", () => void leave(130));

const [name, size] = process.argv.slice(2) as [Part["name"], Size];
try {
  const { part } = await parts[name]();
  await say({ tables: await part.measure(size, (line) => void say({ tell: line })) });
} catch (error) {
  if (!isLeaving) await say({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
await leave(0);
