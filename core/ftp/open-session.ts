// What the parts of this folder know of a session beyond its public face.
import type { Clock } from "../platform/clock.ts";
import { FonError } from "../platform/errors.ts";
import type { Control } from "./control.ts";
import type { Login } from "./login.ts";
import type { Command } from "./send-ahead.ts";
import type { Certificate, FtpTarget, FtpTimeouts, Session } from "./types.ts";

/** A logged-in connection and all that its verbs need. */
export interface Link {
  control: Control;
  login: Login;
  clock: Clock;
  timeouts: FtpTimeouts;
  ca: string | undefined;
  host: string;
  /** Registered by the owner and allowed by the policy. */
  dataAddress: string | undefined;
  /**
   * What the session is surely asked after each of the next reads or digests, in their order: goes out directly behind them.
   * Only where fxp/hurry.ts says so.
   */
  behind: (() => Command[])[];
}

export interface OpenSession extends Session {
  readonly link: Link;
  readonly certificate: Certificate | undefined;
  /** A path that starts with `/`, from one that may be relative to the login directory. */
  absolute(path: string): Promise<string>;
}

/** @throws Error for a session that this folder has not made: FXP needs its control connection */
export function asOpen(session: Session): OpenSession {
  if ("link" in session) return session as OpenSession;
  throw new Error("Not a session of createConnector.");
}

export function hostOf(target: FtpTarget): string {
  const host = target.host.trim();
  if (host === "") throw new FonError("server.address-unresolvable");
  return host;
}
