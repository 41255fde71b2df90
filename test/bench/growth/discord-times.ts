// When the Discord stand-in made something, and what became of each interaction: from the ids it gives and the requests
// it keeps.
import type { DiscordDriver } from "../../chat/discord/driver.ts";
import type { Answered, Watch } from "./crowd.ts";

const epochMs = 1_420_070_400_000;

/** Milliseconds since the epoch at which a thing with this id was made. */
export const snowflakeMs = (id: string) => Number(BigInt(id) >> 22n) + epochMs;

/** Interactions have ids of their own, so nobody has to say who asked. */
export function watchDiscord(driver: DiscordDriver): Watch {
  return {
    start() {
      const already = driver.requests().length;
      return { asked: () => {}, since: () => answersSince(driver, already) };
    },
    placeToAsk: (room) => room,
  };
}

function answersSince(driver: DiscordDriver, already: number): Answered[] {
  const byToken = new Map<string, Answered & { askedAt: number }>();
  for (const { path, status, at, body } of driver.requests().slice(already)) {
    if (status < 200 || status >= 300) continue;
    const [, place, id = "", token = ""] = path.split("/");
    if (place === "interactions") {
      const askedAt = snowflakeMs(id);
      const isWhole = isList((body as { data?: unknown } | undefined)?.data);
      byToken.set(token, { askedAt, acknowledgedMs: at - askedAt, answeredMs: isWhole ? at - askedAt : undefined });
    } else if (place === "webhooks" && isList(body)) {
      const asked = byToken.get(token);
      if (asked) asked.answeredMs ??= at - asked.askedAt;
    }
  }
  return [...byToken.values()];
}

/** A refusal is one sentence without an embed. */
const isList = (body: unknown) => ((body as { embeds?: unknown[] } | undefined)?.embeds ?? []).length > 0;
