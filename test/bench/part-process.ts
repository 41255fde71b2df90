// One part of `npm run bench` in a process of its own: `node part-process.ts <part> <smoke|full> [piece …]`, forked by
// run-part.ts. Tells its progress, its tables as they come and its failures over IPC, and at last that it is over. When it is told to stop, it ends all that it has started.
import { endDescendants } from "./descendants.ts";
import { parts } from "./parts.ts";
import { measurePart } from "./pieces.ts";
import type { Part, Size, Table } from "./report.ts";

export type PartMessage = { tell: string } | { tables: Table[] } | { failure: string } | { isOver: true };

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

const [name, size, ...only] = process.argv.slice(2) as [Part["name"], Size, ...string[]];
const { part } = await parts[name]();
await measurePart(part, {
  size,
  only,
  tell: (line) => void say({ tell: line }),
  keep: (tables) => void say({ tables }),
  fail: (failure) => void (isLeaving || say({ failure })),
});
await say({ isOver: true });
await leave(0);
