// Whom a message rings under its `allowed_mentions`, and which rings a hostile name could have caused.
import type { AllowedMentions } from "./limits.ts";
import { findRings } from "./markdown.ts";
import type { Channel, Message, World } from "./state.ts";
import { isReader } from "./state.ts";

export interface Rings {
  rings: string[];
  /** Rung because of the text alone, without being named by the bot. */
  unprevented: string[];
}

/** Without `allowed_mentions` everything in the text rings; with it, only what it names. */
export function computeRings(content: string, allowed: AllowedMentions | null | undefined): Rings {
  const found = findRings(content);
  const kindOf = (ring: string) =>
    ring === "everyone" || ring === "here" ? "everyone" : ring.startsWith("role:") ? "roles" : "users";
  const isNamed = (ring: string) => allowed?.users.includes(ring) || allowed?.roles.includes(ring.replace("role:", ""));
  const isParsed = (ring: string) => allowed == null || allowed.parse.includes(kindOf(ring));
  return {
    rings: found.filter((ring) => isParsed(ring) || isNamed(ring)),
    unprevented: found.filter((ring) => isParsed(ring)),
  };
}

/** Those rings that somebody hears: readers of the channel, the one reader of an ephemeral message, the author replied to. */
export function heardRings(
  world: World,
  channel: Channel,
  rings: readonly string[],
  replied: Message | undefined,
  onlyFor: string | undefined,
): string[] {
  const all = replied === undefined ? rings : [...rings, replied.authorId];
  return [...new Set(all)].filter((ring) => {
    if (!/^\d+$/.test(ring)) return onlyFor === undefined;
    return isReader(world, ring, channel) && (onlyFor === undefined || onlyFor === ring);
  });
}
