// What an owner puts into the server's configuration so that files can go from server to server, and what it opens.
// A table of lines as the software reads them; the page words the reasons.
import type { Advice, Software } from "./types.ts";

type Why = Advice["why"];
type Line = readonly [why: Why, line: string, risk: string];

const passiveRisk = "Whoever learns the data port in time may connect to it instead of the other server.";
const activeRisk =
  "A logged-in user can make the server connect to any address (FTP bounce): give logins to people you trust only.";
const clearRisk = "File contents cross the internet unencrypted; logins stay protected.";
const reuseRisk = "A data connection no longer proves that it belongs to the logged-in client.";
const resumeRisk = "A user with write access can change the tail of a file.";
const limitRisk = "Listing a huge folder costs memory and time.";

const table: Record<Software, readonly Line[]> = {
  vsftpd: [
    ["fxp-active", "port_promiscuous=YES", activeRisk],
    ["fxp-passive", "pasv_promiscuous=YES", passiveRisk],
    ["clear-data", "force_local_data_ssl=NO", clearRisk],
    ["session-reuse", "require_ssl_reuse=NO", reuseRisk],
  ],
  proftpd: [
    ["fxp-active", "AllowForeignAddress on", activeRisk],
    ["fxp-passive", "AllowForeignAddress on", passiveRisk],
    ["clear-data", "TLSRequired ctrl", clearRisk],
    ["session-reuse", "TLSOptions NoSessionReuseRequired", reuseRisk],
    ["resume", "AllowStoreRestart on", resumeRisk],
  ],
  "pure-ftpd": [
    ["fxp-active", "-w (Debian: echo yes > /etc/pure-ftpd/conf/AllowUserFXP)", activeRisk],
    ["fxp-passive", "-w (Debian: echo yes > /etc/pure-ftpd/conf/AllowUserFXP)", passiveRisk],
    ["clear-data", "-Y 2 (Debian: echo 2 > /etc/pure-ftpd/conf/TLS)", clearRisk],
    ["listing-limit", "-L 500000:32 (Debian: echo 500000 32 > /etc/pure-ftpd/conf/LimitRecursion)", limitRisk],
  ],
  pyftpdlib: [
    ["fxp-active", "handler.permit_foreign_addresses = True", activeRisk],
    ["fxp-passive", "handler.permit_foreign_addresses = True", passiveRisk],
    ["clear-data", "handler.tls_data_required = False", clearRisk],
  ],
  // Not tried: no line is better than a wrong one.
  filezilla: [],
  unknown: [],
};

/** The lines for these needs, each line once; none for a server that we do not know. */
export function adviceFor(software: Software, whys: readonly Why[]): Advice[] {
  const lines = table[software].filter(([why]) => whys.includes(why));
  const once = lines.filter(([, line], index) => lines.findIndex((other) => other[1] === line) === index);
  return once.map(([why, line, risk]) => ({ software, line, why, risk }));
}
