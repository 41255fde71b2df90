// Two servers and a policy, and every way that a file can take between them: asked of the ladder itself, so that a new way
// joins by itself.
import type { Allowed } from "../../core/ftp/index.ts";

export interface Course {
  id: string;
  /** TLS on both control connections. */
  isSecure: boolean;
  policy: "fxp" | "fxp-tls-only" | "relay-only";
  allowed: Allowed;
  /** Verbs that both servers do not know. */
  without?: readonly string[];
  hash?: ReadonlyArray<"XSHA256">;
}

export const courses: readonly Course[] = [
  { id: "plain", isSecure: false, policy: "fxp", allowed: { direct: true, clear: true, relay: false } },
  {
    id: "tls",
    isSecure: true,
    policy: "fxp-tls-only",
    allowed: { direct: true, clear: false, relay: false },
    hash: ["XSHA256"],
  },
  {
    id: "tls, clear data",
    isSecure: true,
    policy: "fxp",
    allowed: { direct: true, clear: true, relay: false },
    without: ["SSCN", "CPSV"],
  },
  { id: "relay", isSecure: false, policy: "relay-only", allowed: { direct: false, clear: true, relay: true } },
  { id: "relay, tls", isSecure: true, policy: "relay-only", allowed: { direct: false, clear: false, relay: true } },
];
