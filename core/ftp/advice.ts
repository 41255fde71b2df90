// What an owner puts into the server's configuration so that files can go from server to server. A table of lines as the
// software reads them; bot and page word what each is for and what it opens (the reason is the key).
import type { Advice, Software } from "./types.ts";

type Why = Advice["why"];
type Line = readonly [why: Why, line: string | null];

/** A range that no well-known service lies in; each transfer at a time needs one port. */
const ports = { first: 50_000, last: 50_100 };
const publicAddress = "<public address>";

const table: Record<Software, readonly Line[]> = {
  vsftpd: [
    ["fxp-active", "port_promiscuous=YES"],
    ["fxp-passive", "pasv_promiscuous=YES"],
    ["passive-ports", `pasv_min_port=${ports.first}`],
    ["passive-ports", `pasv_max_port=${ports.last}`],
    ["passive-ports", `pasv_address=${publicAddress}`],
    ["clear-data", "force_local_data_ssl=NO"],
    ["protected-data", "ssl_enable=YES"],
    ["protected-data", "rsa_cert_file=<certificate and key, PEM>"],
    ["session-reuse", "require_ssl_reuse=NO"],
    ["rate", "local_max_rate={bytes}"],
  ],
  proftpd: [
    ["fxp-active", "AllowForeignAddress on"],
    ["fxp-passive", "AllowForeignAddress on"],
    ["passive-ports", `PassivePorts ${ports.first} ${ports.last}`],
    ["passive-ports", `MasqueradeAddress ${publicAddress}`],
    ["clear-data", "TLSRequired ctrl"],
    ["protected-data", "TLSEngine on"],
    ["protected-data", "TLSRSACertificateFile <certificate, PEM>"],
    ["protected-data", "TLSRSACertificateKeyFile <key, PEM>"],
    ["session-reuse", "TLSOptions NoSessionReuseRequired"],
    ["tls-version", "TLSProtocol TLSv1.2"],
    ["peer-certificate", "TLSVerifyServer off"],
    ["resume", "AllowStoreRestart on"],
    ["hashes", "LoadModule mod_digest.c"],
    ["rate", "TransferRate RETR,STOR {kib}"],
  ],
  "pure-ftpd": [
    ["fxp-active", "-w (Debian: echo yes > /etc/pure-ftpd/conf/AllowUserFXP)"],
    ["fxp-passive", "-w (Debian: echo yes > /etc/pure-ftpd/conf/AllowUserFXP)"],
    [
      "passive-ports",
      `-p ${ports.first}:${ports.last} (Debian: echo ${ports.first} ${ports.last} > /etc/pure-ftpd/conf/PassivePortRange)`,
    ],
    ["passive-ports", `-P ${publicAddress} (Debian: echo ${publicAddress} > /etc/pure-ftpd/conf/ForcePassiveIP)`],
    ["clear-data", "-Y 2 (Debian: echo 2 > /etc/pure-ftpd/conf/TLS)"],
    ["protected-data", "-Y 1 (Debian: echo 1 > /etc/pure-ftpd/conf/TLS)"],
    ["listing-limit", "-L 500000:32 (Debian: echo 500000 32 > /etc/pure-ftpd/conf/LimitRecursion)"],
    ["rate", "-T {kib} (Debian: echo {kib} > /etc/pure-ftpd/conf/UserBandwidth)"],
  ],
  pyftpdlib: [
    ["fxp-active", "handler.permit_foreign_addresses = True"],
    ["fxp-passive", "handler.permit_foreign_addresses = True"],
    ["passive-ports", `handler.passive_ports = range(${ports.first}, ${ports.last + 1})`],
    ["passive-ports", `handler.masquerade_address = "${publicAddress}"`],
    ["clear-data", "handler.tls_data_required = False"],
    ["protected-data", "handler = TLS_FTPHandler"],
    ["protected-data", 'handler.certfile = "<certificate and key, PEM>"'],
    ["rate", "ThrottledDTPHandler.read_limit = ThrottledDTPHandler.write_limit = {bytes}"],
    ["rate", "handler.dtp_handler = ThrottledDTPHandler"],
    ["rate", "handler.use_sendfile = False"],
  ],
  // Version 1: its passive side takes its own client's address alone, and with TLS its own client's session alone.
  filezilla: [
    ["no-setting", null],
    ["passive-ports", `Passive mode › Use custom port range: ${ports.first} to ${ports.last}`],
    ["passive-ports", `Passive mode › Use the following host: ${publicAddress}`],
  ],
  unknown: [
    ["fxp-active", null],
    ["fxp-passive", null],
    ["passive-ports", null],
    ["clear-data", null],
    ["session-reuse", null],
    ["resume", null],
    ["listing-limit", null],
    ["rate", null],
  ],
};

/** What a server of version 1 of FileZilla Server cannot be told to allow. */
const beyondSettings: readonly Why[] = ["fxp-active", "fxp-passive", "clear-data", "session-reuse"];

/**
 * The lines for these needs, each line once; a line of null is for a server that we know no line for: bot and page say what
 * to look for. @param bytesPerSecond what lines about speed are filled in with
 */
export function adviceFor(software: Software, whys: readonly Why[], bytesPerSecond = 1_000_000): Advice[] {
  const needs = new Set(whys);
  if (software === "filezilla" && beyondSettings.some((why) => needs.has(why))) needs.add("no-setting");
  const lines = table[software].filter(([why]) => needs.has(why));
  const once = lines.filter(
    ([, line], index) => line === null || lines.findIndex((other) => other[1] === line) === index,
  );
  return once.map(([why, line]) => ({ software, line: line && fill(line, bytesPerSecond), why }));
}

function fill(line: string, bytesPerSecond: number): string {
  const values: Record<string, number> = { bytes: bytesPerSecond, kib: Math.max(1, Math.round(bytesPerSecond / 1024)) };
  return line.replace(/\{(bytes|kib)\}/g, (_, unit: string) => String(values[unit]));
}
