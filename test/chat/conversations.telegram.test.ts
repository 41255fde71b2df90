// The shared conversations in Telegram.

import { describeConversations } from "./conversations.ts";
import { createTelegramDriver } from "./telegram/driver.ts";

describeConversations("telegram", () => createTelegramDriver());
