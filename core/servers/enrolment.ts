// One-time links to the enrolment page: made, read as often as one likes, used up when settings are stored.
import { createHash } from "node:crypto";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import { FonError } from "../platform/errors.ts";
import { signal } from "../platform/signals.ts";
import type { Vault } from "../vault/index.ts";
import type { News } from "./health.ts";
import { applyNews } from "./record.ts";
import { readConnection, storeConnection } from "./sealing.ts";
import type { Connection, Settings } from "./settings.ts";
import type { EnrolmentRow } from "./store/enrolments.ts";
import { deleteEnrolment, insertEnrolment, selectEnrolment, thinOut } from "./store/enrolments.ts";
import type { ServerRow } from "./store/servers.ts";
import { insertServer, isLabelTaken, lockOwner, lockServer, selectServer, updateServer } from "./store/servers.ts";
import type { Trial } from "./trial.ts";
import { mayStore } from "./trial.ts";

const livesMs = 15 * 60_000;
const linksPerPerson = 5;

/** What the form may be filled with: an owner's own settings without any password. */
export type SettingsForm = Omit<Settings, "username" | "password" | "writer"> & {
  username: string;
  writeUsername?: string;
};

export interface Enrolment {
  personId: number;
  /** The stored settings, when the link opens those of a server. */
  existing?: SettingsForm;
  expiresAt: Date;
}

interface Deps {
  db: Db;
  clock: Clock;
  vault: Vault;
}

const hashToken = (token: string) => createHash("sha256").update(`fonshare enrolment ${token}`).digest("hex");

/** @param randomToken at least 32 bytes of randomness, safe in a URL */
export async function issueEnrolment(
  { db, clock, randomToken }: { db: Db; clock: Clock; randomToken: () => string },
  personId: number,
  serverId: number | null,
): Promise<{ token: string; expiresAt: Date }> {
  const token = randomToken();
  const expiresAt = new Date(clock.now().getTime() + livesMs);
  await insertEnrolment(db, { tokenHash: hashToken(token), personId, serverId, expiresAt });
  await thinOut(db, personId, clock.now(), linksPerPerson);
  return { token, expiresAt };
}

/** Undefined for an unknown, used or expired token, all alike. */
export async function readEnrolment({ db, clock, vault }: Deps, token: string): Promise<Enrolment | undefined> {
  const row = await selectEnrolment(db, hashToken(token), clock.now());
  if (!row) return undefined;
  const { personId, expiresAt } = row;
  if (row.serverId === null) return { personId, expiresAt };
  const server = await selectServer(db, row.serverId);
  if (!server) return undefined;
  return { personId, expiresAt, existing: toForm(server, await readConnection(db, vault, server)) };
}

/**
 * The settings with the passwords that are already stored, where the owner left them empty. They are
 * given only to the very server and login they belong to: who finds a link must not have them sent elsewhere.
 * Undefined when a password is missing.
 */
export async function withKeptPasswords(
  { db, clock, vault }: Deps,
  token: string,
  typed: Settings,
): Promise<Settings | undefined> {
  const writerIsEmpty = typed.writer?.password.reveal() === "";
  if (typed.password.reveal() !== "" && !writerIsEmpty) return typed;
  const row = await selectEnrolment(db, hashToken(token), clock.now());
  const server = row?.serverId ? await selectServer(db, row.serverId) : undefined;
  if (!server) return undefined;
  return mergePasswords(typed, await readConnection(db, vault, server));
}

export function mergePasswords(typed: Settings, stored: Connection): Settings | undefined {
  const isSameDoor = (["host", "port", "security"] as const).every((field) => typed[field] === stored[field]);
  const password = keptPassword(typed, isSameDoor ? stored : undefined);
  const writer = typed.writer && keptPassword(typed.writer, isSameDoor ? stored.writer : undefined);
  if (!password || (typed.writer && !writer)) return undefined;
  return { ...typed, password, ...(typed.writer && writer ? { writer: { ...typed.writer, password: writer } } : {}) };
}

type Login = Pick<Settings, "username" | "password">;

function keptPassword(typed: Login, stored: Login | undefined) {
  if (typed.password.reveal() !== "") return typed.password;
  return stored && stored.username.reveal() === typed.username.reveal() ? stored.password : undefined;
}

function toForm(row: ServerRow, connection: Connection): SettingsForm {
  const { username, password: _, writer, ...rest } = connection;
  return {
    ...rest,
    label: row.label,
    username: username.reveal(),
    ...(writer ? { writeUsername: writer.username.reveal() } : {}),
    ...(row.budgetBytes === null ? {} : { budgetBytes: row.budgetBytes }),
  };
}

/** Is this label free for the server of the link? */
export async function isLabelFree({ db, clock }: Deps, token: string, label: string): Promise<boolean> {
  const row = await selectEnrolment(db, hashToken(token), clock.now());
  return row !== undefined && !(await isLabelTaken(db, row.personId, label, row.serverId ?? 0));
}

/**
 * Uses the link up and stores the settings, both or neither.
 * @throws `enrol.link-invalid` when the link is used or expired by now, `server.label-taken`
 */
export function storeSettings(deps: Deps, token: string, settings: Settings, trial: Trial): Promise<ServerRow> {
  if (mayStore(trial) === "never") throw new Error("a trial like this is never stored");
  const now = deps.clock.now();
  return deps.db.transaction(async (tx) => {
    const link = await takeLink(tx, hashToken(token), now);
    if (await isLabelTaken(tx, link.personId, settings.label, link.serverId ?? 0)) {
      throw new FonError("server.label-taken", { label: settings.label });
    }
    const open = columnsOf(settings, trial);
    const row =
      link.serverId === null
        ? await insertServer(tx, { ...open, ownerId: link.personId, state: "offline", createdAt: now })
        : await replaceOpen(tx, link.serverId, open);
    await storeConnection(tx, deps.vault, row, settings);
    await signal(tx, "rights");
    await signal(tx, "scan");
    return applyNews(tx, row, newsOf(trial), now);
  });
}

/** The owner's row first, as everything that touches both does: the other order could block each other. */
async function takeLink(tx: Tx, tokenHash: string, now: Date): Promise<EnrolmentRow> {
  const seen = await selectEnrolment(tx, tokenHash, now);
  if (seen) await lockOwner(tx, seen.personId);
  const link = seen && (await deleteEnrolment(tx, tokenHash, now));
  if (!link) throw new FonError("enrol.link-invalid");
  return link;
}

async function replaceOpen(tx: Tx, serverId: number, open: ReturnType<typeof columnsOf>): Promise<ServerRow> {
  const before = await lockServer(tx, serverId);
  if (!before) throw new FonError("enrol.link-invalid");
  return updateServer(tx, serverId, { ...open, version: before.version + 1 });
}

function columnsOf(settings: Settings, trial: Trial) {
  const { label, security } = settings;
  const known =
    trial.kind === "reached"
      ? { software: trial.findings.features.software, features: { ...trial.findings.features } }
      : {};
  const hasInbox = settings.inboxPath !== undefined;
  return { label, security, hasInbox, budgetBytes: settings.budgetBytes ?? null, ...known };
}

function newsOf(trial: Trial): News {
  return trial.kind === "failed" ? { kind: "saved", failed: trial.problem.code } : { kind: "saved" };
}
