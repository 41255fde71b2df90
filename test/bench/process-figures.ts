// What the kernel tells of another process: CPU time and memory; and how many connections stand to an address. Linux only.
import { readFileSync } from "node:fs";

/** Ticks of /proc; 100 a second on every Linux that Node runs on. */
const tickMs = 10;

/** User and system time of all its threads. */
export function cpuMsOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The name in parentheses may itself hold blanks; the 14th and 15th fields are the times.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

export function rssBytesOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]) * 1024;
}

/** Every byte that the process read, sockets and pipes included (proc(5), io). */
export function bytesReadBy(pid: number): number {
  return Number(/^rchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, "latin1"))?.[1]);
}

/** The local address of a line of /proc/net/tcp, any remote one, and the state that stands for an established connection. */
const establishedAt = (local: string) => new RegExp(`^ *\\d+: ${local} [0-9A-F]+:[0-9A-F]+ 01 `, "gm");

/**
 * Connections that stand at the server's side of these addresses (IPv4), all together. After thousands of small files the
 * kernel tells of tens of thousands that have ended, which takes it 50 ms: not to be asked too often.
 */
export function countConnections(servers: readonly { host: string; port: number }[]): number {
  const text = readFileSync("/proc/net/tcp", "latin1");
  return servers.reduce((sum, { host, port }) => {
    const bytes = host.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
    const local = `${bytes.toReversed().join("")}:${port.toString(16).padStart(4, "0")}`.toUpperCase();
    return sum + (text.match(establishedAt(local))?.length ?? 0);
  }, 0);
}

/** Looks again and again while something runs, and keeps the highest. */
export function watchHighest(look: () => number, everyMs: number): { end(): number } {
  let highest = look();
  const again = () => {
    highest = Math.max(highest, look());
  };
  const timer = setInterval(again, everyMs);
  return {
    end() {
      clearInterval(timer);
      again();
      return highest;
    },
  };
}
