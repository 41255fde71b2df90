// People and their servers on a database, as the API and the enrolment page make them, without the page's limits on how many
// servers one visitor may try in an hour.
import type { Actor, Limits, Room } from "#contract";
import type { ComposeOptions } from "../../core/compose.ts";
import { compose } from "../../core/compose.ts";
import { systemClock } from "../../core/platform/clock.ts";
import type { DatabaseAddress } from "../../core/platform/db.ts";
import { createLog } from "../../core/platform/log.ts";
import { Secret } from "../../core/platform/secret.ts";
import type { Home } from "./homes.ts";

export interface Introduction {
  owner: string;
  label: string;
  home: Pick<Home, "host" | "port" | "username" | "password">;
  /** Real path of what may be shared; "" is the login's folder. */
  sharePath: string;
  inboxPath?: string;
  /** Name of the share of all of it with the group; without one nothing is shared. */
  share?: string;
  limits?: Partial<Limits>;
}

export interface Door {
  /** The live test of the enrolment, its storing, the owner's limits and the share. All are members of one group. */
  introduce(introduction: Introduction): Promise<void>;
  close(): Promise<void>;
}

export function composeOptions(database: DatabaseAddress, keyFile: string): ComposeOptions {
  return {
    database,
    connections: 6,
    keyFile,
    publicUrl: "http://localhost:8080",
    allowNetworks: ["127.0.0.0/8"],
    scanEveryMs: 30 * 60_000,
    relayQuotaBytes: 0,
  };
}

const actorNamed = (name: string): Actor => {
  return { platform: "console", userId: name.toLowerCase(), displayName: name, language: "en" };
};
const groupRoom: Room = { platform: "console", roomId: "main", kind: "group", title: "console", isAdmin: false };

export async function openDoor(options: ComposeOptions): Promise<Door> {
  const core = await compose(options, { clock: systemClock, log: createLog("silent", "bench") });
  const known = new Set<string>();
  const enter = async (name: string) => {
    const actor = actorNamed(name);
    const caller = { person: await core.people.recognise(actor), actor, room: groupRoom };
    if (known.size === 0) await core.handlers.groups.create(caller, { name: "Bench" });
    else if (!known.has(name)) await core.handlers.groups.join(caller, {});
    known.add(name);
    return caller;
  };
  return {
    async introduce({ owner, label, home, sharePath, inboxPath, share, limits }) {
      const caller = await enter(owner);
      const room: Room = { ...groupRoom, roomId: `private-${owner}`, kind: "private" };
      const { link } = await core.handlers.servers.enrol({ ...caller, room }, {});
      const { host, port } = home;
      const login = { username: new Secret(home.username), password: new Secret(home.password) };
      const inbox = inboxPath === undefined ? {} : { inboxPath };
      const settings = { label, host, port, security: "plain" as const, ...login, sharePath, ...inbox };
      const { enrolments } = core.servers;
      await enrolments.store(link.slice(link.lastIndexOf("/") + 1), settings, await enrolments.try(settings));
      if (limits) await core.handlers.servers.limit({ ...caller, room }, { server: label, limits });
      if (share !== undefined) await core.handlers.shares.add(caller, { server: label, path: "", name: share });
    },
    close: core.close,
  };
}
