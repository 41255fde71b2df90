// Where a server's next transfer begins (REST, RFC 3659). The one place that tells a server and remembers what it was told:
// every daemon keeps a REST until the next transfer, and some keep it over a refusal too.
import type { Exchange, Reply } from "./control.ts";
import { refused } from "./login.ts";
import type { Link } from "./open-session.ts";

/**
 * Directly before the transfer command; says nothing to a server that begins at 0 anyway.
 * @returns the server's refusal; the session is in order then. @throws `server.protocol`, `server.busy` when an earlier
 * REST cannot be taken back; the session is closed then
 */
export async function startAt({ control, login }: Link, offsetBytes: number): Promise<Reply | undefined> {
  const word = wordOfStart(login, offsetBytes);
  if (word === undefined) return undefined;
  const reply = await control.ask(word);
  if (reply.code < 400) {
    Object.assign(login, { restartBytes: offsetBytes, hasRestarted: true });
    return undefined;
  }
  if (offsetBytes > 0) return reply;
  control.close();
  throw refused(reply.code === 421 ? "server.busy" : "server.protocol", "REST", reply);
}

/** What `startAt` says. */
export function wordOfStart({ restartBytes }: Link["login"], offsetBytes: number): string | undefined {
  return offsetBytes === 0 && restartBytes === 0 ? undefined : `REST ${offsetBytes}`;
}

/** A transfer that has begun (1xx) has used up what REST said. */
export function noteStart({ login }: Link, exchange: Exchange): void {
  exchange.first.then(
    ({ code }) => {
      if (code < 200) login.restartBytes = 0;
    },
    () => undefined,
  );
}
