// Tries settings on the live server: login, the two folders, and what the probe finds. Stores nothing.
import type { ErrorCode } from "#contract";
import type { Connector, Findings, ProbeTrace, Session } from "../ftp/index.ts";
import { probe } from "../ftp/index.ts";
import { asFonError, FonError } from "../platform/errors.ts";
import { isAllWell } from "./findings.ts";
import type { Connection } from "./settings.ts";
import { targetOf } from "./settings.ts";

export type Trial =
  | { kind: "reached"; findings: Findings }
  /** `at`: the login or folder that did not work. */
  | { kind: "failed"; at: "login" | "write-login"; problem: FonError }
  | { kind: "folder-missing"; at: "share" | "inbox" };

/** Codes with which settings are wrong, not only a server that is away: there is nothing to save knowingly. */
const neverStored: ReadonlySet<ErrorCode> = new Set([
  "server.login-refused",
  "server.address-refused",
  "server.certificate-unknown",
  "server.certificate-changed",
]);

/** `at-once` when all is well; `knowingly` when the owner has to say so; else `never`. */
export function mayStore(trial: Trial): "at-once" | "knowingly" | "never" {
  if (trial.kind === "folder-missing") return "never";
  if (trial.kind === "failed") return neverStored.has(trial.problem.code) ? "never" : "knowingly";
  return isAllWell(trial.findings) ? "at-once" : "knowingly";
}

export async function tryConnection(deps: { connector: Connector }, connection: Connection): Promise<Trial> {
  try {
    const findings = await runProbe(deps.connector, connection);
    if (findings.shareExists === false) return { kind: "folder-missing", at: "share" };
    if (await isInboxMissing(deps.connector, connection, findings)) return { kind: "folder-missing", at: "inbox" };
    return { kind: "reached", findings };
  } catch (error) {
    const problem = toProblem(error);
    return { kind: "failed", at: await whoFailed(deps.connector, connection, problem), problem };
  }
}

/** Asks a stored connection what its server can do. @throws FonError */
export function runProbe(connector: Connector, connection: Connection, trace?: ProbeTrace): Promise<Findings> {
  const { sharePath, inboxPath, writer } = connection;
  return probe({ connector, ...(trace && { trace }) }, targetOf(connection, "read"), {
    share: sharePath,
    ...(inboxPath === undefined ? {} : { inbox: inboxPath }),
    ...(writer === undefined ? {} : { write: targetOf(connection, "write") }),
  });
}

/** An inbox that cannot be written to may not be there at all: another sentence, another field. */
async function isInboxMissing(connector: Connector, connection: Connection, found: Findings): Promise<boolean> {
  const { inboxPath } = connection;
  if (inboxPath === undefined || found.canWriteInbox !== false) return false;
  return (await visit(connector, connection, "write", inboxPath)) === "missing";
}

/** Of two logins, which one was refused. */
async function whoFailed(
  connector: Connector,
  connection: Connection,
  problem: FonError,
): Promise<"login" | "write-login"> {
  if (!connection.writer || problem.code !== "server.login-refused") return "login";
  const reading = await visit(connector, connection, "read", connection.sharePath);
  return reading instanceof FonError ? "login" : "write-login";
}

async function visit(
  connector: Connector,
  connection: Connection,
  login: "read" | "write",
  folder: string,
): Promise<"there" | "missing" | FonError> {
  let session: Session | undefined;
  try {
    session = await connector.connect(targetOf(connection, login), { use: "files" });
    return (await session.directoryExists(folder)) ? "there" : "missing";
  } catch (error) {
    return toProblem(error);
  } finally {
    session?.close();
  }
}

/** What no one foresaw goes on as it is, to be logged where requests end. */
function toProblem(error: unknown): FonError {
  const problem = asFonError(error);
  if (!problem) throw error;
  return problem;
}
