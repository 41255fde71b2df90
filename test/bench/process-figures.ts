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

const established = "01";

/** Connections that stand at the server's side of `host` (IPv4) and `port`. */
export function countConnections(host: string, port: number): number {
  const bytes = host.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
  const local = `${bytes.toReversed().join("")}:${port.toString(16).padStart(4, "0")}`.toUpperCase();
  return readFileSync("/proc/net/tcp", "latin1")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1] === local && fields[3] === established).length;
}

/** Looks again and again while something runs, and keeps the highest. */
export function watchHighest(look: () => number, everyMs = 50): { end(): number } {
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
