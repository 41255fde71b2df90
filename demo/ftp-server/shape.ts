// What a test does to the bytes of a data connection: slow them down, end, cut or stall them.
import { setTimeout as delay } from "node:timers/promises";
import type { DataFault } from "./types.ts";

export interface Shape {
  rateBytesPerS: number | undefined;
  fault: DataFault | undefined;
  signal: AbortSignal;
  /** Resets the connection; called for the fault `reset`. */
  reset: () => void;
}

async function* slices(source: AsyncIterable<Buffer>, sizeBytes: number): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += sizeBytes) yield chunk.subarray(at, at + sizeBytes);
  }
}

async function* slowed(source: AsyncIterable<Buffer>, rate: number, signal: AbortSignal) {
  const startedAt = performance.now();
  let sentBytes = 0;
  for await (const slice of slices(source, Math.max(1, Math.floor(rate / 20)))) {
    yield slice;
    sentBytes += slice.length;
    const waitMs = startedAt + (sentBytes * 1000) / rate - performance.now();
    if (waitMs > 1) await delay(waitMs, undefined, { signal });
  }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

async function* broken(source: AsyncIterable<Buffer>, fault: DataFault, shape: Shape) {
  let leftBytes = fault.afterBytes;
  for await (const chunk of source) {
    if (leftBytes > 0) yield chunk.subarray(0, leftBytes);
    leftBytes -= chunk.length;
    if (leftBytes > 0) continue;
    if (fault.how === "end") return;
    if (fault.how === "stall") await untilAborted(shape.signal);
    shape.reset();
    throw new Error("the data connection was reset on purpose");
  }
}

/** The steps to put between source and destination; none when nothing is asked. */
export function shapeSteps(shape: Shape): Array<(source: AsyncIterable<Buffer>) => AsyncGenerator<Buffer>> {
  const { rateBytesPerS: rate, fault, signal } = shape;
  const steps = [];
  if (rate !== undefined) steps.push((source: AsyncIterable<Buffer>) => slowed(source, rate, signal));
  if (fault !== undefined) steps.push((source: AsyncIterable<Buffer>) => broken(source, fault, shape));
  return steps;
}
