// What bots keep here: buttons, and which message of a chat shows what. Knows nothing of what they mean.
export { createMessagesApi } from "./api.ts";
export { createMessages } from "./messages.ts";
