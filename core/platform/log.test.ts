// What of an error may be written to the log.
import { expect, it } from "vitest";
import { FonError } from "./errors.ts";
import { createLog } from "./log.ts";

function linesOf(use: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  use(createLog("debug", "test", { write: (line) => lines.push(line) }));
  return lines.join("");
}

it("leaves out what a library wrote: hosts, paths, values", () => {
  const reply = new Error("connect ECONNREFUSED 192.168.7.9:2121 /home/anna", {
    cause: new Error("530 Login incorrect for anna-login"),
  });
  const written = linesOf((log) => {
    log.error({ err: reply }, "offline");
    log.error({ err: reply });
    log.error(reply);
    log.error(new FonError("server.offline", {}, { cause: reply }));
  });
  expect(written).not.toMatch(/192\.168|anna|530 Login/);
  expect(written).toContain("offline");
  expect(written).toContain("log.test.ts");
});

it("shows our own words and codes", () => {
  const error = new FonError("server.busy", {}, { detail: "421 at login" });
  expect(linesOf((log) => log.warn({ err: error }, "later"))).toContain("server.busy: 421 at login");
});

it("censors fields that hold secrets", () => {
  expect(linesOf((log) => log.info({ password: "p1", server: { host: "h1" } }, "x"))).not.toMatch(/p1|h1/);
});
