// Text of a control connection -> whole replies (RFC 959 section 4.2). It knows bounds and no meaning.
// Here rather than in basic-ftp, which drops a reply whose line comes in two pieces, and reads an unfinished one again
// from its beginning with every piece.
import { FonError } from "../../platform/errors.ts";

/** Characters. Longer ones are not read. */
const longestReply = 60_000;
/** Of one that lists files: some 2,500 of them, which are read in one turn of the event loop. */
const longestListing = 200_000;
/** All that may come for one command, with preliminary replies and lines that belong to none. */
const mostPerCommand = 2 * longestListing;

export interface Assembler {
  /**
   * @param onReply told at once of each reply that ends in `text`, its lines joined with LF
   * @throws `server.protocol` over a bound
   */
  take(text: string, onReply: (reply: string) => void): void;
  /** What comes from now on is for another command. */
  restart(): void;
}

const endless = () => new FonError("server.protocol", {}, { detail: "endless reply" });

/** @param isListing the reply that comes next, or is coming, may be one that lists files */
export function createAssembler(isListing = () => false): Assembler {
  let taken = 0;
  /** The last line, as far as it has come. */
  let line = "";
  /** A multi-line reply, and how its last line begins. */
  let lines: string[] = [];
  let ending: string | undefined;
  let length = 0;

  function check(characters: number): void {
    if (characters > longestListing || (characters > longestReply && !isListing())) throw endless();
  }

  /** @returns the reply that ends with this line. Blank lines, and lines that belong to no reply, are dropped. */
  function takeLine(one: string): string | undefined {
    if (one.trim() === "") return undefined;
    if (ending === undefined && !/^\d{3}(?:[ -]|$)/.test(one)) return undefined;
    lines.push(one);
    length += one.length + 1;
    // It may end in the very piece that makes it too long.
    check(length);
    if (ending === undefined && one[3] === "-") ending = one.slice(0, 3);
    else if (ending === undefined || one === ending || one.startsWith(`${ending} `)) return finish();
    return undefined;
  }

  function finish(): string {
    const reply = lines.join("\n");
    lines = [];
    length = 0;
    ending = undefined;
    return reply;
  }

  return {
    take(text, onReply) {
      taken += text.length;
      if (taken > mostPerCommand) throw endless();
      let from = 0;
      for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
        const reply = takeLine((line + text.slice(from, end)).replace(/\r$/, ""));
        line = "";
        from = end + 1;
        if (reply !== undefined) onReply(reply);
      }
      line += text.slice(from);
      check(length + line.length);
    },
    restart() {
      taken = 0;
    },
  };
}
