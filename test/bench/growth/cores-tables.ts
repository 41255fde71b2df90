// What several cores brought, as tables: scans and pulls a second, and what the processors did meanwhile.
import type { Cell, Table } from "../report.ts";
import { failed } from "../report.ts";
import { ratio } from "../rounds.ts";
import type { Plan } from "./core-world.ts";
import { shelf } from "./core-world.ts";
import { processors } from "./processes.ts";
import { rounded } from "./spread.ts";

/** Processors busy with each, on average. */
export interface Load {
  cores: number;
  database: number;
  ftp: number;
  others: number;
}

/** Sessions of the cores at the database. */
export interface Sessions {
  /** The most at a time. */
  open: number;
  /** On average waiting for one of core/platform/locks.ts. */
  advisory: number;
  /** On average waiting for a row that another one writes, or for the queue of NOTIFY. */
  rows: number;
}

export interface Measured {
  perSecond: number;
  load: Load;
  sessions: Sessions;
}

/** Without figures when it failed. */
export interface Result extends Partial<Measured> {
  what: "scans" | "pulls";
  cores: number;
  roundTripMs: number;
}

export function tablesOf(plan: Plan, results: readonly Result[], programs: string): Table[] {
  return [
    rateTable(plan, results, "scans", {
      title: "Scans a second by core processes",
      note: `${plan.sources} servers of ${shelf.files} files or more in ${shelf.folders} folders or more, nothing changed, each due again as soon as it was read; a core reads three at a time. ${plan.windowMs / 1000} s each. ${programs}.`,
    }),
    rateTable(plan, results, "pulls", {
      title: "Pulls a second by core processes",
      note: `${plan.pullers} people pull ${plan.batchFiles} files of 1 KiB each, from a source of their own into an inbox of their own, verified and renamed; a core moves 16 at a time. From the question to the last file. ${programs}, without waiting for its disk.`,
    }),
    loadTable(results),
    sessionTable(results),
  ];
}

const short = (cell: Cell) => (typeof cell === "number" ? rounded(cell) : cell);
const lineOf = (roundTripMs: number) => (roundTripMs === 0 ? "loopback" : `${roundTripMs} ms`);

function rateTable(
  { cores, roundTrips }: Plan,
  results: readonly Result[],
  what: Result["what"],
  words: Pick<Table, "title" | "note">,
): Table {
  const of = (many: number, roundTripMs: number) =>
    results.find((one) => one.what === what && one.cores === many && one.roundTripMs === roundTripMs)?.perSecond;
  const measured = cores.filter((many) => results.some((one) => one.cores === many));
  const rows = measured.map((many): Cell[] => [
    many,
    ...roundTrips.map((ms) => of(many, ms) ?? failed).map(short),
    ...roundTrips.map((ms) => ratio(of(many, ms) ?? failed, of(1, ms) ?? failed)).map(short),
  ]);
  const rates = roundTrips.map((ms) => `${what}/s, ${lineOf(ms)}`);
  const ratios = roundTrips.map((ms) => `× one core, ${lineOf(ms)}`);
  return {
    ...words,
    columns: ["cores", ...rates, ...ratios],
    rows,
    plot: { kind: "line", x: "cores", y: rates, unit: `${what}/s` },
  };
}

const measurementOf = ({ what, cores, roundTripMs }: Result) =>
  `${what}, ${cores} ${cores === 1 ? "core" : "cores"}, ${lineOf(roundTripMs)}`;

function loadTable(results: readonly Result[]): Table {
  const cellsOf = ({ load }: Result): Cell[] => {
    if (!load) return [failed, failed, failed, failed, failed];
    const { cores, database, ftp, others } = load;
    return [cores, database, ftp, others, Math.max(0, processors - cores - database - ftp - others)].map(rounded);
  };
  return {
    title: "What the processors did meanwhile",
    note: `Processors busy on average with the cores, the database, the FTP servers and their line, and everything else on this machine, out of ${processors}. Where nothing is idle, more core processes have nothing left to run on; where something is, the round trips to the servers are what is waited for.`,
    columns: ["measurement", "cores", "database", "FTP servers", "others", "idle"],
    rows: results.map((one) => [measurementOf(one), ...cellsOf(one)]),
    plot: { kind: "bar", x: "measurement", y: ["cores", "database", "FTP servers", "others"], unit: "processors" },
  };
}

function sessionTable(results: readonly Result[]): Table {
  const cellsOf = ({ sessions }: Result): Cell[] => {
    if (!sessions) return [failed, failed, failed];
    return [sessions.open, rounded(sessions.advisory), rounded(sessions.rows)];
  };
  return {
    title: "What the database's connections did meanwhile",
    note: "Connections of all cores together: the most that were open at a time (PostgreSQL allows 100 where nobody says otherwise), and how many of them waited on average, for a lock that lets one do it at a time (core/platform/locks.ts: who leases, who writes events), or for a row.",
    columns: ["measurement", "most open", "waiting for turns", "waiting for rows"],
    rows: results.map((one) => [measurementOf(one), ...cellsOf(one)]),
  };
}
