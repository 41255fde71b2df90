// Chunks of a data connection -> lines, as latin1 text without their ends. Bounded by the length of a line; no meaning here.

export const longestLineBytes = 4096;

export interface LineTaker {
  /** @param hasCr the line ended with CR LF and not with LF alone. Returning false ends it: nothing more is taken */
  onLine(line: string, hasCr: boolean): boolean;
  /** A line that was too long, once, as soon as that is known. */
  onLongLine(): boolean;
}

export interface LineSplitter {
  /** False once the taker has had enough. */
  take(chunk: Buffer): boolean;
  /** @returns the length of what is left without a line end */
  rest(): number;
}

export function createLineSplitter(taker: LineTaker): LineSplitter {
  let rest = "";
  /** In the middle of a line that was too long. */
  let isSkipping = false;
  let isOpen = true;

  function giveLine(text: string, from: number, end: number): boolean {
    if (isSkipping) {
      isSkipping = false;
      return true;
    }
    if (end - from > longestLineBytes) return taker.onLongLine();
    const hasCr = end > from && text.charCodeAt(end - 1) === 13;
    return taker.onLine(text.slice(from, hasCr ? end - 1 : end), hasCr);
  }

  /** What is left after the last line end waits for more; a line that grows too long is dropped as it comes. */
  function keep(text: string): void {
    rest = "";
    if (isSkipping) return;
    if (text.length <= longestLineBytes) rest = text;
    else {
      isSkipping = true;
      isOpen = taker.onLongLine();
    }
  }

  return {
    take(chunk) {
      if (!isOpen) return false;
      const text = rest + chunk.toString("latin1");
      let from = 0;
      for (let end = text.indexOf("\n"); end >= 0 && isOpen; end = text.indexOf("\n", from)) {
        isOpen = giveLine(text, from, end);
        from = end + 1;
      }
      if (isOpen) keep(text.slice(from));
      return isOpen;
    },
    rest: () => rest.length,
  };
}
