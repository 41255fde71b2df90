// The shared conversations in Discord.

import { describeConversations } from "./conversations.ts";
import { createDiscordDriver } from "./discord/driver.ts";

describeConversations("discord", () => createDiscordDriver());
