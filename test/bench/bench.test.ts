// Each part of `npm run bench` in its small size: its tables are whole and their figures are figures. Nothing about time.
import { describe, expect, test } from "vitest";
import { chartOf } from "./page.ts";
import { partNames, parts } from "./parts.ts";
import { measurePart } from "./pieces.ts";
import { formatCell, printTable } from "./print.ts";
import type { Part, Table } from "./report.ts";
import { failed, isOurFailure, notInstalled } from "./report.ts";
import type { Measured } from "./results.ts";
import { mergeResults, replaceTables } from "./results.ts";
import { measureInTurns, medianCell, ratio } from "./rounds.ts";

describe("in the small size", { timeout: 300_000 }, () => {
  test.each(partNames)("%s", async (name) => {
    const { part } = await parts[name]();
    expect(part.name).toBe(name);
    const { tables, failures } = await measureSmall(part);
    expect(failures).toEqual([]);
    expect(tables.length).toBeGreaterThan(0);
    for (const table of tables) expectWhole(table);
  });
});

async function measureSmall(part: Part, only: string[] = []) {
  const tables: Table[] = [];
  const failures: string[] = [];
  const keep = (some: Table[]) => void tables.splice(0, Infinity, ...replaceTables(tables, some));
  const fail = (failure: string) => void failures.push(failure.split("\n")[0] ?? "");
  await measurePart(part, { size: "smoke", only, tell: () => undefined, keep, fail });
  return { tables, failures };
}

function expectWhole({ title, note, columns, rows, plot }: Table): void {
  expect(title, "title").not.toBe("");
  expect(note, title).not.toBe("");
  expect(rows.length, title).toBeGreaterThan(0);
  expect(rows.flat(), title).not.toContain(failed);
  expect(new Set(columns).size, title).toBe(columns.length);
  for (const row of rows) {
    expect(row, title).toHaveLength(columns.length);
    for (const cell of row)
      if (typeof cell === "number") expect(cell, `${title}: ${row[0]}`).toSatisfy(Number.isFinite);
  }
  expect(
    rows.flat().some((cell) => typeof cell === "number"),
    title,
  ).toBe(true);
  if (plot) expect(columns, title).toEqual(expect.arrayContaining([plot.x, ...plot.y]));
}

const table: Table = {
  title: "Rates",
  note: "Made up.",
  columns: ["server", "ours files/s", "theirs files/s"],
  rows: [
    ["one", 12345.6, 800],
    ["two", 2.71, "not installed"],
    ["three", null, 0.5],
  ],
  plot: { kind: "bar", x: "server", y: ["ours files/s", "theirs files/s"], unit: "files/s", isLogarithmic: true },
};

test("a run fails by what failed of ours, not by a peer that could not do it", () => {
  const columns = ["server", "FonShare s", "lftp s"];
  const isFailure = (...row: Table["rows"][number]) => isOurFailure({ columns, rows: [["none", 1, 1], row] });
  expect([isFailure("one", failed, 3), isFailure("two", 3, failed), isFailure("three", 3, 3)]).toEqual([
    true,
    false,
    false,
  ]);
  expect(isOurFailure({ columns: ["figure", "value"], rows: [["pulls", failed]] })).toBe(true);
});

test("a table is printed with its numbers short", () => {
  expect(table.rows.flat().map(formatCell)).toEqual(
    ["one", "12,346", "800", "two", "2.71", "not installed", "three", "–", "0.500"], // biome-ignore format: as in the table
  );
  const lines = printTable(table).split("\n");
  expect(lines[0]).toBe("Rates");
  expect(lines.slice(-3)[0]).toBe("one           12,346  800");
  expect(lines.every((line) => line.length <= 80)).toBe(true);
});

test("names of columns are broken where the table would be too wide", () => {
  const columns = ["server", ...["first", "second", "third", "fourth", "fifth"].map((word) => `the ${word} of many`)];
  const wide: Table = { ...table, columns, rows: [["one", 1, 2, 3, 4, 5]] };
  const lines = printTable(wide).split("\n");
  expect(lines.every((line) => line.length <= 80)).toBe(true);
  expect(lines.join(" ")).toContain("second");
});

test("a bar is drawn for each number, and none for what is no number", () => {
  const chart = chartOf(table, table.plot ?? { kind: "bar", x: "", y: [], unit: "" });
  expect(chart.data).toMatchObject({
    labels: ["one", "two", "three"],
    datasets: [{ data: [12345.6, 2.71, null] }, { data: [800, null, 0.5] }],
  });
  expect(chart.options.scales.x).toMatchObject({ type: "logarithmic", min: 0.1 });
});

describe("results that are kept", () => {
  const measured = (part: Measured["part"], at: string, titles: string[] = []) =>
    ({ part, at, size: "full", tables: titles.map((title) => ({ ...table, title, note: at })) }) as Measured;
  const merge = (before: Measured[], now: Measured, isWhole: boolean) =>
    mergeResults(before, now, { order: partNames, isWhole });

  test("a part that is measured again takes the place of its old figures, the others stay", () => {
    const before = [measured("scan", "old", ["gone"]), measured("growth", "old")];
    const merged = merge(before, measured("scan", "new", ["one"]), true);
    expect(merged.map(({ part, at }) => `${part} ${at}`)).toEqual(["scan new", "growth old"]);
    expect(merged[0]?.tables.map(({ title }) => title)).toEqual(["one"]);
    expect(merge(merged, measured("search", "new"), true).map(({ part }) => part)).toEqual([
      "scan",
      "search",
      "growth",
    ]);
  });

  test("a piece that is measured again leaves the part's other tables, and they say how old they are", () => {
    const first = merge([measured("scan", "old", ["one", "two"])], measured("scan", "new", ["two", "three"]), false);
    const second = merge(first, measured("scan", "newest", ["three"]), false);
    const told = second[0]?.tables.map(({ title, note, at }) => `${title} ${note} ${at}`);
    expect(told).toEqual(["one old old", "two new new", "three newest undefined"]);
  });
});

describe("in pieces", () => {
  const part: Part = {
    name: "scan",
    pieces: ["first", "again", "big folder"],
    async measure(_size, _tell, pieces) {
      await pieces.measure("first", async () => [{ ...table, title: "first" }]);
      await pieces.measure("again", async () => {
        pieces.keep([{ ...table, title: "half of again", note: "of one" }]);
        pieces.keep([{ ...table, title: "half of again", note: "of two" }]);
        throw new Error("a scan failed");
      });
      await pieces.measure("big folder", async () => [{ ...table, title: "big" }]);
      return pieces.wants("first") ? [{ ...table, title: "the rest" }] : [];
    },
  };
  const outcome = async (only: string[]) => {
    const { tables, failures } = await measureSmall(part, only);
    return [...tables.map(({ title }) => title), ...failures];
  };

  test("what was measured is kept when a piece fails, and the next ones are measured", async () => {
    expect(await outcome([])).toEqual(["first", "half of again", "big", "the rest", "again: Error: a scan failed"]);
  });

  test("only what is asked for is measured", async () => {
    expect(await outcome(["big"])).toEqual(["big"]);
    expect(await outcome(["big", "first"])).toEqual(["first", "big", "the rest"]);
  });

  test("a piece that is not there is told of, and nothing is measured", async () => {
    expect(await outcome(["big", "rest"])).toEqual(["no piece is called rest; there are: first, again, big folder"]);
  });
});

describe("in turns", () => {
  const took = (tookMs: number) => async () => ({ tookMs });

  test("who takes long has one round, who fails is left alone, who is not there has none", async () => {
    const order: string[] = [];
    const noting = (name: string, tookMs: number) => async () => {
      order.push(name);
      return { tookMs };
    };
    const broken = async () => {
      throw new Error("broken");
    };
    const told: string[] = [];
    const methods = { quick: noting("quick", 1), broken, slow: noting("slow", 60_000), absent: undefined };
    const measured = await measureInTurns(methods, { rounds: 3, tell: (line) => told.push(line) });
    expect(order).toEqual(["quick", "slow", "quick", "quick"]);
    expect(told).toEqual(["broken failed: broken"]);
    const lengths = [measured.quick?.length, measured.broken?.length, measured.slow?.length, measured.absent?.length];
    expect(lengths).toEqual([3, 0, 1, undefined]);
  });

  test("each goes first in its turn", async () => {
    const order: string[] = [];
    const noting = (name: string) => async () => {
      order.push(name);
      return { tookMs: 1 };
    };
    await measureInTurns({ a: noting("a"), b: noting("b") }, { rounds: 3, tell: () => undefined });
    expect(order).toEqual(["a", "b", "b", "a", "a", "b"]);
  });

  test("a cell says the middle round, or why there is none", async () => {
    const measured = await measureInTurns({ ours: took(5) }, { rounds: 2, tell: () => undefined });
    expect(medianCell(measured.ours, ({ tookMs }) => tookMs)).toBe(5);
    expect([medianCell([], Number), medianCell(undefined, Number)]).toEqual([failed, notInstalled]);
    expect([1, 9, 2].map((value) => medianCell([value, 3, 4], Number))).toEqual([3, 4, 3]);
  });

  test("a ratio is of two figures", () => {
    expect([ratio(6, 3), ratio(6, failed), ratio(null, 3), ratio(1, 0)]).toEqual([2, null, null, null]);
  });
});
