// Which of their servers a person means: by label, by reference, or by having just one.
import { FonError } from "../platform/errors.ts";
import { readRef } from "../platform/refs.ts";
import type { ServerRow } from "./store/servers.ts";

/** @throws `server.unknown`, `server.none`, `server.which` */
export function pickServer(own: readonly ServerRow[], which: string | undefined): ServerRow {
  if (which !== undefined) return pickNamed(own, which);
  if (own.length === 0) throw new FonError("server.none");
  return pickOnly(own);
}

/** The same among servers with an inbox. @throws also `server.no-inbox` */
export function pickInbox(own: readonly ServerRow[], which: string | undefined): ServerRow {
  const named = which === undefined ? undefined : pickNamed(own, which);
  if (named && !named.hasInbox) throw new FonError("server.no-inbox", { server: named.label });
  if (named) return named;
  if (own.length === 0) throw new FonError("server.none");
  const inboxes = own.filter((row) => row.hasInbox);
  if (inboxes.length === 0) throw new FonError("server.no-inbox", { server: own[0]?.label ?? "" });
  return pickOnly(inboxes);
}

/** A label that looks like a reference is a label first. */
function pickNamed(own: readonly ServerRow[], which: string): ServerRow {
  const wanted = which.trim().toLowerCase();
  const ref = readRef(wanted);
  const found =
    own.find((row) => row.label.toLowerCase() === wanted) ??
    (ref?.kind === "s" ? own.find((row) => row.id === ref.id) : undefined);
  if (!found) throw new FonError("server.unknown", { server: which });
  return found;
}

function pickOnly(rows: readonly ServerRow[]): ServerRow {
  const [only, ...others] = rows;
  if (!only || others.length > 0)
    throw new FonError("server.which", { servers: rows.map((row) => row.label).join(", ") });
  return only;
}
