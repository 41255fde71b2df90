// The one error type of the core: a code for people (worded by the bot), a cause for the log.
// `detail` and `cause` never leave the core; `params` may, so nothing secret goes there.
import type { ErrorCode, ErrorParams, Retry } from "#contract";
import { errorCodes } from "#contract";

export class FonError extends Error {
  readonly code: ErrorCode;
  readonly params: ErrorParams;

  constructor(code: ErrorCode, params: ErrorParams = {}, options: { cause?: unknown; detail?: string } = {}) {
    super(options.detail ? `${code}: ${options.detail}` : code, { cause: options.cause });
    this.name = "FonError";
    this.code = code;
    this.params = params;
  }

  /** What to do about it, see the contract's table. */
  get retry(): Retry {
    return errorCodes[this.code];
  }
}

/** The FonError in `error`, or undefined when it is something we did not foresee. */
export function asFonError(error: unknown): FonError | undefined {
  return error instanceof FonError ? error : undefined;
}
