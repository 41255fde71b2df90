// A pair transfer under every order of events that two servers, a clock and a person can bring about.
import fc from "fast-check";
import { expect, test } from "vitest";
import { errorCodes } from "#contract";
import { arrangements } from "../arrangements.ts";
import type { FxpLimits, PairArrangement, PairState } from "../types.ts";
import type { PairEvent, Progress } from "./states.ts";
import { advance, isOver, openProgress } from "./states.ts";
import type { Side } from "./verdict.ts";

const limits: FxpLimits = { openingMs: 20_000, stallMs: 60_000, lingerMs: 30_000, firstPollMs: 300, pollMs: 1000 };
const runs = { numRuns: 2000 };

const anyWay = fc.constantFrom(...arrangements);
const anySide = fc.constantFrom<Side>("source", "destination");
const anyCode = fc.constantFrom(
  200,
  226,
  250,
  331,
  350,
  421,
  425,
  426,
  450,
  451,
  452,
  500,
  522,
  530,
  550,
  552,
  553,
  554,
);
const anyText = fc.constantFrom("ok", "Permission denied", "No such file", "TLS required", "Restart not permitted", "");

/** What one side can say, in its order: perhaps an opening, then one last word or a loss, or nothing more. */
const anyStory = (side: Side): fc.Arbitrary<PairEvent[]> =>
  fc
    .tuple(
      fc.boolean(),
      fc.oneof(
        { weight: 6, arbitrary: fc.tuple(anyCode, anyText).map(([code, text]) => ({ code, text: `${code} ${text}` })) },
        { weight: 2, arbitrary: fc.constant("lost" as const) },
        { weight: 1, arbitrary: fc.constant("silent" as const) },
      ),
      fc.boolean(),
    )
    .map(([isStarted, last, isLostAfter]) => {
      const story: PairEvent[] = isStarted ? [{ type: "started", side }] : [];
      if (last === "lost") story.push({ type: "lost", side });
      else if (last !== "silent") story.push({ type: "replied", side, reply: last });
      if (isLostAfter) story.push({ type: "lost", side });
      return story;
    });

type Step = PairEvent | number;

const anyOther: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.nat({ max: 25_000 }) },
  { weight: 4, arbitrary: fc.constant<Step>({ type: "tick" }) },
  { weight: 4, arbitrary: fc.nat({ max: 5_000 }).map((bytes): Step => ({ type: "seen", bytes })) },
  { weight: 1, arbitrary: fc.constant<Step>({ type: "aborted" }) },
);

/** Both stories and everything else, in any order that keeps the order of each. */
const anyCourse = fc
  .tuple(
    anyStory("source"),
    anyStory("destination"),
    fc.array(anyOther, { maxLength: 25 }),
    fc.infiniteStream(fc.nat()),
  )
  .map(([source, destination, others, draws]) => {
    const lines: Step[][] = [source, destination, others].map((line) => [...line]);
    const steps: Step[] = [];
    for (;;) {
      const open = lines.filter((line) => line.length > 0);
      if (open.length === 0) return steps;
      const line = open[(draws.next().value as number) % open.length];
      const step = line?.shift();
      if (step !== undefined) steps.push(step);
    }
  });

interface Walk {
  all: Progress[];
  last: Progress;
  nowMs: number;
}

function walk(steps: readonly Step[], way: PairArrangement, offsetBytes: number): Walk {
  let nowMs = 1_000;
  const all = [openProgress(way, offsetBytes, nowMs)];
  for (const step of steps) {
    if (typeof step === "number") nowMs += step;
    else all.push(advance(all.at(-1) as Progress, step, nowMs, limits));
  }
  return { all, last: all.at(-1) as Progress, nowMs };
}

const property = (check: (course: Walk, steps: readonly Step[]) => void) =>
  fc.assert(
    fc.property(anyCourse, anyWay, fc.constantFrom(0, 700), (steps, way, offsetBytes) =>
      check(walk(steps, way, offsetBytes), steps),
    ),
    runs,
  );

test("it ends, whatever happened before, once nothing more happens", () => {
  property(({ last, nowMs }) => {
    let progress = last;
    let now = nowMs;
    const longest = nowMs + limits.openingMs + limits.stallMs + limits.lingerMs;
    while (!isOver(progress) && now <= longest) {
      now += limits.pollMs;
      progress = advance(progress, { type: "tick" }, now, limits);
    }
    expect(isOver(progress)).toBe(true);
  });
});

test("it is done only when both have said so, and in words that mean it", () => {
  property(({ last }) => {
    if (last.state !== "done") return;
    for (const story of Object.values(last.stories)) {
      expect(story.final?.code).toBeGreaterThanOrEqual(200);
      expect(story.final?.code).toBeLessThan(300);
    }
  });
});

test("both say that they are done: then it is, unless it was over before", () => {
  const ok = (side: Side): PairEvent => ({ type: "replied", side, reply: { code: 226, text: "226 ok" } });
  const started = (side: Side): PairEvent => ({ type: "started", side });
  const calm = fc.oneof(
    fc.nat({ max: 900 }),
    fc.constant<Step>({ type: "tick" }),
    fc.nat({ max: 5_000 }).map((bytes): Step => ({ type: "seen", bytes })),
  );
  fc.assert(
    fc.property(
      fc.array(calm, { maxLength: 20 }),
      fc.array(calm, { maxLength: 20 }),
      anySide,
      anyWay,
      (one, other, first, way) => {
        const second = first === "source" ? "destination" : "source";
        const steps = [started(second), started(first), ...one, ok(first), ...other, ok(second)];
        expect(walk(steps, way, 0).last.state).toBe("done");
      },
    ),
    runs,
  );
});

test("states go forward only, and an end stays the end", () => {
  const order: readonly PairState[] = ["opening", "moving", "finishing", "done", "failed", "aborted"];
  property(({ all }) => {
    all.forEach((progress, index) => {
      const before = all[index - 1];
      if (!before) return;
      if (isOver(before)) expect(progress).toBe(before);
      else expect(order.indexOf(progress.state)).toBeGreaterThanOrEqual(order.indexOf(before.state));
    });
  });
});

test("a failure has a code that people have a sentence for, and an abort is nobody's fault", () => {
  property(({ last }, steps) => {
    const wasAborted = steps.some((step) => typeof step !== "number" && step.type === "aborted");
    if (last.state === "aborted") expect(wasAborted).toBe(true);
    expect(last.verdict === undefined).toBe(last.state !== "failed");
    if (last.verdict) expect(Object.keys(errorCodes)).toContain(last.verdict.code);
  });
});

test("a server is blamed only for its own refusal or its own silence", () => {
  property(({ last }) => {
    for (const side of ["source", "destination"] as const) {
      if (last.verdict?.code !== `fxp.refused-by-${side}`) continue;
      const { final, isStarted } = last.stories[side];
      // A handshake that nobody begins, or that brings a server down, is a silence too.
      const isHandshakeInDoubt = last.tlsClient !== undefined && (last.seenBytes ?? 0) <= last.offsetBytes;
      expect((final?.code ?? 0) >= 300 || (!isStarted && final === undefined) || isHandshakeInDoubt).toBe(true);
    }
  });
});

test("it is moving only when both have opened", () => {
  property(({ all }) => {
    for (const { state, stories } of all) {
      if (state === "moving") expect(stories.source.isStarted && stories.destination.isStarted).toBe(true);
    }
  });
});
