// The table of all commands, in the order in which /help lists them.
import { browse } from "./browse.ts";
import type { Command, CommandName } from "./command.ts";
import { group } from "./group.ts";
import { help } from "./help.ts";
import { join } from "./join.ts";
import { leave } from "./leave.ts";
import { link } from "./link.ts";
import { latest } from "./new.ts";
import { privacy } from "./privacy.ts";
import { pull } from "./pull.ts";
import { search } from "./search.ts";
import { servers } from "./servers.ts";
import { share } from "./share.ts";
import { start } from "./start.ts";
import { transfers } from "./transfers.ts";
import { unshare } from "./unshare.ts";

export const commands: Readonly<Record<CommandName, Command>> = {
  start,
  help,
  search,
  browse,
  new: latest,
  pull,
  transfers,
  servers,
  share,
  unshare,
  group,
  join,
  leave,
  link,
  privacy,
};

export { commandNames } from "./command.ts";
