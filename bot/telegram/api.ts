// One call of the Bot API by telegraf's client: with an end in time, and with errors that hold no token and no address.
import { Telegram, TelegramError } from "telegraf";
import type { Clock } from "../clock.ts";
import { TelegramFailure } from "./failures.ts";

export type Payload = Record<string, unknown>;

export interface CallOptions {
  signal?: AbortSignal;
  /** Given up after so long without an answer; 30 s. */
  limitMs?: number;
}

/** @throws TelegramFailure, always. What `T` is the caller knows from the Bot API's pages. */
export type Call = <T = unknown>(method: string, payload: Payload, options?: CallOptions) => Promise<T>;

const officialRoot = "https://api.telegram.org";
const defaultLimitMs = 30_000;

export function createCall(deps: { token: string; apiRoot: string | undefined; clock: Clock }): Call {
  const { token, clock } = deps;
  // telegraf resolves the method against it, which drops the last part of a path without a slash behind it.
  const apiRoot = `${(deps.apiRoot ?? officialRoot).replace(/\/+$/, "")}/`;
  const telegram = new Telegram(token, { apiRoot });
  const callApi = telegram.callApi.bind(telegram) as unknown as (
    method: string,
    payload: Payload,
    options: { signal: AbortSignal },
  ) => Promise<unknown>;

  return async <T>(method: string, payload: Payload, { signal, limitMs = defaultLimitMs }: CallOptions = {}) => {
    const done = new AbortController();
    const late = new AbortController();
    void clock.wait(limitMs, done.signal).then(() => late.abort());
    try {
      const ends = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
      ends.throwIfAborted();
      return (await callApi(method, payload, { signal: ends })) as T;
    } catch (error) {
      throw toFailure(method, error, token);
    } finally {
      done.abort();
    }
  };
}

function toFailure(method: string, error: unknown, token: string): TelegramFailure {
  if (!(error instanceof TelegramError)) return new TelegramFailure(method, 0, reasonOf(error));
  const { code, description, parameters } = error;
  return new TelegramFailure(method, code, String(description).replaceAll(token, "[token]"), {
    ...(parameters?.retry_after === undefined ? {} : { retryAfterS: parameters.retry_after }),
    ...(parameters?.migrate_to_chat_id === undefined ? {} : { movedTo: String(parameters.migrate_to_chat_id) }),
  });
}

/** A code alone: the messages of node-fetch hold the address, and that the token. */
function reasonOf(error: unknown): string {
  const { code, type, name } = error as { code?: unknown; type?: unknown; name?: unknown };
  const reason = [code, type, name].find((word) => typeof word === "string" && /^[\w-]{1,40}$/.test(word));
  return typeof reason === "string" ? reason : "no answer";
}
