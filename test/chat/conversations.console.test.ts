// The shared conversations in the console.
import { createConsoleDriver } from "./console-driver.ts";
import { describeConversations } from "./conversations.ts";

describeConversations("console", createConsoleDriver);
