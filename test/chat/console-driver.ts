// The console as a driver of the shared conversations: one real bot process on pipes for each person. What a room shows and
// what is for one person alone is told apart by the heads of what is told; answers are always for whoever asked.
import type { ChildProcessByStdio } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import type { Readable, Writable } from "node:stream";
import { botArguments } from "../../bot/process.ts";
import { createTongue, words } from "../../bot/words/index.ts";
import type { ChatPerson, ChatRoom, Driver, ShownButton, ShownMessage } from "./driver.ts";

export interface ConsoleDriver extends Driver {
  platform: "console";
  /** SIGKILL of every bot process. */
  kill(): Promise<void>;
  /** New processes for those people; what they had been shown stays. Resolves when they follow what is told. */
  restart(): Promise<void>;
  /** The people so far go home: their processes end, what they saw stays. */
  dismiss(): Promise<void>;
  /** Everything that the processes wrote, log included. */
  output(): string;
}

/** Some lines that belong together: an answer (`head` undefined) or something told unasked. */
interface Shown {
  id: string;
  person: ChatPerson;
  /** Where the person stood; undefined in private. */
  stoodIn: string | undefined;
  /** `12`, and what stands in brackets behind it: the room or the person that it is for. */
  head: { event: string; to: string } | undefined;
  lines: string[];
  /** Something was asked when it came: an answer may stand right below it. */
  isWhileAsked: boolean;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

interface Voice {
  person: ChatPerson;
  child: Child;
  /** Where the process stands; undefined in private. */
  room: string | undefined;
  shown: Shown[];
  rest: string;
  asked: { line: string; isEchoed: boolean; answer: Shown | undefined; done: () => void } | undefined;
  turn: Promise<unknown>;
  echo: string;
}

const root = resolve(import.meta.dirname, "..", "..");
const columns = 1000;
const patienceMs = 30_000;
const reactions: Record<string, string> = { "⬇": "pull", "👍": "pull", "📌": "keep", "⭐": "rate" };

export async function createConsoleDriver(apiAddress: string): Promise<ConsoleDriver> {
  const voices = new Map<string, Voice>();
  const present = new Set<Voice>();
  const looks = new Set<() => void>();
  const written: string[] = [];
  const deaths = new WeakMap<Child, Promise<string>>();
  let lastId = 0;
  let isClosing = false;

  const changed = () => {
    for (const voice of voices.values()) settle(voice);
    for (const look of [...looks]) look();
  };

  function voiceOf(person: ChatPerson): Voice {
    const voice = voices.get(person.id);
    if (!voice) throw new Error(`${person.name} does not sit at this console.`);
    return voice;
  }

  function launch(person: ChatPerson): Child {
    const { PATH, HOME, LANG } = process.env;
    const words = ["--as", person.name, "--lang", person.language, "--private", "--stay", "--columns", `${columns}`];
    const child = spawn(process.execPath, [...botArguments(), ...words], {
      cwd: root,
      env: { PATH, HOME, LANG, FONSHARE_API: apiAddress, LOG_LEVEL: "debug" },
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
    });
    deaths.set(
      child,
      once(child, "exit").then(() => "ended"),
    );
    // Writing to a process that was killed is answered by the exit.
    child.stdin.on("error", () => {});
    child.stderr.setEncoding("utf8").on("data", (text: string) => void written.push(text));
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      written.push(text);
      const voice = voices.get(person.id);
      if (voice?.child !== child) return;
      read(voice, text);
      changed();
    });
    child.once("exit", () => {
      if (!isClosing) changed();
    });
    return child;
  }

  function read(voice: Voice, text: string): void {
    const lines = (voice.rest + text).split("\n");
    voice.rest = lines.pop() ?? "";
    let current: Shown | undefined;
    for (const line of lines) {
      const head = /^#(\d+)(?: \((.*)\))?$/.exec(line);
      if (head) current = begin(voice, { event: head[1] ?? "", to: head[2] ?? "" });
      else if (line === "" || line.startsWith("  ")) {
        current ??= begin(voice, undefined);
        current.lines.push(line.slice(2));
      } else {
        current = undefined;
        if (voice.asked && line.endsWith(` ${voice.asked.line}`)) voice.asked.isEchoed = true;
        voice.echo = line;
      }
    }
  }

  function begin(voice: Voice, head: Shown["head"]): Shown {
    lastId += 1;
    const { person, room: stoodIn, asked } = voice;
    const id = head ? `${person.id}#${head.event}` : `${person.id}-${lastId}`;
    const isWhileAsked = asked?.isEchoed === true && asked.answer === undefined;
    const shown: Shown = { id, person, stoodIn, head, lines: [], isWhileAsked };
    if (!head && isWhileAsked && asked) asked.answer = shown;
    voice.shown.push(shown);
    return shown;
  }

  /** Told and answered in one breath, the answer stands below without a head: other people's copies show where it begins. */
  function settle(voice: Voice): void {
    const { asked } = voice;
    if (!asked) return;
    for (const told of voice.shown) {
      if (asked.answer) break;
      if (!told.isWhileAsked || !told.head) continue;
      const copy = copiesOf(told).find((other) => !other.isWhileAsked);
      if (!copy || copy.lines.length >= told.lines.length) continue;
      const lines = told.lines.splice(copy.lines.length);
      asked.answer = { ...told, id: `${told.id}-answer`, head: undefined, lines };
      voice.shown.push(asked.answer);
    }
    if (asked.answer) asked.done();
  }

  const copiesOf = ({ head, person }: Shown) =>
    [...voices.values()]
      .filter((voice) => voice.person.id !== person.id)
      .flatMap((voice) => voice.shown.filter((other) => other.head?.event === head?.event));

  /** The room that shows it, "" for private; undefined as long as that cannot be said. */
  function roomOf(shown: Shown): string | undefined {
    const { head, stoodIn, person } = shown;
    if (!head) return stoodIn ?? "";
    if (head.to !== "") return isTo(head.to) ? undefined : head.to;
    if (stoodIn === undefined) return "";
    for (const copy of copiesOf(shown)) {
      if (copy.head?.to === stoodIn || (copy.head?.to === "" && copy.stoodIn === stoodIn)) return stoodIn;
      if (copy.head?.to !== undefined && isTo(copy.head.to) && copy.head.to.endsWith(` ${person.id}`)) return "";
    }
    return undefined;
  }

  /** One line, and its answer. */
  async function tell(voice: Voice, line: string): Promise<Shown> {
    const answered = Promise.withResolvers<void>();
    voice.asked = { line: line.trim(), isEchoed: false, answer: undefined, done: answered.resolve };
    const { asked } = voice;
    voice.child.stdin.write(`${line}\n`);
    const late = AbortSignal.timeout(patienceMs);
    const gaveUp = once(late, "abort").then(() => "late");
    const how = await Promise.race([answered.promise, gaveUp, deaths.get(voice.child)]);
    for (const shown of voice.shown) shown.isWhileAsked = false;
    voice.asked = undefined;
    if (!asked.answer) throw new Error(`"${line}" was not answered (${how}). Shown:\n${showAll()}`);
    return asked.answer;
  }

  async function inTurn<T>(voice: Voice, work: () => Promise<T>): Promise<T> {
    const result = voice.turn.then(work);
    voice.turn = result.catch(() => undefined);
    return result;
  }

  function sayIn(voice: Voice, room: string | undefined, line: string): Promise<void> {
    return inTurn(voice, async () => {
      if (voice.room !== room) {
        const moved = await tell(voice, room === undefined ? "/private" : `/room ${room}`);
        voice.shown.splice(voice.shown.indexOf(moved), 1);
        voice.room = room;
      }
      await tell(voice, line);
    });
  }

  /** A question shows its button as the prompt of the next line. */
  async function answerQuestion(voice: Voice, label: string): Promise<void> {
    const tongue = createTongue(voice.person.language);
    const isNo = tongue.say("button.cancel").startsWith(label);
    const [yes = "y"] = tongue.say("console.yes-letters").split(" ");
    await inTurn(voice, () => tell(voice, isNo ? "n" : yes));
    const expected = tongue.say("console.question", { question: label }).split("?")[0] ?? "";
    if (isNo ? !voice.echo.includes("[") : !voice.echo.startsWith(expected.trimEnd()))
      throw new Error(`There was no button ${label} to answer; the console asked: ${voice.echo}`);
  }

  function seenBy(person: ChatPerson, room: ChatRoom | undefined): ShownMessage[] {
    const { shown } = voiceOf(person);
    return shown.filter((one) => roomOf(one) === (room?.id ?? "")).map((one) => showShown(one, person));
  }

  function showAll(): string {
    const all = [...voices.values()].flatMap(({ person, shown }) =>
      shown.map(
        ({ head, lines }) => `[${person.name}${head ? ` #${head.event} ${head.to}` : ""}] ${lines.join("\n    ")}`,
      ),
    );
    return all.join("\n");
  }

  const refuse = (what: string) => new Error(`The console has no ${what}.`);

  return {
    platform: "console",
    env: {},
    addPerson(name, language = "en") {
      const person: ChatPerson = { id: [...name.toLowerCase()].slice(0, 32).join(""), name, language };
      const turn = Promise.resolve();
      const voice = { person, room: undefined, shown: [], rest: "", asked: undefined, turn, echo: "" };
      const seated = { ...voice, child: launch(person) };
      voices.set(person.id, seated);
      present.add(seated);
      return person;
    },
    addRoom: (title) => ({ id: title.toLowerCase().replace(/[^\w-]+/g, "-"), title }),
    addThread: () => {
      throw refuse("threads");
    },
    say: (person, room, line) => sayIn(voiceOf(person), room?.id, line),
    async press(person, message, label) {
      const voice = voiceOf(person);
      const shown = voice.shown.find(({ id }) => id === message.id);
      if (!shown) throw new Error(`${person.name} does not see that message: ${message.text}`);
      const room = roomOf(shown) || undefined;
      const command = commandOf(shown, label);
      if (command === undefined) return answerQuestion(voice, label);
      // Else the process would be busy until the pull has ended.
      await sayIn(voice, room, /^\/transfers (resume|retry)/.test(command) ? `${command} --no-wait` : command);
    },
    async react(person, message, emoji, isOn = true) {
      const event = /#(\d+)$/.exec(message.id)?.[1];
      const name = reactions[emoji.replace("\uFE0F", "")];
      if (event === undefined) throw refuse("reactions to answers, only to what was told");
      if (name === undefined) throw refuse(`reaction ${emoji}`);
      const voice = voiceOf(person);
      await sayIn(voice, voice.room, `/react ${event} ${name}${isOn ? "" : " off"}`);
    },
    seenBy,
    noticesFor: () => [],
    until<T>(look: () => T | undefined): Promise<T> {
      const { promise, resolve: give, reject } = Promise.withResolvers<T>();
      const timer = setTimeout(
        () => reject(new Error(`It did not come within ${patienceMs / 1000} s. Shown:\n${showAll()}`)),
        patienceMs,
      );
      const again = () => {
        try {
          const found = look();
          if (found !== undefined) give(found);
        } catch (error) {
          reject(error);
        }
      };
      looks.add(again);
      again();
      return promise.finally(() => {
        clearTimeout(timer);
        looks.delete(again);
      });
    },
    async leave(person, room, isBanned = false) {
      if (isBanned) throw refuse("bans");
      const voice = voiceOf(person);
      await sayIn(voice, room.id, "/leave");
      await answerQuestion(voice, createTongue(person.language).say("button.leave"));
    },
    addBot: () => Promise.reject(refuse("rooms without the bot")),
    removeBot: () => Promise.reject(refuse("rooms without the bot")),
    setPrivateOpen: () => {},
    violations: () => [],
    output: () => written.join(""),
    async kill() {
      await Promise.all([...present].map(({ child }) => end(child, "SIGKILL")));
    },
    async restart() {
      // They share one place in the stream: whoever starts last would miss what the others have told.
      for (const voice of [...present].reverse()) {
        Object.assign(voice, { rest: "", room: undefined, asked: undefined, child: launch(voice.person) });
        const hello = await tell(voice, "/start");
        voice.shown.splice(voice.shown.indexOf(hello), 1);
      }
    },
    async dismiss() {
      await Promise.all([...present].map(({ child }) => end(child, "SIGTERM")));
      present.clear();
    },
    async close() {
      isClosing = true;
      await Promise.all([...voices.values()].map(({ child }) => end(child, "SIGTERM")));
    },
  };
}

/** What stands behind the number of something told to one person: `to anna`. */
const toPerson = Object.values(words).map((language) => language["console.to"].replace("{name}", ""));
const isTo = (text: string) => toPerson.some((start) => text.startsWith(start));

/** The line of hints (`Next → /more  ·  Pull → /pull a1`) is what the console shows for buttons. */
const hintPattern = /(?:^| {2}· {2})([^→]+?) → (\/.*?)(?= {2}· {2}|$)/g;

function hintsOf({ lines }: Shown): { label: string; command: string }[] {
  const found = [...(lines.at(-1)?.matchAll(hintPattern) ?? [])];
  return found.map(([, label = "", command = ""]) => ({ label, command }));
}

function commandOf(shown: Shown, label: string): string | undefined {
  const hint = hintsOf(shown).find((one) => one.label.startsWith(label));
  // A line's number is typed here instead of pressed.
  return hint?.command ?? (/^\d+$/.test(label) ? `/pull ${label}` : undefined);
}

function showShown(shown: Shown, person: ChatPerson): ShownMessage {
  const hints = hintsOf(shown);
  const lines = hints.length > 0 ? shown.lines.slice(0, -1) : shown.lines;
  const buttons = hints.map(({ label }): ShownButton => ({ label }));
  const text = lines.map((line) => line.replace(/ {3,}/g, "  ").trim()).join("\n");
  const onlyFor = shown.head && shown.stoodIn !== undefined ? {} : { onlyFor: person };
  return { id: shown.id, text, buttons, mentions: [], edits: 0, ...onlyFor };
}

async function end(child: Child, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}
