// Tests only: a chat platform in memory, as a port, and answers that note how a reply was shown.
import { saySentence } from "../reply.ts";
import type { Answer, Fate, Message, Port, Shown, Spot } from "./port.ts";

export interface FakePort extends Port {
  shown: { how: string; to: string; text: string; message: Message; nonce?: string }[];
  edits: { spot: Spot; text: string }[];
  closed: Set<string>;
  goneRooms: Set<string>;
  absent: Set<string>;
  admins: Set<string>;
  asked: string[];
  isAway: boolean;
}

export function textOf({ reply }: Pick<Message, "reply">): string {
  return reply.blocks
    .flatMap((block) => {
      if ("text" in block) return [block.text];
      if (block.kind === "items") return block.items.map((item) => item.name);
      return block.kind === "table" ? block.rows.map((row) => row.join(": ")) : [];
    })
    .join("\n");
}

export function createFakePort(over: Partial<Port> = {}): FakePort {
  let posted = 0;
  const spotIn = (chatId: string): Spot => ({ chatId, messageId: String(++posted) });
  const port: FakePort = {
    platform: "telegram",
    editEveryMs: 10,
    shown: [],
    edits: [],
    closed: new Set(),
    goneRooms: new Set(),
    absent: new Set(),
    admins: new Set(),
    asked: [],
    isAway: false,
    async post(roomId, message, nonce) {
      if (port.isAway) throw new Error("away");
      if (port.goneRooms.has(roomId)) return "gone";
      port.shown.push({ how: "post", to: roomId, text: textOf(message), message, nonce });
      return spotIn(roomId);
    },
    async postPrivately(userId, message, nonce) {
      if (port.isAway) throw new Error("away");
      if (port.closed.has(userId)) return "closed";
      port.shown.push({ how: "private post", to: userId, text: textOf(message), message, nonce });
      return spotIn(userId);
    },
    async invite(roomId, { name }, tongue, id) {
      const text = tongue.say("chat.private-closed", { name });
      const reply = saySentence(text);
      const buttons = [{ id, label: "", role: "plain" as const }];
      port.shown.push({ how: "invite", to: roomId, text, message: { reply, tongue, buttons } });
    },
    async edit(spot, message): Promise<Fate> {
      port.edits.push({ spot, text: textOf(message) });
      return "done";
    },
    async isAdmin({ roomId }, userId) {
      port.asked.push(`admin ${roomId} ${userId}`);
      return port.admins.has(userId);
    },
    async isPresent({ roomId }, userId) {
      port.asked.push(`present ${roomId} ${userId}`);
      if (port.isAway) throw new Error("away");
      return !port.absent.has(userId);
    },
    isThere: async (roomId) => !port.goneRooms.has(roomId),
    ...over,
  };
  return port;
}

export interface NotedAnswer extends Answer {
  calls: { how: "openly" | "privately" | "inPlace"; text: string; message: Message; again?: () => Promise<string> }[];
  edits: string[];
}

export function createAnswer(over: Partial<Pick<Answer, "pressed" | "isFleeting">> = {}, spot?: Spot): NotedAnswer {
  const noted: NotedAnswer = {
    pressed: undefined,
    isFleeting: false,
    ...over,
    calls: [],
    edits: [],
    openly: async (message) => note("openly", message),
    privately: async (message, again) => note("privately", message, again),
    inPlace: async (message) => note("inPlace", message),
  };
  function note(how: NotedAnswer["calls"][number]["how"], message: Message, again?: () => Promise<string>): Shown {
    noted.calls.push({ how, text: textOf(message), message, ...(again ? { again } : {}) });
    return {
      spot,
      edit: async (next) => {
        noted.edits.push(textOf(next));
        return "done";
      },
    };
  }
  return noted;
}
