// Sessions lent out, and idle ones kept for the next task: a login costs up to eleven commands. Knows no database.
import type { Session } from "../ftp/index.ts";
import type { Clock } from "../platform/clock.ts";

export interface PoolKey {
  serverId: number;
  version: number;
  use: "files" | "fxp";
  login: "read" | "write";
}

interface Idle {
  key: PoolKey;
  session: Session;
  taken: AbortController;
}

/** Long enough between two files of a pull, shorter than the idle time-outs of servers. */
const idleMs = 20_000;
const idlePerKey = 4;

export interface Pool {
  /** An idle session, now lent out. */
  take(key: PoolKey): Session | undefined;
  /** Notes a fresh session as lent out. */
  lend(key: PoolKey, session: Session): void;
  /** `keep`: for the next one, unless there are enough or its server was dropped meanwhile. */
  giveBack(session: Session, verdict: "keep" | "close"): void;
  /** Closes the idle sessions that are meant; lent ones are closed when they come back. */
  drop(isMeant: (key: PoolKey) => boolean): void;
  /** Somebody works with one of its sessions. */
  isLent(serverId: number): boolean;
  /** Servers that sessions are lent or kept of. */
  serverIds(): number[];
  /** Closes all idle ones; what comes back later is closed too. */
  close(): void;
}

export function createPool({ clock }: { clock: Clock }): Pool {
  const idle = new Set<Idle>();
  const lent = new Map<Session, PoolKey>();
  let isClosed = false;

  const remove = (one: Idle) => {
    idle.delete(one);
    one.taken.abort();
  };
  const closeIdle = (one: Idle) => {
    remove(one);
    one.session.close();
  };
  const keep = (key: PoolKey, session: Session) => {
    const one = { key, session, taken: new AbortController() };
    idle.add(one);
    void clock.wait(idleMs, one.taken.signal).then(() => idle.has(one) && closeIdle(one));
  };
  const hasRoom = (key: PoolKey) => [...idle].filter((one) => isSame(one.key, key)).length < idlePerKey;

  return {
    take(key) {
      for (const one of [...idle]) {
        if (!isSame(one.key, key)) continue;
        remove(one);
        if (one.session.closed) continue;
        lent.set(one.session, key);
        return one.session;
      }
      return undefined;
    },
    lend: (key, session) => void lent.set(session, key),
    giveBack(session, verdict) {
      const key = lent.get(session);
      lent.delete(session);
      if (key && verdict === "keep" && !session.closed && !isClosed && hasRoom(key)) keep(key, session);
      else session.close();
    },
    drop(isMeant) {
      for (const one of [...idle]) if (isMeant(one.key)) closeIdle(one);
      for (const [session, key] of [...lent]) if (isMeant(key)) lent.delete(session);
    },
    isLent: (serverId) => [...lent].some(([session, key]) => key.serverId === serverId && !session.closed),
    serverIds: () => [
      ...new Set([...idle].map((one) => one.key.serverId).concat([...lent.values()].map((k) => k.serverId))),
    ],
    close() {
      isClosed = true;
      for (const one of [...idle]) closeIdle(one);
    },
  };
}

function isSame(a: PoolKey, b: PoolKey): boolean {
  return a.serverId === b.serverId && a.version === b.version && a.use === b.use && a.login === b.login;
}
