// A terminal for tests: what a person would see after the bytes that readline and the console wrote. ASCII widths only.
import { PassThrough, Writable } from "node:stream";
import type { TerminalInput, TerminalOutput } from "./terminal.ts";

export interface FakeScreen {
  input: TerminalInput & { write(keys: string): boolean };
  output: TerminalOutput;
  /** All rows from the first to the last with text, without spaces at their ends. */
  rows(): string[];
  /** Resolves as soon as the rows fit. */
  shows(fits: (rows: string[]) => boolean): Promise<void>;
}

export function createFakeScreen(columns: number): FakeScreen {
  const cells: string[][] = [[]];
  const waiting = new Set<{ fits: (rows: string[]) => boolean; resolve: () => void }>();
  let x = 0;
  let y = 0;

  const rowAt = (row: number): string[] => {
    while (cells.length <= row) cells.push([]);
    return cells[row] ?? [];
  };
  const rows = () => {
    const lines = cells.map((row) =>
      Array.from(row, (cell) => cell ?? " ")
        .join("")
        .trimEnd(),
    );
    return lines.slice(0, lines.findLastIndex((line) => line !== "") + 1);
  };
  const put = (character: string) => {
    if (x >= columns) {
      x = 0;
      y += 1;
    }
    rowAt(y)[x] = character;
    x += 1;
  };
  const control = (letter: string, count: number) => {
    if (letter === "A") y = Math.max(0, y - count);
    if (letter === "B") y += count;
    if (letter === "C") x = Math.min(columns - 1, x + count);
    if (letter === "D") x = Math.max(0, x - count);
    if (letter === "G") x = count - 1;
    if (letter === "J") {
      rowAt(y).length = Math.min(x, rowAt(y).length);
      cells.length = y + 1;
    }
    if (letter === "K") rowAt(y).length = Math.min(x, rowAt(y).length);
  };
  const write = (text: string) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the control sequences are what is read here
    for (const [, count, letter, character] of text.matchAll(/\u001B\[(\d*)[;\d]*([A-Za-z])|([\s\S])/gu)) {
      if (letter !== undefined) control(letter, Number(count || 1));
      else if (character === "\r") x = 0;
      else if (character === "\n") {
        x = 0;
        y += 1;
        rowAt(y);
      } else if (character !== undefined) put(character);
    }
    for (const one of waiting) {
      if (!one.fits(rows())) continue;
      waiting.delete(one);
      one.resolve();
    }
  };

  const output = new Writable({
    write: (chunk, _encoding, done) => {
      write(String(chunk));
      done();
    },
  });
  return {
    input: Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} }),
    output: Object.assign(output, { isTTY: true, columns }),
    rows,
    shows: (fits) => (fits(rows()) ? Promise.resolve() : new Promise((resolve) => void waiting.add({ fits, resolve }))),
  };
}
