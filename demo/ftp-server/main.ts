// A process that runs one FTP server: its options as JSON in the first argument, one JSON line when it listens.
// It ends on SIGTERM and SIGINT, and when whoever started it is gone: the IPC channel or standard input ends.
import type { FtpServerOptions } from "./ftp-server.ts";
import { createFtpServer } from "./ftp-server.ts";

async function run(): Promise<void> {
  const server = createFtpServer(JSON.parse(process.argv[2] ?? "") as FtpServerOptions);
  const listening = await server.listen();
  const { promise: asked, resolve: end } = Promise.withResolvers<void>();
  process.once("SIGTERM", () => end());
  process.once("SIGINT", () => end());
  if (process.connected) process.once("disconnect", () => end());
  else process.stdin.once("end", () => end()).resume();
  process.stdout.write(`${JSON.stringify(listening)}\n`);
  await asked;
  await server.close();
}

try {
  await run();
  process.exit(0);
} catch (error) {
  // JSON.parse quotes its input in the message, and the input holds passwords: say what happened by name only.
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  process.stderr.write(`The FTP server could not start: ${code ?? "bad options"}.\n`);
  process.exit(1);
}
