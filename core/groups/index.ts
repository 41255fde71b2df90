// Groups: who is with whom, in which rooms, and who may change that. Knows nothing of servers.
export { createGroupsApi } from "./api.ts";
export type { Groups } from "./groups.ts";
export { createGroups } from "./groups.ts";
export type { Membership } from "./membership.ts";
export { isAdminHere } from "./membership.ts";
