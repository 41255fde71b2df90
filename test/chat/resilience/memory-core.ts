// A fake core that remembers what the real one would: buttons, which message shows what, reactions, and who pulled. It
// checks no rights; what a test wants to see is what the bot asked it, and how often.
import { EventEmitter, once } from "node:events";
import type { FonEvent, KeptButton } from "#contract";
import { CallError } from "#contract";
import type { FakeAnswers, FakeCall, FakeCore } from "../../../bot/fake-core.ts";
import { fakeItem, fakePull, goodAnswers, startFakeCore } from "../../../bot/fake-core.ts";

type Input = FakeCall["input"];

export interface Kept {
  platform: string;
  key: string;
  chatId: string;
  messageId: string;
  follow: { command: string | null; context: unknown } | null;
}

export interface MemoryCore extends FakeCore {
  /** `unix:…`, for a process. */
  address: string;
  /** What the bot was asked by people or told by the platform, by procedure. */
  callsOf(name: string): FakeCall[];
  /** Request ids of pulls that were begun, each once. */
  pulls(): string[];
  /** Reactions that were not known before. */
  reactions: { messageId: string; userId: string; reaction: string; isLate: boolean }[];
  posted: { announcement: string; roomId: string; messageId: string }[];
  buttons: Map<string, KeptButton>;
  messages: Kept[];
  /** Rooms that a review looks at. */
  watched: { roomId: string; parentId: string | null; title: string; userIds: string[] }[];
  /** Answers in place of the good ones. */
  answers: FakeAnswers;
  /** Looks after each call. */
  until<T>(look: () => T | undefined): Promise<T>;
}

export async function startMemoryCore(): Promise<MemoryCore> {
  const changes = new EventEmitter();
  changes.setMaxListeners(200);
  const state = createState();
  // One object for all, so that a test can put other answers in at any time.
  const answers: FakeAnswers = { ...goodAnswers, ...answersFrom(state), ...catalogOf() };
  const watching = new Proxy(answers, {
    get: (target, name: string) => (call: FakeCall) => {
      queueMicrotask(() => changes.emit("call"));
      const answer = target[name];
      return typeof answer === "function" ? (answer as (call: FakeCall) => unknown)(call) : answer;
    },
    // A spread asks for each name.
    ownKeys: (target) => Reflect.ownKeys(target),
  });
  const core = await startFakeCore(watching);
  return Object.assign(core, {
    ...state,
    answers,
    address: `unix:${core.socketPath}`,
    callsOf: (name: string) => core.calls.filter((call) => call.name === name),
    pulls: () => [...state.pullIds],
    async until<T>(look: () => T | undefined): Promise<T> {
      const patience = AbortSignal.timeout(25_000);
      for (;;) {
        const found = look();
        if (found !== undefined) return found;
        await once(changes, "call", { signal: patience }).catch(() => {
          throw new Error(
            `The core was not asked for it; it was asked ${core.calls.map(({ name }) => name).join(" ")}`,
          );
        });
      }
    },
  });
}

function createState() {
  return {
    buttons: new Map<string, KeptButton>(),
    messages: [] as Kept[],
    posted: [] as MemoryCore["posted"],
    reactions: [] as MemoryCore["reactions"],
    watched: [] as MemoryCore["watched"],
    pullIds: new Set<string>(),
  };
}

type State = ReturnType<typeof createState>;

const done = { done: true };
const text = (input: Input, name: string) => String(input[name]);

function answersFrom(state: State): FakeAnswers {
  return {
    "messages.keepButtons": ({ input }: FakeCall) => {
      for (const button of input["buttons"] as KeptButton[]) state.buttons.set(button.id, button);
      return done;
    },
    "messages.press": ({ input }: FakeCall) => press(state, text(input, "id"), text(input, "userId")),
    "messages.remember": ({ input, platform = "" }: FakeCall) => {
      const kept = { ...input, platform } as unknown as Kept;
      forget(state, kept);
      state.messages.push(kept);
      return done;
    },
    "messages.forget": ({ input }: FakeCall) => {
      forget(state, input as unknown as Kept);
      return done;
    },
    "messages.find": ({ input }: FakeCall) => ({
      messages: state.messages
        .filter(({ key }) => key === input["key"])
        .map(({ chatId, messageId, follow }) => ({ chatId, messageId, context: follow?.context ?? null })),
    }),
    "messages.followed": ({ platform }: FakeCall) => ({
      messages: state.messages.flatMap(({ follow, platform: of, ...kept }) =>
        of === platform && follow?.command ? [{ ...kept, ...follow }] : [],
      ),
    }),
    "groups.watched": () => ({ rooms: state.watched }),
    "announcements.posted": ({ input }: FakeCall) => {
      state.posted.push(input as unknown as MemoryCore["posted"][number]);
      return done;
    },
    "announcements.recent": () => ({
      messages: state.posted.map(({ roomId, messageId }) => ({ roomId, messageId })).reverse(),
    }),
    "announcements.react": (call: FakeCall) => react(state, call),
    "transfers.pull": ({ input }: FakeCall) => {
      state.pullIds.add(text(input, "requestId"));
      return { pull: fakePull() };
    },
  };
}

function press(state: State, id: string, userId: string): unknown {
  const button = state.buttons.get(id);
  if (!button) throw new CallError("button.gone");
  if (button.userId !== null && button.userId !== userId) throw new CallError("button.not-yours");
  return { command: button.command, room: button.room };
}

function forget(state: State, { key, chatId }: Pick<Kept, "key" | "chatId">): void {
  const at = state.messages.findIndex((kept) => kept.key === key && kept.chatId === chatId);
  if (at >= 0) state.messages.splice(at, 1);
}

function react(state: State, { context, input }: FakeCall): unknown {
  const { messageId = "" } = input["on"] as { messageId?: string };
  const reacted = {
    messageId,
    userId: context.actor.userId,
    reaction: text(input, "reaction"),
    isLate: input["isLate"] === true,
  };
  if (!state.posted.some((one) => one.messageId === messageId)) throw new CallError("catalog.unknown-ref");
  const isKnown = state.reactions.some((one) => same(one, reacted));
  if (!isKnown) state.reactions.push(reacted);
  const known = { announcement: "a12", outcome: "known", pull: null, stars: 3 };
  if (isKnown) return known;
  if (reacted.reaction === "pull") return { ...known, outcome: "pulled", pull: fakePull() };
  return { ...known, outcome: reacted.reaction === "keep" ? "kept" : "rated" };
}

const same = (a: MemoryCore["reactions"][number], b: MemoryCore["reactions"][number]) =>
  a.messageId === b.messageId && a.userId === b.userId && a.reaction === b.reaction;

/** Two pages that differ. */
function catalogOf(): FakeAnswers {
  const page = (number: number) => ({
    items: [fakeItem({ number, name: `Page ${number}.flac` })],
    next: number === 1 ? "c~2" : null,
    previous: number === 1 ? null : "",
    total: 2,
    isCapped: false,
    corrected: null,
  });
  return {
    "catalog.search": ({ input }: FakeCall) => page(input["cursor"] ? 2 : 1),
  };
}

/** New files, told to these rooms. `name` stands in the digest. */
export function newFiles(
  id: number,
  rooms: readonly { platform: "discord" | "telegram"; roomId: string }[],
  name = `Folder ${id}`,
): FonEvent {
  return {
    id,
    key: `files:${id}`,
    createdAt: "2026-05-01T10:00:00.000Z",
    rooms: rooms.map((room) => ({ ...room, language: "en" })),
    people: [],
    telling: {
      kind: "files.added",
      announcement: `a${id}`,
      level: "full",
      owners: ["Ben"],
      files: 3,
      bytes: 9000,
      folders: [{ ref: "d2p", owner: "Ben", share: "Music", name, path: "Live", files: 3, bytes: 9000, examples: [] }],
      more: 0,
    },
  };
}
