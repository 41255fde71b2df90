// Where a test daemon listens: loopback addresses that parallel test workers do not share, and how one sees that a daemon is
// ready. Starts nothing.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { threadId } from "node:worker_threads";

let addressesGiven = 0;

/**
 * An IPv4 loopback address that no other living process of this machine gets from here: two octets
 * come from the process id, so workers never meet (threads of one process start far apart).
 */
export function freshAddress(): string {
  addressesGiven += 1;
  const worker = (process.pid + threadId * 8191) % 32_000;
  return `127.${64 + Math.floor(worker / 250)}.${worker % 250}.${1 + (addressesGiven % 250)}`;
}

/**
 * Whether one of these processes listens at the address. Asked of the kernel and not by connecting:
 * a session of ours would count as a client, and ProFTPD answers nobody for 0.4 s after one ended.
 */
export function isListening(pids: readonly number[], host: string, port: number): boolean {
  const wanted = `${toKernelHex(host)}:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const table = readFileSync(host.includes(":") ? "/proc/net/tcp6" : "/proc/net/tcp", "latin1");
  const listeners = table
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local === wanted && state === "0A")
    .map((fields) => `socket:[${fields[9]}]`);
  return listeners.length > 0 && pids.some((pid) => openFiles(pid).some((name) => listeners.includes(name)));
}

/** IPv4 as one little-endian number; of IPv6 only ::1 is ever needed. */
function toKernelHex(host: string): string {
  if (host === "::1") {
    return `${"0".repeat(24)}01000000`;
  }
  const octets = host.split(".").map((octet) => Number(octet).toString(16).padStart(2, "0"));
  return octets.reverse().join("").toUpperCase();
}

function openFiles(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((name) => readlinkSync(`/proc/${pid}/fd/${name}`));
  } catch {
    // It ended, or closed a file, while we looked.
    return [];
  }
}
