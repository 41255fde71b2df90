// Configuration of vsftpd for tests: virtual users by a password file, one folder per user.
import { mkdir, readdir, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cryptPassword } from "./account.ts";
import { findPackaged, findProgram } from "./install.ts";
import { isAlive } from "./processes.ts";
import type { DaemonSetup, Launch } from "./types.ts";

const pamFolder = "/etc/pam.d";
const pamPrefix = "fonshare-test-";

export async function prepareVsftpd(setup: DaemonSetup): Promise<Launch> {
  const { workFolder, users } = setup;
  const program = await findProgram("vsftpd");
  const pamModule = await findPackaged("vsftpd", "pam_pwdfile.so");
  if (!(program && pamModule)) {
    throw new Error("vsftpd is not installed");
  }
  const userFolder = join(workFolder, "users");
  await mkdir(userFolder);
  await mkdir(join(workFolder, "empty"));
  const lines = await Promise.all(users.map(async (user) => `${user.username}:${await cryptPassword(user.password)}`));
  const passwordFile = join(workFolder, "passwords");
  await writeFile(passwordFile, `${lines.join("\n")}\n`, { mode: 0o600 });
  await Promise.all(
    users.map((user) =>
      writeFile(
        join(userFolder, user.username),
        `local_root=${user.folder}\nwrite_enable=${user.readOnly ? "NO" : "YES"}\n`,
      ),
    ),
  );
  const service = await writePamService(pamModule, passwordFile, setup.port);
  const file = join(workFolder, "vsftpd.conf");
  // No blanks around "=": vsftpd would take them for part of the value.
  await writeFile(file, `${configuration(setup, service, userFolder).join("\n")}\n`);
  return { command: program, args: [file], outsideFiles: [join(pamFolder, service)] };
}

function configuration(setup: DaemonSetup, service: string, userFolder: string): string[] {
  const { host, port, tls, workFolder, pemFile } = setup;
  const isIpv6 = host.includes(":");
  return [
    ...(isIpv6
      ? ["listen=NO", "listen_ipv6=YES", `listen_address6=${host}`]
      : ["listen=YES", `listen_address=${host}`]),
    `listen_port=${port}`,
    "background=NO",
    "anonymous_enable=NO",
    "local_enable=YES",
    "guest_enable=YES",
    `guest_username=${setup.account.name}`,
    "virtual_use_local_privs=YES",
    `pam_service_name=${service}`,
    `user_config_dir=${userFolder}`,
    `secure_chroot_dir=${join(workFolder, "empty")}`,
    "chroot_local_user=YES",
    "allow_writeable_chroot=YES",
    "write_enable=YES",
    "local_umask=022",
    `ls_recurse_enable=${setup.recursiveListing ? "YES" : "NO"}`,
    // A network namespace for each session costs more time than the session.
    "isolate_network=NO",
    "xferlog_enable=YES",
    `vsftpd_log_file=${join(workFolder, "vsftpd.log")}`,
    `max_clients=${setup.maxClients}`,
    ...(setup.rateBytesPerS ? [`local_max_rate=${setup.rateBytesPerS}`] : []),
    ...(setup.passive ? [`pasv_min_port=${setup.passive.from}`, `pasv_max_port=${setup.passive.to}`] : []),
    ...(setup.passive?.address ? [`pasv_address=${setup.passive.address}`] : []),
    ...(setup.fxp ? ["pasv_promiscuous=YES", "port_promiscuous=YES"] : []),
    ...(tls
      ? [
          "ssl_enable=YES",
          `rsa_cert_file=${pemFile}`,
          `rsa_private_key_file=${pemFile}`,
          "force_local_logins_ssl=YES",
          `force_local_data_ssl=${tls.dataRequired ? "YES" : "NO"}`,
          `implicit_ssl=${tls.implicit ? "YES" : "NO"}`,
          `require_ssl_reuse=${tls.sessionReuse ? "YES" : "NO"}`,
        ]
      : []),
  ];
}

/** PAM reads services from /etc/pam.d only; the name holds our process id, so that leftovers can be told. */
async function writePamService(pamModule: string, passwordFile: string, port: number): Promise<string> {
  await removeLeftovers();
  const service = `${pamPrefix}${process.pid}-${port}-${Math.random().toString(36).slice(2, 8)}`;
  await writeFile(
    join(pamFolder, service),
    `auth required ${pamModule} pwdfile=${passwordFile}\naccount required pam_permit.so\n`,
  );
  return service;
}

async function removeLeftovers(): Promise<void> {
  const names = (await readdir(pamFolder)).filter((name) => name.startsWith(pamPrefix));
  const dead = names.filter((name) => !isAlive(Number(name.slice(pamPrefix.length).split("-")[0])));
  await Promise.all(dead.map((name) => unlink(join(pamFolder, name)).catch(() => undefined)));
}
