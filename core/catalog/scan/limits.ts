// Bounds of a scan. What goes over one is left for the owner to hear of; the scan is then partial and deletes nothing.

export interface ScanLimits {
  /** Sessions at a time on one server; fewer when the server says that is too many. */
  sessions: number;
  /** Servers at a time in one process. */
  servers: number;
  /** Folders below a shared one. */
  depth: number;
  /** Of a folder's path; an index of PostgreSQL holds no more than 2,704 bytes. */
  pathBytes: number;
  /** Files and folders of one server. */
  entries: number;
  /** Files and folders of one folder. */
  folderEntries: number;
  /** What the folders that are known and not yet read may take in memory. */
  waitingBytes: number;
  durationMs: number;
  /** A file that changed a shorter time ago is left for the next scan: it may still be growing. */
  settleMs: number;
  /** The usual time between two scans; FONSHARE_SCAN_EVERY. Quiet servers wait up to four times, busy ones a quarter. */
  everyMs: number;
  /** A scan that shows no sign of life for so long may be taken over. */
  leaseMs: number;
}

export const defaultScanLimits: ScanLimits = {
  sessions: 4,
  servers: 3,
  depth: 40,
  pathBytes: 2_000,
  entries: 3_000_000,
  folderEntries: 200_000,
  waitingBytes: 64 * 1024 * 1024,
  durationMs: 30 * 60_000,
  settleMs: 20_000,
  everyMs: 30 * 60_000,
  leaseMs: 60_000,
};
