import { PassThrough } from "node:stream";
import { pino } from "pino";
import { afterEach, describe, expect, it } from "vitest";
import type { Told } from "../adapter.ts";
import type { Clock } from "../clock.ts";
import { createDispatch } from "../dispatch.ts";
import type { FakeAnswers, FakeCall } from "../fake-core.ts";
import { createFakeClient, fakeItem, fakePull, instant, refusal } from "../fake-core.ts";
import { describeTelling } from "../telling.ts";
import { createTongue } from "../words/index.ts";
import type { FakeScreen } from "./fake-screen.ts";
import { createFakeScreen } from "./fake-screen.ts";
import { createConsole } from "./index.ts";
import type { ConsoleOptions } from "./options.ts";
import { readOptions } from "./options.ts";
import type { TerminalInput, TerminalOutput } from "./terminal.ts";

const tongues = { en: createTongue("en", "UTC"), fr: createTongue("fr", "UTC") };
const endings: Array<() => void> = [];
afterEach(() => {
  for (const end of endings.splice(0)) end();
});

/** Waits end when the test says so, or at once. */
function createTestClock(isQuick: boolean): Clock & { tick(): void } {
  const waiting = new Set<() => void>();
  return {
    now: () => new Date(instant),
    wait: (_ms, signal) =>
      new Promise((resolve) => {
        signal?.addEventListener("abort", () => resolve(), { once: true });
        if (isQuick) setImmediate(resolve);
        else waiting.add(resolve);
      }),
    tick: () => {
      for (const resolve of waiting) resolve();
      waiting.clear();
    },
  };
}

interface Setting {
  answers?: FakeAnswers;
  options?: Partial<ConsoleOptions>;
  input: TerminalInput;
  output: TerminalOutput;
  isQuick?: boolean;
}

function startConsole({ answers, options, input, output, isQuick = true }: Setting) {
  const { client, calls } = createFakeClient(answers);
  const clock = createTestClock(isQuick);
  const tongueOf = (language: "en" | "fr") => tongues[language];
  const dispatch = createDispatch({ client, clock, log: pino({ level: "silent" }), tongueOf });
  const usual: ConsoleOptions = {
    as: "Anna",
    room: "main",
    isPrivate: false,
    language: "en",
    columns: 80,
    stays: false,
  };
  let made = 0;
  const makeRequestId = () => `request-${++made}`;
  const adapter = createConsole({
    dispatch,
    clock,
    tongueOf,
    makeRequestId,
    options: { ...usual, ...options },
    input,
    output,
  });
  const stopping = new AbortController();
  endings.push(() => stopping.abort());
  return { adapter, calls, clock, stopping, done: adapter.run(stopping.signal) };
}

async function runLines(lines: string[], setting: { answers?: FakeAnswers; options?: Partial<ConsoleOptions> } = {}) {
  const input = new PassThrough();
  const output = new PassThrough();
  const { done, calls } = startConsole({ ...setting, input, output });
  input.end(lines.map((line) => `${line}\n`).join(""));
  const code = await done;
  const text = String(output.read() ?? "").replace(/\u00A0/g, " ");
  return { code, text, calls };
}

const announced: Told = {
  key: "added-12",
  eventId: 12,
  describe: (tongue) =>
    describeTelling(
      {
        kind: "files.added",
        announcement: "a7",
        level: "full",
        owners: ["Ben"],
        files: 3,
        bytes: 9000,
        folders: [],
        more: 0,
      },
      tongue,
      new Date(instant),
    ),
};

describe("a script", () => {
  it("answers line by line and ends with 0 when nothing was wrong", async () => {
    const { code, text } = await runLines(["# a remark", "", "/start", "/search summer"]);
    expect(code).toBe(0);
    expect(text).toMatch(
      /^Anna@main> \/start\n {2}Hello Anna\.\n[\s\S]*Anna@main> \/search summer\n {2}“summer”: 41 results\n/,
    );
    expect(text).not.toContain("\u001B");
  });

  it("ends with 1 when a line was refused, and goes on to the last", async () => {
    const { code, text } = await runLines(["/join", "/start"], {
      answers: { "groups.join": refusal("group.none-here") },
    });
    expect(code).toBe(1);
    expect(text).toContain("✗ There is no group here.");
    expect(text).toContain("Hello Anna.");
  });

  it("asks before it pulls, and waits for the end of a pull", async () => {
    let shown = 0;
    const answers = {
      "transfers.show": () => ({ pull: ++shown < 3 ? fakePull() : fakePull({ state: "done", filesDone: 1 }) }),
    };
    const { code, text, calls } = await runLines(["/pull 2", "n", "/pull 2", "y", "/pull 3 yes"], { answers });
    expect(text).toContain("Pull? [y/N] n\n  Nothing was changed.\n");
    expect(text).toContain("✓ Summer concert.flac is complete on attic: 1 file, 67.1 MB.");
    expect(calls.filter((call) => call.name === "transfers.pull").map((call) => call.input["what"])).toEqual([
      ["f2", "f3"],
      ["3"],
    ]);
    expect(code).toBe(0);
  });

  it("ends with 1 when a pull failed, and says why", async () => {
    const reason = { code: "file.gone", params: {} };
    const answers = { "transfers.show": { pull: fakePull({ state: "failed", filesFailed: 1, reason }) } };
    const { code, text } = await runLines(["/pull 2 yes"], { answers });
    expect(code).toBe(1);
    expect(text).toContain("The file is no longer on the other server.");
  });

  it("goes on watching a pull while the core is away", async () => {
    const states = [
      refusal("core.unavailable"),
      refusal("core.unavailable"),
      () => ({ pull: fakePull({ state: "done" }) }),
    ];
    const { code, text } = await runLines(["/pull 2 yes"], { answers: { "transfers.show": () => states.shift()?.() } });
    expect(code).toBe(0);
    expect(text).toContain("is complete on attic");
  });

  it("speaks as others, elsewhere, in another language", async () => {
    const lines = [
      "/as Chloé",
      "/room club",
      "/start",
      "/private",
      "/as chloé",
      "/lang fr",
      "/start",
      "/lang xx",
      "/room ../x",
      "/as",
    ];
    const { text, calls, code } = await runLines(lines);
    expect(
      calls.map(({ context }) => [
        context.actor.userId,
        context.actor.displayName,
        context.room.roomId,
        context.room.kind,
        context.actor.language,
      ]),
    ).toEqual([
      ["chloé", "Chloé", "club", "group", "en"],
      ["chloé", "Chloé", "~chloé", "private", "fr"],
    ]);
    expect(text).toContain("Chloé@club> /private");
    expect(text).toContain("Bonjour Anna.");
    expect(text).toContain("Langues connues : en, fr.");
    expect(text).toContain("Le nom d'un salon");
    expect(text).toContain("Qui parle ?");
    expect(code).toBe(1);
  });

  it("shows the page before with /back, the first one without a cursor", async () => {
    const page = { items: [fakeItem()], total: 41, isCapped: false };
    const answers = {
      "catalog.latest": ({ input }: FakeCall) =>
        input["cursor"] === undefined ? { ...page, next: "c2", previous: null } : { ...page, next: null, previous: "" },
    };
    const { calls, text } = await runLines(["/back", "/new", "/more", "/back"], { answers });
    expect(calls.map((call) => call.input)).toEqual([{}, { cursor: "c2" }, {}]);
    expect(text).toContain("Next → /more");
    expect(text).toContain("Previous → /back");
    expect(text).toContain("There is nothing more to show.");
    // Numbers are typed here, so the lines and filters need no buttons.
    expect(text).not.toContain("/pull f3k9");
  });

  it("shows the next page with /more, also of a list that /more showed", async () => {
    const { calls } = await runLines(["/more", "/new", "/more", "/more"]);
    expect(calls.map((call) => call.input)).toEqual([{}, { cursor: "c~2" }, { cursor: "c~2" }]);
  });

  it("lists its own commands in /help and says whose tool it is", async () => {
    const { text, code } = await runLines(["/help", "/help react", "/help /AS"]);
    expect(text).toContain("/as /lang /room /private /react /more /back /quit");
    expect(text).toContain("  /react\n  React to an announcement");
    expect(text).toContain("  /as\n  Speak as somebody else");
    expect(code).toBe(0);
    expect(text).toContain("whoever sits at it may speak as anyone");
  });
});

describe("announcements", () => {
  it("are shown with their number, and reacting to them pulls in the room that shows them", async () => {
    const input = new PassThrough();
    const output = new PassThrough();
    const { adapter, calls, done } = startConsole({
      input,
      output,
      answers: {
        "announcements.react": ({ input }: FakeCall) => ({
          announcement: "a7",
          outcome: input["reaction"] === "pull" ? "pulled" : input["isOn"] === true ? "kept" : "unkept",
          pull: input["reaction"] === "pull" ? fakePull({ state: "done" }) : null,
          stars: 0,
        }),
      },
    });
    expect(await adapter.tellRoom("club", announced, "en")).toBe("12");
    input.end("/react\n/react 12 dance\n/react pull\n/react #12 keep\n/react 12 keep off\n");
    await done;
    const text = String(output.read()).replace(/\u00A0/g, " ");
    expect(text).toContain("#12 (club)\n  Ben: 3 new files, 9 kB");
    expect(text).toContain("✓ Kept.");
    expect(text).toContain("Taken back.");
    const on = { messageId: "12" };
    expect(calls.map((call) => [call.input, call.context.room.roomId])).toMatchObject([
      [{ on, reaction: "pull", isOn: true, isLate: false }, "club"],
      [{ on, reaction: "keep", isOn: true }, "club"],
      [{ on, reaction: "keep", isOn: false }, "club"],
    ]);
  });

  it("tell the end of a pull once, also when its progress was on the screen", async () => {
    const pull = fakePull({ state: "done", filesDone: 1 });
    const input = new PassThrough();
    const output = new PassThrough();
    const { adapter, done } = startConsole({ input, output, answers: { "transfers.show": { pull } } });
    input.end("/pull 2 yes\n");
    await done;
    const told: Told = {
      key: "pull-12",
      eventId: 13,
      describe: (tongue) => describeTelling({ kind: "pull.finished", pull }, tongue, new Date(instant)),
    };
    await adapter.tellPerson("anna", "en", told);
    const other = {
      ...told,
      describe: (tongue: typeof tongues.en) =>
        describeTelling({ kind: "pull.finished", pull: { ...pull, ref: "p13" } }, tongue, new Date(instant)),
    };
    await adapter.tellPerson("ben", "en", other);
    const text = String(output.read());
    expect(text.match(/is complete on attic/g)?.length).toBe(2);
    expect(text).toContain("#13 (to ben)");
  });
});

describe("a terminal", () => {
  const type = async (screen: FakeScreen, ...keys: string[]) => {
    for (const key of keys) {
      screen.input.write(key);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const lastRow = (text: string) => (rows: string[]) => rows.at(-1) === text;

  it("greets, answers above the input, and completes with Tab", async () => {
    const screen = createFakeScreen(80);
    const { done } = startConsole(screen);
    await screen.shows((rows) => rows.some((row) => row.includes("Hello Anna.")) && rows.at(-1) === "Anna@main>");
    // A tab within a pasted text completes nothing, so each key comes alone.
    await type(screen, "/sea", "\t", "summer", "\r");
    await screen.shows((rows) => rows.some((row) => row.includes("41 results")) && rows.at(-1) === "Anna@main>");
    expect(screen.rows()).toContain("Anna@main> /search summer");
    await type(screen, "/tr", "\t", "pa", "\t");
    await screen.shows(lastRow("Anna@main> /transfers pause"));
    screen.input.write("\u0003");
    await screen.shows(lastRow("Anna@main>"));
    screen.input.write("\u0003");
    expect(await done).toBe(0);
    expect(screen.rows().at(-1)).toBe("Goodbye.");
  });

  it("keeps what is being typed while news arrive, also when it takes two rows", async () => {
    const screen = createFakeScreen(40);
    const { adapter } = startConsole(screen);
    await screen.shows((rows) => rows.some((row) => row.includes("Hello Anna.")) && rows.at(-1) === "Anna@main>");
    const typed = "/search a long line that does not fit into one row";
    screen.input.write(typed);
    await screen.shows((rows) => rows.slice(-2).join("").endsWith("one row"));
    await adapter.tellRoom("main", announced, "en");
    await adapter.tellRoom("main", announced, "en");
    await screen.shows((rows) => rows.filter((row) => row.includes("3 new files")).length === 2);
    const rows = screen.rows();
    expect(rows.slice(-2).join("")).toBe(`Anna@main> ${typed}`.slice(0, 40) + `Anna@main> ${typed}`.slice(40));
    expect(rows.filter((row) => row.includes("does not fit")).length).toBeLessThanOrEqual(1);
    expect(rows.filter((row) => row.startsWith("Anna@main> /search")).length).toBe(1);
    expect(rows.at(-3)).toBe("");
    expect(rows.slice(-6, -3).join("\n")).toContain("Rate → /new rate a7");
  });

  it("edits the line of a running pull in place, above what is being typed", async () => {
    let bytesDone = 0;
    const screen = createFakeScreen(80);
    const answers = {
      "transfers.pull": () => ({ pull: fakePull({ bytesDone }) }),
      "transfers.show": () => ({
        pull: bytesDone < 67_108_864 ? fakePull({ bytesDone }) : fakePull({ state: "done", filesDone: 1 }),
      }),
    };
    const { clock, adapter } = startConsole({ ...screen, answers, isQuick: false });
    void screen.input.write("/pull 2 yes\r");
    await screen.shows((rows) => rows.some((row) => row.includes("░ ") && row.includes("0 %")));
    screen.input.write("/sea");
    bytesDone = 33_554_432;
    clock.tick();
    await screen.shows((rows) => rows.some((row) => row.includes("50 %")) && rows.at(-1) === "Anna@main> /sea");
    await adapter.tellRoom("main", announced, "en");
    await screen.shows((rows) => rows.some((row) => row.includes("3 new files")) && rows.at(-1) === "Anna@main> /sea");
    expect(screen.rows().filter((row) => row.includes(" %")).length).toBe(1);
    expect(screen.rows().at(-2)).toContain("50 %");
    screen.input.write("rch summer\r");
    await screen.shows((rows) => rows.some((row) => row.includes("41 results")) && rows.at(-1) === "Anna@main>");
    expect(screen.rows().filter((row) => row === "Anna@main> /search summer").length).toBe(1);
    expect(screen.rows().filter((row) => row.includes(" %")).length).toBe(1);
    bytesDone = 67_108_864;
    clock.tick();
    await screen.shows((rows) => rows.some((row) => row.includes("is complete on attic")));
    expect(screen.rows().filter((row) => row.includes(" %")).length).toBe(0);
  });

  it("answers a pause once, not again when the watched line goes", async () => {
    let state: "running" | "paused" = "running";
    const screen = createFakeScreen(80);
    const answers = {
      "transfers.pull": () => ({ pull: fakePull({ state }) }),
      "transfers.show": () => ({ pull: fakePull({ state }) }),
      "transfers.pause": () => {
        state = "paused";
        return { pull: fakePull({ state }) };
      },
    };
    const { clock } = startConsole({ ...screen, answers, isQuick: false });
    void screen.input.write("/pull 2 yes\r");
    await screen.shows((rows) => rows.some((row) => row.includes("50 %")));
    void screen.input.write("/transfers pause p12\r");
    await screen.shows((rows) => rows.some((row) => row.includes("is paused.")));
    clock.tick();
    await screen.shows((rows) => !rows.some((row) => row.includes("50 %")));
    await new Promise((resolve) => setImmediate(resolve));
    expect(screen.rows().filter((row) => row.includes("is paused.")).length).toBe(1);
  });

  it("says once that the core is away and that it is back", async () => {
    const screen = createFakeScreen(80);
    const { adapter } = startConsole(screen);
    adapter.onReach(false);
    adapter.onReach(true);
    await screen.shows((rows) => rows.some((row) => row.includes("The core answers again.")));
    expect(screen.rows().some((row) => row.includes("The core does not answer."))).toBe(true);
  });

  it("ends with Ctrl-D, with /quit, and when the process is told to stop", async () => {
    for (const end of ["\u0004", "/quit\r"]) {
      const screen = createFakeScreen(80);
      const { done } = startConsole(screen);
      await screen.shows((rows) => rows.some((row) => row.includes("Hello Anna.")));
      screen.input.write(end);
      expect(await done).toBe(0);
    }
    const screen = createFakeScreen(80);
    const { done, stopping } = startConsole(screen);
    stopping.abort();
    expect(await done).toBe(0);
  });
});

describe("the command line", () => {
  it("names who speaks, where and how", () => {
    expect(readOptions(["--as", "ben", "--room", "club", "--lang", "fr", "--columns", "120"])).toEqual({
      options: { as: "ben", room: "club", isPrivate: false, language: "fr", columns: 120, stays: false },
    });
  });

  it.each([[["--lang", "de"]], [["--columns", "7"]], [["--frobnicate"]], [["words"]]])(
    "refuses %j in one sentence",
    (argv) => {
      expect(readOptions(argv)).toEqual({ mistake: expect.stringMatching(/\S/) });
    },
  );
});
