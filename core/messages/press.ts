// What a pressed button stands for, and who may press it.
import type { ButtonRoom, Platform } from "#contract";
import type { Db } from "../platform/db.ts";
import { FonError } from "../platform/errors.ts";
import { selectButton } from "./store/buttons.ts";

/** @throws `button.gone` when it is forged or forgotten, `button.not-yours` */
export async function pressButton(
  db: Db,
  platform: Platform,
  id: string,
  userId: string,
): Promise<{ command: string; room: ButtonRoom }> {
  const found = await selectButton(db, platform, id);
  if (!found) throw new FonError("button.gone");
  if (found.userId !== null && found.userId !== userId) throw new FonError("button.not-yours");
  return { command: found.command, room: found.room };
}
