// How many connections to PostgreSQL each pool of a core holds at most: all of them are opened with a number from here, so
// that cores of one database do not starve each other. Their sum is held against what the database allows in connection-check.ts.
// No code may ask for a second connection of a pool while it holds one: with all of them held so, everybody would wait for ever.

export const connections = {
  /** API, transfers and schedule. */
  main: 11,
  /** Leases, schedule and servers of the scans, in their thread. */
  scanThread: 3,
  /** Of each running scan: for its temporary tables, and a first one for the words that it meets (see createScanner, beginLoad). */
  eachScan: 2,
  /** The thread that forgets. */
  forgetting: 1,
  /** Each composed core listens for signals over one of its own, see signals.ts: the main one and that of the scans. */
  listening: 2,
  /** Migrations, before anything else is opened. */
  starting: 2,
  /** `--rotate-key`, a process of its own. */
  rotating: 4,
} as const;

/** By this name sessions are recognised in pg_stat_activity. */
export const applicationNames = { main: "fonshare", scan: "fonshare scan" } as const;
