// One control connection: one command after the other, each past the test's override first.
// While a transfer runs only ABOR, NOOP and STAT are answered at once, everything else waits.
import type { Socket } from "node:net";
import { runCommand } from "./dispatch.ts";
import { beginTransfer, createSession } from "./session.ts";
import { transferVerbs } from "./transfer.ts";
import type { OverriddenSteps, Session, Settings } from "./types.ts";
import type { Wire } from "./wire.ts";
import { openWire } from "./wire.ts";

export interface Control {
  /** Says 421 and closes; a peer that does not read is cut. */
  shutDown(): void;
}

interface ControlDeps {
  id: number;
  socket: Socket;
  settings: Settings;
  /** Called with each verb before it runs. */
  note: (verb: string) => void;
  onClose: () => void;
}

interface Line {
  verb: string;
  argument: string;
}

/** Skips telnet's interrupt and synch signals, which some clients send before ABOR (RFC 959 section 4.1.3). */
export function parseLine(line: string): Line {
  const clean = line.replace(/^(?:\xff[\xf2\xf4]|\xf2)+/, "");
  const space = clean.indexOf(" ");
  const verb = space === -1 ? clean : clean.slice(0, space);
  return { verb: verb.toUpperCase(), argument: space === -1 ? "" : clean.slice(space + 1) };
}

type Run = (steps: OverriddenSteps, reply: (text: string) => void) => Promise<void>;

async function consult(session: Session, wire: Wire, line: Line, run: Run): Promise<void> {
  const steps = (await session.settings.options.override?.({ ...line, session: session.view })) ?? {};
  if (typeof steps === "string") return wire.say(steps);
  await steps.before?.();
  if (!wire.isOpen()) return;
  await run(steps, (text) => wire.say(steps.replies === undefined ? text : (steps.replies(text) ?? "")));
  await steps.after?.();
}

function greet(session: Session, wire: Wire): Promise<void> {
  const banner = `220 ${session.settings.options.banner ?? "Personal FTP server ready."}`;
  const line = { verb: "CONNECT", argument: session.peerAddress };
  return consult(session, wire, line, async (_steps, reply) => reply(banner));
}

async function perform(session: Session, wire: Wire, gone: AbortSignal, line: Line): Promise<void> {
  const { verb, argument } = line;
  const transfer = transferVerbs.has(verb) ? beginTransfer(session, gone) : undefined;
  await consult(session, wire, line, async (steps, reply) => {
    const signal = transfer?.signal ?? gone;
    const last = await runCommand(verb, { session, argument, fault: steps.data, signal, reply });
    if (last !== undefined) reply(last);
    if (verb === "QUIT") session.finish();
  });
  transfer?.end();
}

function isAnsweredNow(session: Session, { verb, argument }: Line): boolean {
  if (session.transfer === undefined || session.settings.options.features?.abort === false) return false;
  return verb === "ABOR" || verb === "NOOP" || (verb === "STAT" && argument === "");
}

export function startControl(deps: ControlDeps): Control {
  const gone = new AbortController();
  const waiting: Line[] = [];
  let isBusy = true;
  const wire = openWire(deps.socket, deps.settings, receive, leave);
  const session = createSession(deps.id, deps.socket, deps.settings, wire);

  function leave(): void {
    if (gone.signal.aborted) return;
    gone.abort();
    waiting.length = 0;
    session.channel.cut();
    deps.onClose();
  }

  function receive(text: string): void {
    const line = parseLine(text);
    deps.note(line.verb);
    if (isAnsweredNow(session, line)) return void perform(session, wire, gone.signal, line);
    waiting.push(line);
    if (!isBusy) void drain();
  }

  async function drain(): Promise<void> {
    isBusy = true;
    for (let line = waiting.shift(); line !== undefined; line = waiting.shift()) {
      const wasSecure = session.secure;
      await perform(session, wire, gone.signal, line);
      // What was sent in clear behind AUTH must not count as said over TLS.
      if (session.secure && !wasSecure) waiting.length = 0;
    }
    isBusy = false;
  }

  void greet(session, wire).then(drain);
  return {
    shutDown() {
      wire.say("421 Service not available, closing the control connection.");
      wire.finish();
      const cut = setTimeout(wire.cut, 500);
      gone.signal.addEventListener("abort", () => clearTimeout(cut));
      session.channel.cut();
    },
  };
}
