// The console in a terminal: replies scroll, running pulls stay as live lines above the input.
import type { Clock } from "../clock.ts";
import type { Reply } from "../reply.ts";
import { cutToWidth, widthOf } from "../text.ts";
import type { Answer, Conversation } from "./conversation.ts";
import { greet } from "./conversation.ts";
import type { Followed } from "./follow.ts";
import type { Paint } from "./render.ts";
import { renderProgress, renderReply } from "./render.ts";
import type { Terminal, TerminalInput, TerminalOutput } from "./terminal.ts";
import { createTerminal } from "./terminal.ts";

export interface InteractiveDeps {
  input: TerminalInput;
  output: TerminalOutput;
  paint: Paint;
  clock: Clock;
  conversation: Conversation;
  followed: Followed;
}

export interface Screen {
  /** Shows something that was not asked for. */
  show(reply: Reply, head: string): void;
  /** Resolves with the exit code. */
  done: Promise<number>;
}

export function openScreen(deps: InteractiveDeps, signal: AbortSignal): Screen {
  const { conversation, paint } = deps;
  const ended = Promise.withResolvers<number>();
  const closing = new AbortController();
  const stopping = AbortSignal.any([signal, closing.signal]);

  const end = (isPolite: boolean) => {
    if (closing.signal.aborted) return;
    closing.abort();
    if (isPolite) terminal.print([conversation.tongue().say("console.bye")]);
    terminal.close();
    ended.resolve(0);
  };
  const enter = inTurn(async (line) => {
    if (stopping.aborted || (line.trim() === "" && !conversation.isAsking())) return;
    const answer = await conversation.answer(line);
    terminal.setPrompt(conversation.prompt());
    if (answer.reply.follow === undefined) {
      deps.followed.noteShown(answer.reply);
      show(answer.reply, "");
    } else void keepShowing({ ...deps, terminal, show }, answer, stopping);
    if (answer.isEnd) end(false);
  });
  const terminal: Terminal = createTerminal({
    input: deps.input,
    output: deps.output,
    prompt: conversation.prompt(),
    complete: (line) => conversation.hints.complete(line),
    onLine: enter,
    onInterrupt: () => (conversation.isAsking() ? enter("") : end(true)),
    onEnd: () => end(false),
  });
  const show = (reply: Reply, head: string) => {
    const lines = renderReply(reply, { columns: terminal.columns() - 2, paint }).map((line) => `  ${line}`);
    terminal.print(head === "" ? [...lines, ""] : [head, ...lines, ""]);
  };

  signal.addEventListener("abort", () => end(true), { once: true });
  if (signal.aborted) end(false);
  else {
    show(greet(conversation), "");
    enter("/start");
  }
  return { show, done: ended.promise };
}

/** Lines are answered one after the other, however fast they are typed. */
function inTurn(answer: (line: string) => Promise<void>): (line: string) => void {
  let last = Promise.resolve();
  return (line) => {
    last = last.then(() => answer(line));
  };
}

interface Showing extends InteractiveDeps {
  terminal: Terminal;
  show(reply: Reply, head: string): void;
}

/** A pull that is watched already is shown once more, but not watched twice. */
async function keepShowing({ terminal, followed, paint, show }: Showing, answer: Answer, signal: AbortSignal) {
  const { reply } = answer;
  if (followed.isShown(reply)) return show(reply, "");
  const key = reply.editKey ?? "";
  showLive(terminal, key, reply, paint);
  const last = await followed.follow(answer, (next) => showLive(terminal, key, next, paint), signal);
  terminal.setLive(key, undefined);
  // A pause or a cancellation was answered already, and the news of the end may have been quicker.
  if (signal.aborted || followed.isShown(last)) return;
  followed.noteShown(last);
  show(last, "");
}

/** A running pull as one line: bar and state, cut to the width. */
function showLive(terminal: Terminal, key: string, reply: Reply, paint: Paint): void {
  const progress = reply.blocks.find((block) => block.kind === "progress");
  if (!progress) return;
  const columns = terminal.columns() - 1;
  const barColumns = Math.min(columns, Math.max(40, Math.floor(columns * 0.55)));
  const [bar = ""] = renderProgress(progress, { columns: barColumns, paint });
  const text = takeParts(progress.text, columns - widthOf(bar) - 2);
  terminal.setLive(key, text === "" ? bar : `${bar}  ${paint("dim", text)}`);
}

/** As many whole parts of "120 MB of 2 GB · 8 MB/s · 3 min left" as fit; the first one cut when not even that fits. */
function takeParts(text: string, columns: number): string {
  const [first = "", ...others] = text.split(" · ");
  let taken = columns < 8 ? "" : cutToWidth(first, columns);
  for (const part of others) {
    if (widthOf(`${taken} · ${part}`) > columns) break;
    taken = `${taken} · ${part}`;
  }
  return taken;
}
