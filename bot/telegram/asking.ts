// What only the platform knows about rooms and people: who runs a room, who is in it, whether the bot is.
import type { Port } from "../chat/port.ts";
import type { Call } from "./api.ts";
import { isAnonymousAdmin, targetOf } from "./context.ts";
import { judgeError, TelegramFailure } from "./failures.ts";
import type { InsistDeps } from "./insist.ts";
import { insist } from "./insist.ts";
import type { Member, Self } from "./wire.ts";

export interface AskingDeps extends InsistDeps {
  call: Call;
  /** Undefined until Telegram has said who the bot is. */
  self: () => Self | undefined;
  onMoved: (from: string, to: string) => Promise<void>;
}

export type Asking = Pick<Port, "isAdmin" | "isPresent" | "isThere">;

/** Somebody waits for the answer. */
const attempts = 2;

export function createAsking(deps: AskingDeps): Asking {
  const memberOf = (roomId: string, userId: number): Promise<Member> =>
    insist(
      () => deps.call<Member>("getChatMember", { chat_id: targetOf(roomId).chatId, user_id: userId }, deps),
      attempts,
      deps,
    );

  return {
    async isAdmin({ roomId }, userId) {
      if (isAnonymousAdmin(userId)) return false;
      try {
        const { status } = await memberOf(roomId, Number(userId));
        return status === "creator" || status === "administrator";
      } catch (error) {
        if (judgeError(error).kind === "absent") return false;
        throw error;
      }
    },
    async isPresent({ roomId }, userId) {
      try {
        return isIn(await memberOf(roomId, Number(userId)));
      } catch (error) {
        if (judgeError(error).kind === "absent") return false;
        throw error;
      }
    },
    async isThere(roomId) {
      try {
        const self = deps.self();
        if (self === undefined) throw new TelegramFailure("getChatMember", 0, "not reached yet");
        return isIn(await memberOf(roomId, self.id));
      } catch (error) {
        const verdict = judgeError(error);
        if (verdict.kind === "gone") return false;
        if (verdict.kind !== "moved") throw error;
        await deps.onMoved(roomId, verdict.to);
        return true;
      }
    },
  };
}

export function isIn({ status, is_member }: Pick<Member, "status" | "is_member">): boolean {
  return status === "restricted" ? is_member === true : status !== "left" && status !== "kicked";
}
