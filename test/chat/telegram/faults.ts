// What goes wrong on purpose: chosen answers and cut connections for chosen methods. Effects are not its matter; the
// server asks it before and after.

export interface Fault {
  /** The answer's code; 200 with `delayMs` is the true answer, late. */
  status: number;
  /** Before the effect: nothing happened. After: it happened, and the bot is told that it failed. */
  when: "before" | "after";
  times: number;
  /** Seconds, for 429. */
  retryAfter?: number;
  delayMs?: number;
  /** The connection ends without an answer. */
  cut?: boolean;
}

export interface Faults {
  fail(match: { method: RegExp }, what: Fault): void;
  take(method: string): Fault | undefined;
}

export function createFaults(): Faults {
  let rules: { method: RegExp; what: Fault; left: number }[] = [];
  return {
    fail: (match, what) => void rules.push({ method: match.method, what, left: what.times }),
    take(method) {
      const rule = rules.find((each) => each.left > 0 && each.method.test(method));
      if (!rule) return undefined;
      rule.left -= 1;
      rules = rules.filter((each) => each.left > 0);
      return rule.what;
    },
  };
}
