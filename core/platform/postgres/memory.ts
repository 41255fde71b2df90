// How much of a computer's memory the embedded database may keep pages of its files in.
import { totalmem } from "node:os";

const mebibyte = 1024 ** 2;
/** PostgreSQL's own default. */
const leastMiB = 128;
const mostMiB = 1024;
/** The database shares the computer with whatever else runs at home; what it does not keep, the system may. */
const share = 1 / 16;

/** Of the computer, or of the container that this process is in. */
export function memoryBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/** A value of `shared_buffers`: taken page by page, as they are read, and kept until the server ends. */
export function sharedBuffers(bytes: number): string {
  const wanted = Math.floor((bytes * share) / mebibyte);
  return `${Math.min(Math.max(wanted, leastMiB), mostMiB)}MB`;
}
