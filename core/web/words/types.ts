// Every sentence of the public pages, in one shape for all languages.
import type { Advice } from "../../ftp/index.ts";
import type { ListedFinding } from "../../servers/index.ts";
import type { Field, Mistake } from "../enrol-form.ts";

/** Codes that trying a server can end with, and the one for any other. */
export type Problem =
  | "server.offline"
  | "server.busy"
  | "server.login-refused"
  | "server.tls-required"
  | "server.tls-failed"
  | "server.certificate-unknown"
  | "server.certificate-changed"
  | "server.address-refused"
  | "server.address-unresolvable"
  | "other";

export interface Words {
  home: { title: string; text: string };
  invalidLink: { title: string; text: string };
  notFound: { title: string; text: string };
  tooMany: { title: string; text: string };
  broken: { title: string; text: string };
  enrol: {
    title: string;
    settingsTitle: (label: string) => string;
    intro: string;
    minutesLeft: (minutes: number) => string;
    promise: string;
    sections: { server: string; login: string; folders: string; more: string };
    fields: Record<Exclude<Field, "accept_fingerprint">, { label: string; hint?: string }>;
    optional: string;
    security: Record<"tls" | "implicit" | "plain", string>;
    keepPassword: string;
    submit: string;
    retypePasswords: string;
  };
  mistakes: Record<Exclude<Mistake, "problem">, string>;
  mistakesTitle: string;
  problems: Record<Problem, string>;
  certificate: { title: string; text: string; changed: string; accept: string };
  saveAnyway: { title: string; text: string };
  findingsTitle: string;
  findings: Record<ListedFinding["what"], string>;
  adviceTitle: string;
  /** `look`: what to look for where no line is known. */
  advice: Record<Advice["why"], { why: string; risk: string; look?: string }>;
  stored: { title: (label: string) => string; well: string; knowingly: string };
}
