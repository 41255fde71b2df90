// What became of each press and each command at the Telegram stand-in: every person asks from, and is answered in, their
// own private chat.
import type { TelegramDriver } from "../../chat/telegram/driver.ts";
import type { Answered, Watch } from "./crowd.ts";

export function watchTelegram(driver: TelegramDriver): Watch {
  return {
    start() {
      const already = driver.requests().length;
      const pressed = driver.answersToCallbacks().length;
      const askedAt = new Map<string, number>();
      return {
        asked: ({ id }) => void askedAt.set(id, Date.now()),
        since: () => {
          const answered = answersSince(driver, already, askedAt);
          const acknowledged = driver.answersToCallbacks().slice(pressed);
          return [...askedAt.keys()].map((id, index): Answered => {
            return { acknowledgedMs: acknowledged[index], answeredMs: answered.get(id) };
          });
        },
      };
    },
    placeToAsk: () => undefined,
  };
}

function answersSince(
  driver: TelegramDriver,
  already: number,
  askedAt: ReadonlyMap<string, number>,
): Map<string, number> {
  const answered = new Map<string, number>();
  for (const { method, params, status, at } of driver.requests().slice(already)) {
    const id = String(params["chat_id"]);
    const since = askedAt.get(id);
    if (since === undefined || status !== 200 || answered.has(id)) continue;
    if (/^sendMessage$/i.test(method)) answered.set(id, at - since);
  }
  return answered;
}
