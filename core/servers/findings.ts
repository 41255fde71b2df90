// What a probe found, as the words that chat and page have sentences for.
import type { OutputOf, servers } from "#contract";
import type { Findings } from "../ftp/index.ts";

export type ListedFinding = OutputOf<typeof servers.check>["findings"][number];

/** @param hasInbox the owner named an inbox */
export function listFindings(found: Findings, hasInbox: boolean): ListedFinding[] {
  const { hashes } = found.features;
  return [
    tlsFinding(found),
    ...protectionFindings(found),
    resumeFinding(found),
    finding(hashes.length > 0 ? "hashes" : "no-hashes", hashes.length > 0, hashes.join(", ") || null),
    finding(`fxp-${found.fxpActive}`, found.fxpActive !== "refused"),
    ...(found.clearData === "refused" ? [finding("clear-refused", false)] : []),
    ...(found.passive === "unreachable" ? [finding("passive-unreachable", false)] : []),
    inboxFinding(found, hasInbox),
    ...(found.freeBytes === undefined ? [] : [finding("space", found.freeBytes > 0, String(found.freeBytes))]),
  ];
}

/** What it can do for protected contents between two servers. */
function protectionFindings({ tls, features, freshData }: Findings): ListedFinding[] {
  if (tls === "none") return [];
  const roles = [...(features.sscn ? ["SSCN"] : []), ...(features.cpsv ? ["CPSV"] : [])];
  return [
    roles.length > 0 ? finding("tls-client", true, roles.join(", ")) : finding("tls-server", true),
    ...(freshData === "refused" ? [finding("reuse-required", false)] : []),
  ];
}

function resumeFinding({ features, canRestartStore }: Findings): ListedFinding {
  if (!features.rest) return finding("no-resume", false);
  return canRestartStore === false ? finding("no-store-resume", false) : finding("resume", true);
}

function finding(what: ListedFinding["what"], good: boolean, detail: string | null = null): ListedFinding {
  return { what, good, detail };
}

function tlsFinding({ tls, certificate }: Findings): ListedFinding {
  if (tls === "verified") return finding("tls-verified", true);
  if (tls === "pinned") return finding("tls-pinned", true, certificate?.fingerprint ?? null);
  return finding("tls-none", false);
}

function inboxFinding({ canWriteInbox }: Findings, hasInbox: boolean): ListedFinding {
  if (!hasInbox) return finding("inbox-none", true);
  return canWriteInbox === false ? finding("inbox-refused", false) : finding("inbox-writable", true);
}

/** Nothing stands in the way of pulls from and to this server. */
export function isAllWell(found: Findings): boolean {
  return (
    found.passive === "reachable" &&
    found.fxpActive !== "refused" &&
    found.clearData !== "refused" &&
    found.canWriteInbox !== false
  );
}
