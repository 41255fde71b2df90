// What a failed request to Discord means. Pure; knows errors by their fields, because they come from several libraries.

/**
 * `closed`: the person lets no bot write to them. `gone`: room or message are no more, or the bot may not touch them.
 * `late`: this interaction can no longer be answered. `known`: it was answered before. `fatal`: the token is refused.
 * `away`: Discord or the network failed, later may work. `refused`: Discord did not like what was sent.
 */
export type Failure = "closed" | "gone" | "late" | "known" | "fatal" | "away" | "refused";

/** Numbers of Discord's table of JSON error codes. */
const meanings: Readonly<Record<number, Failure>> = {
  10003: "gone", // unknown channel
  10004: "gone", // unknown guild
  10008: "gone", // unknown message
  50001: "gone", // missing access
  50005: "gone", // a message of somebody else
  50013: "gone", // missing permissions
  50083: "gone", // the thread is archived
  160005: "gone", // the thread is locked
  50007: "closed", // cannot send messages to this user
  50278: "closed", // no guild in common
  10013: "closed", // unknown user
  10015: "late", // unknown webhook: the interaction's token has ended
  10062: "late", // unknown interaction: more than three seconds
  50027: "late", // invalid webhook token
  40060: "known", // already acknowledged
};

export function classifyFailure(error: unknown): Failure {
  const { status, code } = fieldsOf(error);
  if (status === 401) return "fatal";
  const meaning = typeof code === "number" ? meanings[code] : undefined;
  if (meaning !== undefined) return meaning;
  return typeof status === "number" && status >= 400 && status < 500 && status !== 429 ? "refused" : "away";
}

/** What may stand in a log: neither address nor text, because addresses hold tokens and texts belong to people. */
export function describeFailure(error: unknown): Record<string, string | number> {
  const { status, code, method, name } = fieldsOf(error);
  return Object.fromEntries(
    Object.entries({ failure: classifyFailure(error), type: name, status, code, method }).filter(
      (entry): entry is [string, string | number] => typeof entry[1] === "string" || typeof entry[1] === "number",
    ),
  );
}

/** How the gateway closed for good, as what to do about it: undefined when connecting anew may help. */
export function explainClose(code: number): string | undefined {
  if (code === 4004) return tokenRefused;
  if (code === 4013 || code === 4014)
    return "Discord does not allow this application what FonShare needs: open its Bot page in the developer portal and switch on the Server Members Intent under Privileged Gateway Intents.";
  return undefined;
}

export const tokenRefused =
  "Discord does not accept DISCORD_TOKEN: copy the bot's token again from the developer portal (Bot, Reset Token).";

function fieldsOf(error: unknown): Record<"status" | "code" | "method" | "name", unknown> {
  const none = { status: undefined, code: undefined, method: undefined, name: undefined };
  if (typeof error !== "object" || error === null) return none;
  const { status, code, method, name } = { ...none, ...error } as typeof none;
  // The name of an error stands on its prototype.
  return { status, code, method, name: name ?? (error instanceof Error ? error.name : undefined) };
}
