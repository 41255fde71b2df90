// What happens on the enrolment page: reading a link, testing what was typed, storing it once. No HTML and no HTTP.
import type { Enrolment, Servers, Settings, Trial } from "../servers/index.ts";
import { mayStore } from "../servers/index.ts";
import type { Field, Mistake, Mistakes, Values } from "./enrol-form.ts";
import { readSettings } from "./enrol-form.ts";

export type Outcome =
  | { kind: "again"; mistakes: Mistakes; trial?: Trial }
  | { kind: "stored"; label: string; trial: Trial; isWell: boolean; hasInbox: boolean };

type Enrolments = Servers["enrolments"];

interface Deps {
  enrolments: Enrolments;
  /** Called before a server is connected to. */
  countTest: () => void;
}

/** @throws `enrol.link-invalid` when another request used the link up meanwhile, and what `countTest` throws */
export async function enrol(
  { enrolments, countTest }: Deps,
  token: string,
  enrolment: Enrolment,
  values: Values,
): Promise<Outcome> {
  const read = readSettings(values);
  if ("mistakes" in read) return { kind: "again", mistakes: read.mistakes };
  const typed = withKeptFingerprint(read.settings, enrolment);
  const settings = await enrolments.withKeptPasswords(token, typed);
  if (!settings) return { kind: "again", mistakes: missingPasswords(typed) };
  if (!(await enrolments.isLabelFree(token, settings.label))) {
    return { kind: "again", mistakes: { label: "label-taken" } };
  }
  countTest();
  return tryAndStore(enrolments, token, settings, values.save_anyway === "yes");
}

async function tryAndStore(
  enrolments: Enrolments,
  token: string,
  settings: Settings,
  isKnowing: boolean,
): Promise<Outcome> {
  const trial = await enrolments.try(settings);
  const verdict = mayStore(trial);
  const isStored = verdict === "at-once" || (verdict === "knowingly" && isKnowing);
  if (!isStored) return { kind: "again", mistakes: mistakesOf(trial, settings), trial };
  const { label } = await enrolments.store(token, settings, trial);
  const hasInbox = settings.inboxPath !== undefined;
  return { kind: "stored", label, trial, isWell: verdict === "at-once", hasInbox };
}

/** The certificate accepted earlier goes on being the one for the same host and port. */
function withKeptFingerprint(settings: Settings, { existing }: Enrolment): Settings {
  const isSameDoor = existing?.host === settings.host && existing.port === settings.port;
  if (settings.fingerprint !== undefined || existing?.fingerprint === undefined || !isSameDoor) return settings;
  return { ...settings, fingerprint: existing.fingerprint };
}

function missingPasswords({ password, writer }: Settings): Mistakes {
  return {
    ...(password.reveal() === "" ? { password: "password-needed" as const } : {}),
    ...(writer?.password.reveal() === "" ? { write_password: "password-needed" as const } : {}),
  };
}

/** Beside which field a problem is told; those of the certificate have a part of the page of their own. */
const fieldOf: Record<string, Field> = {
  "server.offline": "host",
  "server.address-refused": "host",
  "server.address-unresolvable": "host",
  "server.tls-required": "security",
  "server.tls-failed": "security",
};

function mistakesOf(trial: Trial, settings: Settings): Mistakes {
  const mark = (field: Field, mistake: Mistake): Mistakes => ({ [field]: mistake });
  if (trial.kind === "folder-missing")
    return mark(trial.at === "share" ? "share_path" : "inbox_path", "folder-missing");
  if (trial.kind === "reached") return {};
  const { code } = trial.problem;
  if (code === "server.login-refused") return mark(trial.at === "login" ? "password" : "write_password", "problem");
  if (code === "server.address-refused" && settings.dataAddress !== undefined) return mark("data_address", "problem");
  const field = fieldOf[code];
  return field ? mark(field, "problem") : {};
}
