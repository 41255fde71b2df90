import { describe, expect, test } from "vitest";
import type { FxpLimits, PairArrangement } from "../types.ts";
import type { PairEvent, Progress } from "./states.ts";
import { advance, openProgress } from "./states.ts";
import type { Side } from "./verdict.ts";

const limits: FxpLimits = { openingMs: 20_000, stallMs: 60_000, lingerMs: 30_000, firstPollMs: 300, pollMs: 1000 };
const reply = (side: Side, text: string): PairEvent => ({
  type: "replied",
  side,
  reply: { code: Number(text.slice(0, 3)), text },
});
const started = (side: Side): PairEvent => ({ type: "started", side });
const lost = (side: Side): PairEvent => ({ type: "lost", side });
const seen = (bytes: number): PairEvent => ({ type: "seen", bytes });
const tick: PairEvent = { type: "tick" };
const both = [started("destination"), started("source")];

interface Circumstances {
  passive?: Side;
  offsetBytes?: number;
  tlsClient?: PairArrangement["tlsClient"];
}

/** Events at times; the last state. A number moves the clock on. */
function play(
  steps: ReadonlyArray<PairEvent | number>,
  { passive = "source" as Side, offsetBytes = 0, tlsClient }: Circumstances = {},
): Progress {
  let nowMs = 1000;
  let progress = openProgress({ passive, ...(tlsClient && { tlsClient }) }, offsetBytes, nowMs);
  for (const step of steps) {
    if (typeof step === "number") nowMs += step;
    else progress = advance(progress, step, nowMs, limits);
  }
  return progress;
}
const outcome = (steps: ReadonlyArray<PairEvent | number>, options?: Parameters<typeof play>[1]) => {
  const { state, verdict } = play(steps, options);
  return verdict ? verdict.code : state;
};

describe("the way of a transfer", () => {
  test("opening, moving, finishing, done", () => {
    expect(outcome([])).toBe("opening");
    expect(outcome([started("destination")])).toBe("opening");
    expect(outcome(both)).toBe("moving");
    expect(outcome([...both, reply("source", "226 ok")])).toBe("finishing");
    expect(outcome([...both, reply("source", "226 ok"), reply("destination", "226 ok")])).toBe("done");
  });

  test("final replies may come before or without a 1xx", () => {
    expect(outcome([started("destination"), reply("destination", "226 ok"), reply("source", "226 ok")])).toBe("done");
  });

  test("nothing moves an ended one", () => {
    const done = [...both, reply("source", "226 ok"), reply("destination", "226 ok")];
    expect(outcome([...done, lost("source"), { type: "aborted" }, 1e6, tick])).toBe("done");
    expect(outcome([{ type: "aborted" }, reply("source", "550 x"), tick])).toBe("aborted");
  });
});

describe("limits", () => {
  test.each<[string, Array<PairEvent | number>, Side, string]>([
    ["both silent: the passive side", [20_000, tick], "source", "fxp.refused-by-source"],
    ["both silent, destination passive", [20_000, tick], "destination", "fxp.refused-by-destination"],
    [
      "the passive source is silent (Pure-FTPd)",
      [started("destination"), 20_000, tick],
      "source",
      "fxp.refused-by-source",
    ],
    ["the active side is silent", [started("source"), 20_000, tick], "source", "fxp.refused-by-destination"],
    [
      "its peer even says 226 meanwhile",
      [started("destination"), reply("destination", "226 ok"), 20_000, tick],
      "source",
      "fxp.refused-by-source",
    ],
    ["not before", [19_999, tick], "source", "opening"],
  ])("opening: %s", (_, steps, passive, expected) => {
    expect(outcome(steps, { passive })).toBe(expected);
  });

  test("a stall is a minute without growth, and growth is more than was seen", () => {
    expect(outcome([...both, 59_999, tick])).toBe("moving");
    expect(outcome([...both, 60_000, tick])).toBe("fxp.stalled");
    expect(outcome([...both, 50_000, seen(10), 50_000, tick])).toBe("moving");
    expect(outcome([...both, 50_000, seen(10), 10_000, seen(10), 50_000, tick])).toBe("fxp.stalled");
    expect(outcome([...both, 50_000, seen(10), 50_000, seen(11), 50_000, tick])).toBe("moving");
    // what was there before a resume is no growth
    expect(outcome([...both, 50_000, seen(500), 10_000, tick], { offsetBytes: 500 })).toBe("fxp.stalled");
  });

  test("the second final reply is waited for while the file still grows", () => {
    const first = [...both, reply("source", "226 ok")];
    expect(outcome([...first, 29_999, tick])).toBe("finishing");
    expect(outcome([...first, 30_000, tick])).toBe("fxp.stalled");
    expect(outcome([...first, 20_000, seen(5), 20_000, tick])).toBe("finishing");
  });
});

describe("protected data", () => {
  const tlsClient = { side: "destination", by: "sscn" } as const;

  test("both opened and not a byte: nobody began the handshake", () => {
    const waiting = [...both, 1000, seen(0)];
    expect(outcome([...waiting, 18_999, tick], { tlsClient })).toBe("moving");
    expect(outcome([...waiting, 19_000, tick], { tlsClient })).toBe("fxp.refused-by-destination");
    expect(outcome([...waiting, 19_000, tick])).toBe("moving");
    expect(outcome([...both, 1000, seen(1), 19_000, tick], { tlsClient })).toBe("moving");
    expect(outcome([...both, 1000, seen(500), 19_000, tick], { tlsClient, offsetBytes: 500 })).toMatch(/refused/);
    // nobody could look
    expect(outcome([...both, 20_000, tick], { tlsClient })).toBe("moving");
    expect(outcome([...both, 60_000, tick], { tlsClient })).toBe("fxp.stalled");
  });

  test("a break before the first byte is a refusal, after it a cut", () => {
    const cut = [reply("source", "426 Failure writing network stream."), reply("destination", "226 ok")];
    expect(outcome([...both, ...cut], { tlsClient })).toBe("fxp.refused-by-source");
    expect(outcome([...both, seen(0), ...cut], { tlsClient })).toBe("fxp.refused-by-source");
    expect(outcome([...both, seen(1), ...cut], { tlsClient })).toBe("fxp.cut");
    // ProFTPD crashes when it does not know its peer's certificate.
    const crash = [lost("destination"), reply("source", "426 cut")];
    expect(outcome([...both, ...crash], { tlsClient })).toBe("fxp.refused-by-destination");
    expect(outcome([...both, seen(1), ...crash], { tlsClient })).toBe("fxp.cut");
    const reuse = reply("source", "522 SSL connection failed: session reuse required");
    expect(outcome([...both, reply("destination", "426 cut"), reuse], { tlsClient })).toBe("fxp.refused-by-source");
    expect(outcome([reply("source", "421 Too many")], { tlsClient })).toBe("server.busy");
  });
});

describe("verdicts", () => {
  test.each<[Side, string, string]>([
    ["source", "550 Failed to open file.", "file.gone"],
    ["source", "550 secret.bin: Permission denied", "file.unreadable"],
    ["source", "451 Failure reading from local file.", "file.unreadable"],
    ["source", "425 Security: Bad IP connecting.", "fxp.refused-by-source"],
    ["source", "522 Data connections must be encrypted.", "fxp.refused-by-source"],
    ["source", "521 Data connection cannot be opened with this PROT setting.", "fxp.refused-by-source"],
    ["source", "554 REST position (11) > file size (10)", "file.changed"],
    ["source", "421 Too many", "server.busy"],
    ["destination", "553 Could not create file.", "inbox.refused"],
    ["destination", "550 Not enough privileges.", "inbox.refused"],
    ["destination", "451 Failure writing to local file.", "inbox.no-space"],
    ["destination", "452 x: No space left on device", "inbox.no-space"],
    ["destination", "552 quota", "inbox.no-space"],
    ["destination", "425 Unable to build data connection: Permission denied", "fxp.refused-by-destination"],
    ["destination", "522 SSL/TLS required on the data channel", "fxp.refused-by-destination"],
  ])("%s: %s", (side, text, code) => {
    expect(outcome([reply(side, text)])).toBe(code);
  });

  test("no last word but 2xx is a success", () => {
    expect(outcome([reply("source", "350 go on"), reply("destination", "226 ok")])).toBe("fxp.refused-by-source");
  });

  test("a refused resume says why", () => {
    const { verdict } = play([reply("destination", "451 Append/Restart not permitted, try again")], { offsetBytes: 5 });
    expect(verdict).toMatchObject({ code: "fxp.refused-by-destination", params: { why: "resume" } });
  });

  test("a cut waits for the other side's reason", () => {
    const cut = [...both, reply("source", "426 Failure writing network stream.")];
    expect(outcome(cut)).toBe("finishing");
    expect(outcome([...cut, reply("destination", "451 disk full")])).toBe("inbox.no-space");
    expect(outcome([...cut, reply("destination", "226 ok")])).toBe("fxp.cut");
    expect(outcome([...cut, 1400, tick])).toBe("finishing");
    expect(outcome([...cut, 1500, tick])).toBe("fxp.cut");
  });

  test("a source that was killed is a cut, whatever the destination says of it", () => {
    expect(outcome([...both, lost("source"), reply("destination", "226 Transfer complete")])).toBe("fxp.cut");
    expect(outcome([...both, reply("destination", "226 Transfer complete"), lost("source")])).toBe("fxp.cut");
    expect(outcome([...both, lost("destination"), reply("source", "426 cut")])).toBe("fxp.cut");
    expect(
      outcome([
        ...both,
        reply("source", "421 Data timeout. Reconnect. Sorry."),
        lost("source"),
        reply("destination", "226 ok"),
      ]),
    ).toBe("fxp.cut");
  });

  test("a connection lost after its last word has done its work", () => {
    expect(outcome([...both, reply("source", "226 ok"), lost("source"), reply("destination", "226 ok")])).toBe("done");
  });
});
