// How often the enrolment page may be made to test a server, so that nobody searches networks with it.
// Counted in this process only; a reverse proxy on another machine makes all its visitors one address.
import { normalizeIP } from "@fastify/rate-limit";
import type { Clock } from "../platform/clock.ts";
import { createLimiter } from "../platform/limiter.ts";

export interface EnrolLimits {
  /** A form was sent with a link that works. @throws `request.too-many` */
  countPost(token: string): void;
  /** A server is about to be connected to. @throws `request.too-many` */
  countTest(visitor: Visitor): void;
}

export interface Visitor {
  personId: number;
  /** As the proxy tells it. */
  ip: string;
}

const minuteMs = 60_000;

export function createEnrolLimits(clock: Clock): EnrolLimits {
  const posts = createLimiter({ clock, most: 20, withinMs: 5 * minuteMs });
  const tests = createLimiter({ clock, most: 40, withinMs: 60 * minuteMs });
  return {
    countPost: (token) => posts.take(token),
    countTest: ({ personId, ip }) => tests.take(personId, `from ${normalizeIP(ip)}`),
  };
}
