// A part in pieces: each has a name that `--only` can ask for, and what it gave is kept when a later one fails.
import type { Part, Pieces, Size, Table } from "./report.ts";

export interface PartRun {
  size: Size;
  /** Pieces with one of these texts in their name; all of them when there is none. */
  only: readonly string[];
  tell: (line: string) => void;
  /** Called as soon as tables are whole. */
  keep: (tables: Table[]) => void;
  /** Called with what went wrong; more pieces may follow. */
  fail: (failure: string) => void;
}

/** Runs what was asked for of a part. Never throws: what breaks goes to `fail`. */
export async function measurePart(part: Part, run: PartRun): Promise<void> {
  const { only, fail } = run;
  const names = part.pieces ?? [];
  const unknown = only.filter((text) => !names.some((name) => name.includes(text)));
  if (unknown.length > 0) {
    return fail(`no piece is called ${unknown.join(" or ")}; there are: ${names.join(", ") || "none"}`);
  }
  try {
    run.keep(await part.measure(run.size, run.tell, createPieces(run)));
  } catch (error) {
    fail(explain(error));
  }
}

function createPieces({ only, keep, fail }: PartRun): Pieces {
  const wants = (name: string) => only.length === 0 || only.some((text) => name.includes(text));
  return {
    wants,
    async measure(name, work) {
      if (!wants(name)) return;
      try {
        keep(await work());
      } catch (error) {
        fail(`${name}: ${explain(error)}`);
      }
    },
    keep,
  };
}

const explain = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));
