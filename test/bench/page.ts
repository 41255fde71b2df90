// All measurements as one HTML page that needs nothing else: each table as text, and where it has a plot, the plot above.
// The plots are Chart.js's, whose script is part of the page.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { html } from "ghtml";
import { formatCell } from "./print.ts";
import type { Plot, Table } from "./report.ts";
import type { Measured, MeasuredTable } from "./results.ts";

const colours = ["#2563eb", "#f59e0b", "#10b981", "#ef4444", "#8b5cf6", "#64748b"];
const rowPixels = 26;
const barPixels = 16;
const framePixels = 110;
const linePixels = 360;

const style = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1e293b }
h2 { margin-top: 3rem; border-bottom: 1px solid #cbd5e1 } h3 { margin: 2.5rem 0 .2rem }
p.note, p.about { color: #475569; margin: .3rem 0 } p.about { font-size: 13px }
.scroll { overflow-x: auto } .plot { position: relative; margin: 1rem 0 }
table { border-collapse: collapse; font-size: 13px } th, td { padding: .2rem .7rem; border-bottom: 1px solid #e2e8f0 }
th { text-align: left; vertical-align: bottom; color: #475569 } .number { text-align: right; font-variant-numeric: tabular-nums }
`;

const drawing = `
for (const place of document.querySelectorAll("script.plot-data")) {
  new Chart(place.previousElementSibling.querySelector("canvas"), JSON.parse(place.textContent));
}`;

export function drawPage(results: readonly Measured[]): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>FonShare, measured</title>
<style>!${style}</style>
</head>
<body>
<h1>FonShare, measured</h1>
!${results.map(drawPart)}
<script>!${chartScript()}</script>
<script>!${drawing}</script>
</body>
</html>
`;
}

/** Text of a script must not hold what would end it. */
const inScript = (text: string) => text.replaceAll("</", "<\\/").replaceAll("<!--", "<\\!--");

function chartScript(): string {
  const script = new URL("./chart.umd.min.js", import.meta.resolve("chart.js"));
  return inScript(readFileSync(fileURLToPath(script), "utf8").replace(/^\/\/# sourceMappingURL=.*$/m, ""));
}

function drawPart({ part, size, at, tookMs, machine, versions, tables }: Measured): string {
  const { processor, cores, memoryBytes, kernel, system, loadBefore } = machine;
  const memory = `${Math.round(memoryBytes / 1024 ** 3)} GiB`;
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return html`<h2 id="${part}">${part}${size === "smoke" ? " (smoke)" : ""}</h2>
<p class="about">${minute(at)}, ${Math.round(tookMs / 1000)} s · ${cores} cores ${processor}, ${memory}, load before ${loadBefore.toFixed(2)} · ${system}, Linux ${kernel}<br>${programs.join(" · ")}</p>
!${tables.map(drawTable)}`;
}

const minute = (at: string) => `${at.slice(0, 16).replace("T", " ")} UTC`;

function drawTable(table: MeasuredTable): string {
  const { title, note, at: date, columns, rows, plot } = table;
  const cell = (value: Table["rows"][number][number]) =>
    html`<td class="${typeof value === "string" ? "text" : "number"}">${formatCell(value)}</td>`;
  const isText = (at: number) => rows.some((row) => typeof row[at] === "string");
  return html`<h3>${title}</h3>
<p class="note">${note}${date ? ` Measured earlier than the rest: ${minute(date)}.` : ""}</p>
!${plot ? drawPlot(table, plot) : ""}
<div class="scroll"><table>
<tr>!${columns.map((name, at) => html`<th class="${isText(at) ? "text" : "number"}">${name}</th>`)}</tr>
!${rows.map((row) => html`<tr>!${row.map(cell)}</tr>`)}</table></div>`;
}

function drawPlot(table: Table, plot: Plot): string {
  const config = chartOf(table, plot);
  const bars = table.rows.length * Math.max(rowPixels, plot.y.length * barPixels);
  const height = plot.kind === "bar" ? framePixels + bars : linePixels;
  return html`<div class="plot" style="height: ${height}px"><canvas role="img" aria-label="${table.title}; the same figures stand in the table below"></canvas></div>
<script type="application/json" class="plot-data">!${inScript(JSON.stringify(config))}</script>`;
}

/** What Chart.js draws. Bars lie, because their labels are long; a cell without a number has no bar. */
export function chartOf({ columns, rows }: Table, { kind, x, y, unit, isLogarithmic }: Plot) {
  const valueAt = (name: string, row: Table["rows"][number]) => row[columns.indexOf(name)] ?? null;
  const datasets = y.map((name, index) => ({
    label: name,
    data: rows.map((row) => {
      const value = valueAt(name, row);
      const number = typeof value === "number" ? value : null;
      return kind === "bar" ? number : { x: valueAt(x, row), y: number };
    }),
    backgroundColor: colours[index % colours.length],
    borderColor: colours[index % colours.length],
  }));
  const scale = isLogarithmic ? { type: "logarithmic", min: tenBelow(rows, columns, y) } : { type: "linear" };
  const values = { ...scale, title: { display: true, text: unit } };
  const xs = rows.map((row) => valueAt(x, row));
  const isNumeric = kind === "line" && xs.every((value) => typeof value === "number");
  const along = { title: { display: true, text: x }, ...(isNumeric ? { type: "linear" } : { type: "category" }) };
  return {
    type: kind,
    data: { ...(isNumeric ? {} : { labels: xs.map(formatCell) }), datasets },
    options: {
      animation: false,
      maintainAspectRatio: false,
      indexAxis: kind === "bar" ? "y" : "x",
      scales: kind === "bar" ? { x: values, y: { type: "category" } } : { x: along, y: values },
      plugins: { legend: { position: "bottom" } },
    },
  };
}

/** The power of ten below the least value, so that its bar still has a length. */
function tenBelow(rows: Table["rows"], columns: readonly string[], y: readonly string[]): number {
  const values = rows.flatMap((row) => y.map((name) => row[columns.indexOf(name)]));
  const least = Math.min(...values.filter((value) => typeof value === "number" && value > 0).map(Number));
  return Number.isFinite(least) ? 10 ** (Math.ceil(Math.log10(least)) - 1) : 1;
}
