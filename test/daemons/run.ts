// Starts one daemon by hand and says where it listens, until Ctrl-C: `npx node test/daemons/run.ts vsftpd [--tls]`.
import { daemonKinds, installDaemons, startDaemon } from "./index.ts";

const words = process.argv.slice(2);
const kind = daemonKinds.find((one) => words.includes(one));
if (kind) {
  const lack = (await installDaemons()).missing.find((one) => one.kind === kind);
  if (lack) {
    process.stderr.write(`${lack.how}\n`);
    process.exit(1);
  }
  const daemon = await startDaemon(kind, { tls: words.includes("--tls"), fxp: !words.includes("--no-fxp") });
  const { username, password, host, port, root, fingerprint } = daemon;
  process.stdout.write(`${kind} listens at ${host} port ${port}, user ${username}, password ${password}\n`);
  const certificate = fingerprint ? `certificate (SHA-256): ${fingerprint}\n` : "";
  process.stdout.write(`files: ${root}\n${certificate}Ctrl-C ends it\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void daemon.stop());
  }
} else {
  process.stderr.write(`usage: npx node test/daemons/run.ts ${daemonKinds.join("|")} [--tls] [--no-fxp]\n`);
  process.exitCode = 1;
}
