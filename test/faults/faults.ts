// What can go wrong at one command of a server, as data, and the hook that makes exactly the Nth command go wrong.
// Knows the scripted server only; what must hold afterwards is judged in stage.ts.
import type { Override } from "../../demo/ftp-server/ftp-server.ts";

type Asked = Parameters<Override>[0];
type Answer = ReturnType<Override>;

export interface Tools {
  /** Ends the core at once, as SIGKILL does; resolves when it is gone. */
  killCore: () => Promise<void>;
  /** Another program of the owner puts a file of the wanted name into the inbox. */
  placeRival: () => Promise<void>;
}

export interface Fault {
  id: string;
  strike: (asked: Asked, tools: Tools) => Answer;
  /** Needs a core that is a process of its own. */
  killsCore?: true;
  /** Of the commands that move bytes only; the others are not counted. */
  isAboutData?: true;
  /** From this side only. */
  only?: "source" | "destination";
  /** Not at these commands any more, nor after them. */
  before?: readonly string[];
}

const movesBytes = (verb: string) => verb === "RETR" || verb === "STOR";
const inTheMiddleBytes = 90_000;

const bytes =
  (how: "reset" | "end" | "stall"): Fault["strike"] =>
  () => ({ data: { afterBytes: inTheMiddleBytes, how } });

/** Says so and hangs up, as a server that shuts down does. */
const bye: Fault["strike"] = ({ session }) => {
  session.say("421 Closing.");
  setImmediate(() => session.dropControl());
  return "";
};

export const faults: readonly Fault[] = [
  { id: "no reply", strike: () => "" },
  { id: "reply lost", strike: () => ({ replies: () => undefined }) },
  { id: "5xx", strike: () => "550 Broken." },
  { id: "4xx", strike: () => "450 Broken for now." },
  { id: "421", strike: bye },
  { id: "cut", strike: ({ session }) => ({ before: () => session.dropControl() }) },
  {
    id: "cut, but done",
    strike: ({ session }) => ({ replies: () => undefined, after: () => session.dropControl() }),
  },
  { id: "data reset", strike: bytes("reset"), isAboutData: true },
  { id: "data ends early", strike: bytes("end"), isAboutData: true },
  { id: "data stalls", strike: bytes("stall"), isAboutData: true },
  { id: "garbage", strike: () => "\x1b[2J%%% 226 \xff\xfe garbage" },
  { id: "wrong reply", strike: () => "350 Go on." },
  {
    id: "rival file",
    strike: (_, { placeRival }) => ({ before: placeRival }),
    only: "destination",
    // No FTP server renames only when the name is free: the look is directly before, and between the two nobody can help.
    before: ["RNFR", "RNTO"],
  },
  { id: "kill -9", strike: (_, { killCore }) => ({ before: killCore }), killsCore: true },
  {
    id: "kill -9, but done",
    strike: (_, { killCore }) => ({ replies: () => undefined, after: killCore }),
    killsCore: true,
  },
];

/** Nothing depends on the answer to it. */
const isGoodbye = (verb: string) => verb === "QUIT";

export interface Saboteur {
  readonly override: Override;
  /** From now on the Nth command goes wrong, once; without a fault they are only counted. */
  arm(fault?: Fault, nth?: number, tools?: Tools): void;
  /** The verb that went wrong; undefined when there were fewer commands. */
  struck(): string | undefined;
  /** Verbs since it was armed, on all connections. */
  verbs(): readonly string[];
}

/** How many of these commands the fault can strike. */
export function countFor(fault: Fault, verbs: readonly string[]): number {
  return fault.isAboutData ? verbs.filter(movesBytes).length : verbs.length;
}

export function createSaboteur(): Saboteur {
  let armed: { fault: Fault; nth: number; tools: Tools } | undefined;
  let struck: string | undefined;
  let verbs: string[] = [];

  return {
    override(asked) {
      if (isGoodbye(asked.verb)) return undefined;
      verbs.push(asked.verb);
      if (!armed || struck !== undefined) return undefined;
      const { fault, nth, tools } = armed;
      const counted = fault.isAboutData ? verbs.filter(movesBytes) : verbs;
      if (counted.length !== nth || (fault.isAboutData && !movesBytes(asked.verb))) return undefined;
      if (fault.before?.some((verb) => verbs.includes(verb))) return undefined;
      struck = asked.verb;
      return fault.strike(asked, tools);
    },
    arm(fault, nth = 1, tools) {
      armed = fault && tools && { fault, nth, tools };
      struck = undefined;
      verbs = [];
    },
    struck: () => struck,
    verbs: () => verbs,
  };
}
