// Sends what a caller is going to ask of a session, before it asks: many looks then cost one round trip.
import type { Control } from "./control.ts";
import { joinPath } from "./names.ts";
import type { Link } from "./open-session.ts";
import { formatFtpTime } from "./replies/time.ts";
import type { Features, Session } from "./types.ts";

/** A method of Session and what it will be called with. */
export type Coming =
  | { call: "size" | "modifiedAt"; path: string }
  | { call: "rename"; from: string; to: string }
  | { call: "setModifiedAt"; path: string; at: Date };

/**
 * The caller makes exactly these calls next, in this order, whatever the answers are; anything else ends the connection. As
 * many are sent ahead as there is room for; sessions of another making are asked when they are asked.
 * @param most commands that are sent before they are asked
 * @returns to be called directly before each of the calls: sends more of them
 */
export function sendAhead(session: Session, calls: readonly Coming[], most = Number.POSITIVE_INFINITY): () => void {
  const link = "link" in session ? (session.link as Link) : undefined;
  if (!link) return () => undefined;
  const commands = calls.map((one) => commandsOf(session.features, one));
  const line = commands.flat();
  let sent = 0;
  /** How many of them the calls that were made have asked for. */
  let asked = 0;
  let call = 0;

  function sendMore(): void {
    for (let next = line[sent]; next && sent - asked < most && link?.control.ahead(...next); next = line[sent])
      sent += 1;
  }

  sendMore();
  return () => {
    asked += commands[call]?.length ?? 0;
    call += 1;
    // What is asked and was not sent goes out by itself, and nothing may overtake it.
    if (sent < asked) sent = asked;
    else sendMore();
  };
}

/** Nothing was sent ahead that nobody asked for: the session may be used for anything. */
export function isIdle(session: Session): boolean {
  return !("link" in session && (session.link as Link).control.isAhead);
}

/** What was sent ahead is not asked after all. The session is good for anything then, or closed. */
export async function takeBack(session: Session): Promise<void> {
  const link = "link" in session ? (session.link as Link) : undefined;
  if (!link) return;
  link.behind = [];
  await link.control.takeBack();
}

export type Command = [verb: string, path?: string];

/** In this order, until one cannot be sent: nothing after it may overtake it. @returns whether all of them were */
export function sendAll(control: Pick<Control, "ahead">, commands: readonly Command[]): boolean {
  return commands.every((command) => control.ahead(...command));
}

/** As session.ts sends them; undefined for a path that depends on where the session is. */
function commandsOf(features: Features, coming: Coming): (Command | undefined)[] {
  switch (coming.call) {
    case "size":
      return features.size ? [commandOf("SIZE", coming.path)] : [];
    case "modifiedAt":
      return features.mdtm ? [commandOf("MDTM", coming.path)] : [];
    case "rename":
      return [commandOf("RNFR", coming.from), commandOf("RNTO", coming.to)];
    case "setModifiedAt": {
      const verb = features.mfmt ? "MFMT" : features.software === "vsftpd" ? "MDTM" : undefined;
      return verb === undefined ? [] : [commandOf(`${verb} ${formatFtpTime(coming.at)}`, coming.path)];
    }
  }
}

function commandOf(verb: string, path: string): Command | undefined {
  return path.startsWith("/") ? [verb, joinPath(path)] : undefined;
}
