// What somebody typed: is it for this bot, and which line does it stand for? Pure.
import { joiner } from "./markup.ts";

export type Line =
  | { kind: "line"; text: string }
  /** A deep link, `t.me/<bot>?start=<payload>`, was followed. */
  | { kind: "link"; payload: string };

export interface LineOptions {
  botName: string;
  isPrivate: boolean;
  /** Whether a command is ours: in a group other bots may have theirs. */
  isOurs: (name: string) => boolean;
}

/** What a button's id looks like. */
const payloadPattern = /^[\w-]{16,48}$/;

/** Undefined for what is not said to this bot. In a group only commands are; in private everything is. */
export function readLine(typed: string, { botName, isPrivate, isOurs }: LineOptions): Line | undefined {
  // Names are shown with word joiners in them, and people copy names.
  const text = typed.replaceAll(joiner, "").trim();
  const command = /^\/(\p{L}[\p{L}\p{N}_]{0,63})(?:@(\w{1,64}))?(?=\s|$)/u.exec(text);
  if (!command) return isPrivate && text !== "" ? { kind: "line", text } : undefined;
  const [whole, name = "", addressee] = command;
  if (addressee !== undefined && addressee.toLowerCase() !== botName.toLowerCase()) return undefined;
  if (!isPrivate && addressee === undefined && !isOurs(name.toLowerCase())) return undefined;
  const rest = text.slice(whole.length);
  if (isPrivate && name.toLowerCase() === "start" && rest.trim() !== "") {
    const payload = rest.trim();
    return payloadPattern.test(payload) ? { kind: "link", payload } : { kind: "line", text: "/start" };
  }
  return { kind: "line", text: `/${name}${rest}` };
}
