// How a process feels while something runs in it: the longest turn of the event loop, and the memory.
// Only time that this thread really computed counts, so that a busy machine is not taken for a blocked loop.

export interface Felt {
  longestBlockMs: number;
  peakHeapBytes: number;
  /** Heap, buffers and all that V8 knows of, over what it was at the beginning. */
  grownBytes: number;
}

const lookMs = 5;

export function watch(): { end(): Felt } {
  let longestBlockMs = 0;
  let peak = 0;
  let peakHeapBytes = 0;
  const before = held();
  let cpuMs = threadMs();
  let wallMs = performance.now();

  const look = () => {
    const [nowCpuMs, nowWallMs] = [threadMs(), performance.now()];
    longestBlockMs = Math.max(longestBlockMs, Math.min(nowCpuMs - cpuMs, nowWallMs - wallMs));
    [cpuMs, wallMs] = [nowCpuMs, nowWallMs];
    // Asked for once: it takes longer than many a turn.
    const { heapUsed, external } = process.memoryUsage();
    peak = Math.max(peak, heapUsed + external);
    peakHeapBytes = Math.max(peakHeapBytes, heapUsed);
  };
  const timer = setInterval(look, lookMs);
  return {
    end() {
      look();
      clearInterval(timer);
      return { longestBlockMs: Math.round(longestBlockMs), peakHeapBytes, grownBytes: Math.max(0, peak - before) };
    },
  };
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function held(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
