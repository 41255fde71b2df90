// The console without a terminal: each line of a pipe is run in its turn and answered in plain text. A pull is waited for.
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { Reply } from "../reply.ts";
import type { Conversation } from "./conversation.ts";
import type { Followed } from "./follow.ts";
import { paintNothing, renderReply } from "./render.ts";

export interface ScriptDeps {
  input: Readable;
  output: Writable;
  columns: number;
  conversation: Conversation;
  followed: Followed;
  /** Go on telling news after the last line. */
  stays: boolean;
}

export interface Script {
  show(reply: Reply, head: string): void;
  /** Resolves after the last line with the exit code: 1 when the reply to any line was an error. */
  done: Promise<number>;
}

/** Empty lines (but for the answer to a question) and those that begin with # are left out. */
export function runScript(deps: ScriptDeps, signal: AbortSignal): Script {
  const { conversation, output } = deps;
  const write = (lines: readonly string[]) => void output.write(lines.map((line) => `${line}\n`).join(""));
  const show = (reply: Reply, head = "") => {
    const lines = renderReply(reply, { columns: deps.columns - 2, paint: paintNothing }).map((line) =>
      `  ${line}`.trimEnd(),
    );
    write(head === "" ? lines : [head, ...lines]);
  };

  const runLine = async (line: string): Promise<{ isError: boolean; isEnd: boolean }> => {
    write([`${conversation.prompt()}${line}`]);
    const answer = await conversation.answer(line);
    if (answer.reply.follow === undefined || /\s--no-wait\b/.test(line)) {
      show(answer.reply);
      return { isError: answer.reply.tone === "error", isEnd: answer.isEnd };
    }
    const last = await deps.followed.follow(answer, showChange(answer.reply, show), signal);
    if (!signal.aborted && !deps.followed.isShown(last)) {
      deps.followed.noteShown(last);
      show(last);
    }
    return { isError: last.tone === "error", isEnd: false };
  };

  const run = async (): Promise<number> => {
    const lines = createInterface({ input: deps.input, crlfDelay: Number.POSITIVE_INFINITY });
    const close = () => lines.close();
    signal.addEventListener("abort", close, { once: true });
    let code = 0;
    let hasQuit = false;
    for await (const line of lines) {
      if (signal.aborted) break;
      if (line.startsWith("#") || (line.trim() === "" && !conversation.isAsking())) continue;
      const { isError, isEnd } = await runLine(line.trim());
      if (isError) code = 1;
      hasQuit = isEnd;
      if (isEnd) break;
    }
    lines.close();
    if (deps.stays && !hasQuit) await aborted(signal);
    return code;
  };
  return { show, done: run() };
}

/** Prints a pull's state again only when it begins to wait or goes on, not for every step of the bar. */
function showChange(first: Reply, show: (reply: Reply) => void): (reply: Reply) => void {
  let { tone } = first;
  return (reply) => {
    if (reply.tone !== tone && reply.follow !== undefined) show(reply);
    tone = reply.tone;
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
