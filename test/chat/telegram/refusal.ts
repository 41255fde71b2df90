// How the Bot API says no.
import type { Json } from "./state.ts";

/** An answer other than 200. `isMistake`: a careful bot never causes it, so it counts as a violation. */
export class Refusal extends Error {
  readonly code: number;
  readonly parameters: Json | undefined;
  readonly isMistake: boolean;

  constructor(code: number, description: string, isMistake: boolean, parameters?: Json) {
    super(description);
    this.code = code;
    this.isMistake = isMistake;
    this.parameters = parameters;
  }
}

/** A mistake of the bot. */
export const badRequest = (what: string) => new Refusal(400, `Bad Request: ${what}`, true);
/** What happens to every bot, because people and the clock move on. */
export const unlucky = (what: string, parameters?: Json) => new Refusal(400, `Bad Request: ${what}`, false, parameters);
export const forbidden = (what: string) => new Refusal(403, `Forbidden: ${what}`, false);
export const tooMany = (seconds: number) =>
  new Refusal(429, `Too Many Requests: retry after ${seconds}`, false, { retry_after: seconds });
