// People: who speaks, on which platforms, what is known of them, and how they go away. Knows no groups' rules.
export { createPeopleApi } from "./api.ts";
export type { RandomCode } from "./codes.ts";
export { createRandomCode, hashCode, issueCode, takeCode } from "./codes.ts";
export type { People } from "./people.ts";
export { createPeople } from "./people.ts";
