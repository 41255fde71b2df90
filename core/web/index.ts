// The public pages: enrolment of servers. Its own listener, no script, no cookie, nothing from elsewhere.
export { createWeb } from "./web.ts";
