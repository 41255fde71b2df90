// Configuration of ProFTPD for tests: users from an AuthUserFile, each in its own root.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cryptPassword } from "./account.ts";
import { findPackaged, findProgram } from "./install.ts";
import type { DaemonSetup, Launch } from "./types.ts";

export async function prepareProftpd(setup: DaemonSetup): Promise<Launch> {
  const { workFolder, users, account } = setup;
  const program = await findProgram("proftpd");
  const tlsModule = await findPackaged("proftpd", "mod_tls.so");
  if (!(program && tlsModule)) {
    throw new Error("ProFTPD is not installed");
  }
  const lines = await Promise.all(
    users.map(
      async (user) =>
        `${user.username}:${await cryptPassword(user.password)}:${account.uid}:${account.gid}::${user.folder}:/bin/false`,
    ),
  );
  const userFile = join(workFolder, "users");
  // ProFTPD refuses a file of users that others can read.
  await writeFile(userFile, `${lines.join("\n")}\n`, { mode: 0o600 });
  const file = join(workFolder, "proftpd.conf");
  const modules = tlsModule.slice(0, tlsModule.lastIndexOf("/"));
  await writeFile(file, `${configuration(setup, modules, userFile).join("\n")}\n`);
  return { command: program, args: ["--nodaemon", "--config", file] };
}

function configuration(setup: DaemonSetup, modules: string, userFile: string): string[] {
  const { host, port, tls, workFolder, account } = setup;
  const readers = setup.users.filter((user) => user.readOnly).map((user) => user.username);
  const rateKb = Math.max(1, Math.round((setup.rateBytesPerS ?? 0) / 1024));
  return [
    `ModulePath ${modules}`,
    ...(tls ? ["LoadModule mod_tls.c"] : []),
    ...(setup.hashes ? ["LoadModule mod_digest.c"] : []),
    "ServerType standalone",
    `DefaultAddress ${host}`,
    "SocketBindTight on",
    `Port ${port}`,
    `UseIPv6 ${host.includes(":") ? "on" : "off"}`,
    "UseReverseDNS off",
    "DelayEngine off",
    "AuthOrder mod_auth_file.c",
    `AuthUserFile ${userFile}`,
    "RequireValidShell off",
    "DefaultRoot ~",
    "Umask 022",
    "AllowOverwrite on",
    "AllowStoreRestart on",
    "AllowRetrieveRestart on",
    `AllowOverride ${setup.accessFiles ? "on" : "off"}`,
    `User ${account.name}`,
    `Group ${account.name}`,
    `PidFile ${join(workFolder, "proftpd.pid")}`,
    `ScoreboardFile ${join(workFolder, "scoreboard")}`,
    `SystemLog ${join(workFolder, "proftpd.log")}`,
    "TransferLog none",
    "WtmpLog off",
    "MaxInstances 200",
    `MaxClients ${setup.maxClients}`,
    `AllowForeignAddress ${setup.fxp ? "on" : "off"}`,
    ...(setup.passive ? [`PassivePorts ${setup.passive.from} ${setup.passive.to}`] : []),
    ...(setup.passive?.address ? [`MasqueradeAddress ${setup.passive.address}`] : []),
    ...(setup.rateBytesPerS ? [`TransferRate RETR,STOR,APPE,STOU ${rateKb}`] : []),
    ...(readers.length > 0 ? ["<Limit WRITE>", ...readers.map((name) => `DenyUser ${name}`), "</Limit>"] : []),
    ...(tls ? tlsLines(setup) : []),
    ...(setup.hashes ? ["DigestEngine on"] : []),
  ];
}

function tlsLines({ tls, pemFile, workFolder }: DaemonSetup): string[] {
  const options = [
    ...(tls?.sessionReuse ? [] : ["NoSessionReuseRequired"]),
    ...(tls?.implicit ? ["UseImplicitSSL"] : []),
  ];
  return [
    "TLSEngine on",
    `TLSRequired ${tls?.dataRequired ? "on" : "ctrl"}`,
    `TLSRSACertificateFile ${pemFile}`,
    `TLSRSACertificateKeyFile ${pemFile}`,
    ...(options.length > 0 ? [`TLSOptions ${options.join(" ")}`] : []),
    ...(tls?.maxVersion ? [`TLSProtocol ${tls.maxVersion}`] : []),
    `TLSLog ${join(workFolder, "tls.log")}`,
    "TLSVerifyClient off",
    // As the client of TLS between two servers (SSCN): nobody vouches for the other one's certificate.
    `TLSVerifyServer ${tls?.verifiesPeers ? "on" : "off"}`,
  ];
}
