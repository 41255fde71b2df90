// A hundred people type a query at Discord, letter by letter, without waiting for what is offered: how soon each letter is
// answered with queries that the words may become.
import type { DiscordDriver } from "../../chat/discord/driver.ts";
import type { Answered, Figures } from "./crowd.ts";
import type { Place } from "./gather.ts";

const typists = 100;
const letters = ["s", "so", "son", "song"];

export async function measureCompletion(driver: DiscordDriver, places: readonly Place[]): Promise<Figures> {
  const people = places.flatMap(({ room, guests: [guest] }) => (guest ? [{ room, guest }] : [])).slice(0, typists);
  const answers: Answered[] = [];
  for (const query of letters) {
    const round = people.map(async ({ room, guest }) => {
      const startedAt = performance.now();
      // The platform waits no longer than three seconds.
      const choices = await driver.complete(guest, room, `/search ${query}`).catch(() => undefined);
      const tookMs = choices && performance.now() - startedAt;
      answers.push({ acknowledgedMs: tookMs, answeredMs: choices && choices.length > 0 ? tookMs : undefined });
    });
    await Promise.all(round);
  }
  return { platform: driver.platform, what: "completion, at once", asked: people.length, answers };
}
