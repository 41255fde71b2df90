// Announcements: new files told to a group, the messages that show them, and what people do by reacting.
export { createAnnouncements } from "./announcements.ts";
export { createAnnouncementsApi } from "./api.ts";
export type { Timer } from "./timer.ts";
export { createTimer } from "./timer.ts";
