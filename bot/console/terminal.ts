// A terminal with three parts: what was said scrolls up, live lines (progress) stand below it, the input line is last.
// Knows text and columns only, no reply and no command.
import type { CompleterResult, Interface } from "node:readline";
import { clearScreenDown, createInterface, cursorTo, moveCursor } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { widthOf } from "../text.ts";

export type TerminalInput = Readable & { isTTY?: boolean };
export type TerminalOutput = Writable & { isTTY?: boolean; columns?: number };

export interface Terminal {
  columns(): number;
  /** Puts lines above the live lines and the input, which stay as they are. */
  print(lines: readonly string[]): void;
  /** One line, narrower than the terminal, that is replaced by the next of its key; undefined takes it away. */
  setLive(key: string, line: string | undefined): void;
  setPrompt(prompt: string): void;
  close(): void;
}

export interface TerminalDeps {
  input: TerminalInput;
  output: TerminalOutput;
  prompt: string;
  complete: (line: string) => CompleterResult;
  onLine: (line: string) => void;
  /** Ctrl-C on an empty line. */
  onInterrupt: () => void;
  /** The input ended (Ctrl-D). */
  onEnd: () => void;
}

export function createTerminal(deps: TerminalDeps): Terminal {
  const { input, output } = deps;
  const live = new Map<string, string>();
  let prompt = deps.prompt;
  let isOpen = true;
  const lines = createInterface({ input, output, terminal: true, completer: deps.complete, prompt, historySize: 500 });
  const columns = () => Math.max(20, output.columns ?? 80);

  /** A window that became narrower has wrapped the live lines that were drawn before. */
  const liveRows = () => [...live.values()].reduce((rows, line) => rows + Math.ceil(widthOf(line) / columns()), 0);

  /** Takes live lines and input away and leaves the cursor where they began; `rows`: of the input, above the cursor. */
  const erase = (rows: number) => {
    cursorTo(output, 0);
    moveCursor(output, 0, -(liveRows() + rows));
    clearScreenDown(output);
  };
  const draw = () => {
    for (const line of live.values()) output.write(`${line}\n`);
    forgetRows(lines);
    lines.prompt(true);
  };
  const redraw = (change: () => void) => {
    if (!isOpen) return change();
    erase(lines.getCursorPos().rows);
    change();
    draw();
  };

  lines.on("line", (line) => {
    // Readline has gone to the next row already; with live lines above it the line moves up to where they stood.
    const said = `${prompt}${line}`;
    if (live.size > 0) {
      erase(Math.floor(widthOf(said) / columns()) + 1);
      output.write(`${said}\n`);
    }
    draw();
    deps.onLine(line);
  });
  lines.on("SIGINT", () => {
    if (lines.line === "") return deps.onInterrupt();
    lines.write(null, { ctrl: true, name: "e" });
    lines.write(null, { ctrl: true, name: "u" });
  });
  lines.on("close", () => {
    isOpen = false;
    deps.onEnd();
  });
  draw();

  return {
    columns,
    print: (said) => redraw(() => output.write(said.map((line) => `${line}\n`).join(""))),
    setLive: (key, line) => {
      if (live.get(key) === line) return;
      redraw(() => (line === undefined ? live.delete(key) : live.set(key, line)));
    },
    setPrompt: (next) => {
      if (next === prompt) return;
      redraw(() => {
        prompt = next;
        lines.setPrompt(next);
      });
    },
    close: () => {
      if (!isOpen) return;
      erase(lines.getCursorPos().rows);
      live.clear();
      lines.close();
    },
  };
}

/** Readline would go up by the rows of a line that no longer stands there. */
function forgetRows(lines: Interface): void {
  (lines as Interface & { prevRows?: number }).prevRows = 0;
}
