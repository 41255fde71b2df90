// Buttons on their way to the wire: the command stays in the core, an opaque id goes out.
import { createHmac } from "node:crypto";
import type { ButtonRoom, Client, KeptButton, Platform } from "#contract";
import type { Clock } from "../clock.ts";
import type { Button, Reply } from "../reply.ts";
import { createBoundedMap } from "./bounded-map.ts";
import type { Place, ShownButton } from "./port.ts";

/** Who asked, where, and with which command: what a button needs besides itself. */
export interface Asked {
  userId: string;
  place: Place;
  command: string;
}

export interface Buttons {
  /** Stores the reply's buttons; resolves when they may be shown. @throws CallError */
  keep(reply: Reply, asked: Asked): Promise<ShownButton[]>;
  /** The id that runs a command once more. @throws CallError */
  keepCommand(asked: Asked): Promise<string>;
  /** The core may have forgotten buttons that it was told before. */
  doubt(): void;
}

const mostRemembered = 20_000;
/** The core counts a button's days from when it was told last. */
const believedMs = 60 * 60_000;

/** 23 letters of base64url that only this process makes of a text. */
type Stamp = (text: string) => string;

export interface ButtonsDeps {
  client: Client;
  platform: Platform;
  clock: Clock;
  /** Random, of this process: nobody can work out the id of a button that they were not shown. */
  salt: string;
  /** Which command a text is, in whatever language it was typed. */
  commandOf: (text: string) => string | undefined;
}

export function createButtons({ client, platform, clock, salt, commandOf }: ButtonsDeps): Buttons {
  /** Stored by this process, until when telling them again would change nothing. */
  const stored = createBoundedMap<number>(mostRemembered);

  const stamp: Stamp = (text) =>
    createHmac("sha256", salt).update(`${platform} ${text}`).digest("base64url").slice(0, 23);

  async function store(buttons: KeptButton[]): Promise<void> {
    const now = clock.now().getTime();
    const fresh = buttons.filter((button) => (stored.get(button.id) ?? 0) < now);
    if (fresh.length === 0) return;
    await client.messages.keepButtons(platform, { buttons: fresh });
    for (const { id } of fresh) stored.set(id, now + believedMs);
  }

  return {
    async keep(reply, asked) {
      const isSameTalk = (button: Button) =>
        reply.editKey !== undefined || commandOf(button.command) === commandOf(asked.command);
      const kept = reply.buttons.map((button) => keepable(button, isSameTalk(button), asked, stamp));
      await store([...new Map(kept.map((button) => [button.id, button])).values()]);
      return reply.buttons.map(({ label, role, isOn }, index) => ({
        id: kept[index]?.id ?? "",
        label,
        role,
        ...(isOn ? { isOn } : {}),
      }));
    },
    async keepCommand(asked) {
      const button = withId("n", asked.command, asked.userId, asked.place, stamp);
      await store([button]);
      return button.id;
    },
    doubt: () => stored.clear(),
  };
}

/** Pressing it changes the message that it stands below, instead of being answered by a new one. */
export function changesMessage(id: string): boolean {
  return id.startsWith("e");
}

const turning: ReadonlySet<Button["role"]> = new Set(["yes", "no", "previous", "next", "filter"]);

function keepable(button: Button, isSameTalk: boolean, asked: Asked, stamp: Stamp): KeptButton {
  const changes = !button.isForAll && (turning.has(button.role) || isSameTalk);
  return withId(changes ? "e" : "n", button.command, button.isForAll ? null : asked.userId, asked.place, stamp);
}

/** Made of what it stands for: a message that is edited keeps its ids, and a repeated one stores nothing new. */
function withId(
  letter: "e" | "n",
  command: string,
  userId: string | null,
  { platform: _, ...place }: Place,
  stamp: Stamp,
): KeptButton {
  const room: ButtonRoom = place;
  const id = letter + stamp(JSON.stringify([room.roomId, room.kind, userId, command]));
  return { id, command, room, userId };
}
