// Discord's rate limits: fixed windows for a route and its channel or webhook, and one for everything.
import type { World } from "./state.ts";

export interface RateLimits {
  /** Messages created in one channel in `windowMs`. */
  create: number;
  /** Messages edited in one channel, or through one interaction, in `windowMs`. */
  edit: number;
  windowMs: number;
  /** Requests in one second, whatever they are; false: not counted. Those of interactions never count. */
  global: number | false;
}

export interface Verdict {
  headers: Record<string, string>;
  /** Seconds to wait: the request is over the limit. */
  retryAfter?: number;
  isGlobal: boolean;
}

interface Window {
  endsAt: number;
  used: number;
  refused: number;
}

/** A client that is told to wait and goes on this often in one window does not listen. */
const DEAF = 10;

export function createRateLimits(world: World) {
  const limits: RateLimits = { create: 5, edit: 5, windowMs: 5000, global: 50 };
  const windows = new Map<string, Window>();
  let refused = 0;

  function take(key: string, limit: number, windowMs: number): { window: Window; isOver: boolean } {
    let window = windows.get(key);
    if (window === undefined || window.endsAt <= world.now()) {
      window = { endsAt: world.now() + windowMs, used: 0, refused: 0 };
      windows.set(key, window);
    }
    const isOver = window.used >= limit;
    if (isOver) {
      refused += 1;
      window.refused += 1;
      if (window.refused === DEAF) world.violations.push(`The bot does not wait when it gets 429 (${key})`);
    } else window.used += 1;
    return { window, isOver };
  }

  return {
    limits,
    refused: () => refused,
    /** `route`: method and pattern; `major`: the channel, guild or webhook that the limit belongs to. */
    check(route: string, major: string): Verdict {
      const waitOf = (window: Window) => Math.max(0.001, (window.endsAt - world.now()) / 1000);
      if (limits.global !== false && !isOfInteraction(route)) {
        const { window, isOver } = take("global", limits.global, 1000);
        if (isOver) {
          const headers = { "x-ratelimit-global": "true", "x-ratelimit-scope": "global" };
          return { headers, retryAfter: waitOf(window), isGlobal: true };
        }
      }
      const kind = kindOf(route);
      if (kind === undefined) return { headers: {}, isGlobal: false };
      const limit = limits[kind];
      const { window, isOver } = take(`${route} ${major}`, limit, limits.windowMs);
      const headers: Record<string, string> = {
        "x-ratelimit-bucket": Buffer.from(route).toString("hex").slice(0, 32),
        "x-ratelimit-limit": String(limit),
        "x-ratelimit-remaining": String(limit - window.used),
        "x-ratelimit-reset": (window.endsAt / 1000).toFixed(3),
        "x-ratelimit-reset-after": waitOf(window).toFixed(3),
      };
      if (!isOver) return { headers, isGlobal: false };
      headers["x-ratelimit-scope"] = "user";
      return { headers, retryAfter: waitOf(window), isGlobal: false };
    },
  };
}

/** Answers, their edits and what follows them are "not bound to the application's Global Rate Limit" (Receiving and Responding). */
function isOfInteraction(route: string): boolean {
  return /^[A-Z]+ \/(?:interactions\/|webhooks\/:app\/:token)/.test(route);
}

function kindOf(route: string): "create" | "edit" | undefined {
  if (/^POST \/(?:channels\/:channel\/messages|webhooks\/:app\/:token)$/.test(route)) return "create";
  if (/^PATCH \/(?:channels\/:channel|webhooks\/:app\/:token)\/messages\/:message$/.test(route)) return "edit";
  return undefined;
}
