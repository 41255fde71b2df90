// What a bot keeps in the core, because it stores nothing itself: its buttons, and which message shows what.
import { z } from "zod";
import { contextSchema, doneSchema, roomSchema } from "./actor.ts";
import { botProcedure } from "./procedure.ts";

/** What stands on the wire instead of a command: fits Telegram's 64 bytes, its deep links and Discord's 100 characters. */
const buttonId = z.string().regex(/^[\w-]{16,48}$/);
const chatId = z.string().min(1).max(64);
const key = z.string().min(1).max(200);

/** Where pressing it counts as spoken: a question that was asked in a group may be answered in private. */
export const buttonRoomSchema = roomSchema.omit({ platform: true, isAdmin: true });
export type ButtonRoom = z.infer<typeof buttonRoomSchema>;

export const buttonSchema = z.object({
  id: buttonId,
  command: z.string().min(1).max(2000),
  room: buttonRoomSchema,
  /** Who may press it; null for everybody who can. */
  userId: z.string().min(1).max(64).nullable(),
});
export type KeptButton = z.infer<typeof buttonSchema>;

export const messages = {
  /** Stores buttons before they are shown. The same id again is the same button. */
  keepButtons: botProcedure("messages.keepButtons", z.object({ buttons: z.array(buttonSchema).max(60) }), doneSchema),
  /** What a pressed button stands for. `button.gone`: forged or forgotten; `button.not-yours`: somebody else's. */
  press: botProcedure(
    "messages.press",
    z.object({ id: z.string().min(1).max(128), userId: z.string().min(1).max(64) }),
    buttonSchema.pick({ command: true, room: true }),
  ),
  /**
   * Remembers which message of a chat shows what `key` names, so that it is edited and not posted twice, also by a bot
   * that was started anew. `follow`: run this command as that person, put its reply there, until one is final; without a
   * command it only says who asked for it, and where.
   */
  remember: botProcedure(
    "messages.remember",
    z.object({
      key,
      chatId,
      messageId: z.string().min(1).max(64),
      follow: z.object({ command: z.string().min(1).max(2000).nullable(), context: contextSchema }).nullable(),
    }),
    doneSchema,
  ),
  find: botProcedure(
    "messages.find",
    z.object({ key }),
    z.object({ messages: z.array(z.object({ chatId, messageId: z.string(), context: contextSchema.nullable() })) }),
  ),
  forget: botProcedure("messages.forget", z.object({ key, chatId }), doneSchema),
  /** Messages of this platform that still show something that changes. */
  followed: botProcedure(
    "messages.followed",
    z.object({}),
    z.object({
      messages: z.array(z.object({ key, chatId, messageId: z.string(), command: z.string(), context: contextSchema })),
    }),
  ),
};
