// The table of all commands, and who may run which of them.
import { addressCommands } from "./addresses.ts";
import { checksumCommands } from "./checksums.ts";
import { fileCommands, writingVerbs } from "./files.ts";
import { listingCommands } from "./listing.ts";
import { loginCommands, verbsBeforeLogin } from "./login.ts";
import { replyToFailure } from "./refusal.ts";
import { transferCommands } from "./transfer.ts";
import type { Call, Commands, Session } from "./types.ts";

const commands: Commands = {
  ...loginCommands,
  ...addressCommands,
  ...fileCommands,
  ...listingCommands,
  ...transferCommands,
  ...checksumCommands,
};

function refusalOf(session: Session, verb: string, argument: string): string | undefined {
  if (commands[verb] === undefined || session.settings.lacks(verb)) return "500 Unknown command.";
  if (session.user === undefined && !verbsBeforeLogin.has(verb)) {
    return "530 Please login with USER and PASS.";
  }
  if (argument.includes("\0")) return "501 A name cannot hold a NUL byte.";
  if (session.user?.readOnly === true && writingVerbs.has(verb)) return "550 Permission denied.";
  return undefined;
}

/** The last reply of the command; undefined when it said everything itself. */
export async function runCommand(verb: string, call: Call): Promise<string | undefined> {
  try {
    return refusalOf(call.session, verb, call.argument) ?? (await commands[verb]?.(call));
  } catch (error) {
    return replyToFailure(error);
  }
}
