// A fresh master key on a real installation: the core serves and a pull runs while the command is killed again and again,
// and is brought to its end. Nothing is restarted, nothing is lost, and only the new key is needed afterwards.
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { coreArguments } from "../../core/process.ts";
import { consoleContext } from "../../demo/core-process.ts";
import type { FtpServer } from "../../demo/ftp-server/ftp-server.ts";
import { createFtpServer } from "../../demo/ftp-server/ftp-server.ts";
import { makeFolder } from "../daemons/index.ts";
import type { Installation } from "./installation.ts";
import { createInstallation, enrol, sha256Of, until, whenEnded, writeTree } from "./installation.ts";

const people = ["Olga", "Rita", "Sven", "Tara", "Udo"];
const [olga, rita] = [consoleContext("Olga"), consoleContext("Rita")];
const files = 12;
const servers: FtpServer[] = [];
const roots: string[] = [];
/** Half of the files are not handed out before it opens. */
const gate = Promise.withResolvers<void>();
let installation: Installation;

beforeAll(async () => {
  installation = await createInstallation();
  await installation.core.api.groups.create(olga, { name: "Keys" });
  for (const [n, name] of people.entries()) {
    const root = await makeFolder();
    roots.push(root);
    const album = Object.fromEntries(Array.from({ length: files }, (_, i) => fileOf(i)));
    writeTree(root, {
      "inbox/.keep": Buffer.alloc(0),
      ...(name === "Olga" ? album : { "share/.keep": Buffer.alloc(0) }),
    });
    await serve(n);
    if (name !== "Olga") await installation.core.api.groups.join(consoleContext(name), {});
    expect(await enrolAs(name, "home", n)).toBe(200);
  }
  await installation.core.api.shares.add(olga, { path: "", name: "Media" });
  await until(async () =>
    (await installation.core.api.shares.list(rita, {})).shares[0]?.files === files ? true : undefined,
  );
});
afterAll(async () => {
  gate.resolve();
  await installation?.stop();
  for (const server of servers) await server.close();
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

const fileOf = (n: number) =>
  [`share/Album/file ${n}${n % 2 ? " held" : ""}.bin`, Buffer.alloc(20_000, n + 1)] as const;

async function serve(n: number): Promise<void> {
  const server = createFtpServer({
    address: `127.0.0.${10 + n}`,
    users: [{ username: "user", password: "pass word", root: roots[n] ?? "" }],
    override: ({ verb, argument }) =>
      verb === "RETR" && argument.includes("held") ? { before: () => gate.promise } : undefined,
  });
  servers.push(server);
  Object.assign(server, await server.listen());
}

async function enrolAs(owner: string, label: string, n: number): Promise<number> {
  const { host, port } = servers[n] as unknown as { host: string; port: number };
  const daemon = { host, port, username: "user", password: "pass word", fingerprint: undefined };
  return (await enrol(installation.core, { owner, label, daemon, sharePath: "/share", inboxPath: "/inbox" })).status;
}

const keyFile = () => join(installation.dataFolder, "master.key");
const keys = () => readFileSync(keyFile(), "utf8").trim().split("\n");

function startRotation(): ChildProcess {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, FONSHARE_DATA: installation.dataFolder };
  return spawn(process.execPath, coreArguments(["--rotate-key"]), { env, stdio: ["ignore", "pipe", "pipe"] });
}

/** Kills it when it has said its nth line; gives what it said and how it ended. */
async function rotate(killAtLine = Number.POSITIVE_INFINITY): Promise<{ lines: string[]; code: number | null }> {
  const child = startRotation();
  const ended = once(child, "close");
  const lines: string[] = [];
  if (!child.stdout) throw new Error("no output");
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (lines.length === killAtLine) child.kill("SIGKILL");
  }
  await ended;
  return { lines, code: child.exitCode };
}

test("killed at each server and run again, under a pull and enrolments; then the old key is gone", {
  timeout: 180_000,
}, async () => {
  const { core } = installation;
  const [album] = (await core.api.catalog.browse(rita, { where: "Media" })).items;
  const { pull } = await core.api.transfers.pull(rita, { what: [album?.ref ?? ""], requestId: "rotation-pull" });
  const show = async () => (await core.api.transfers.show(rita, { pull: pull.ref })).pull;
  await until(async () => ((await show()).filesDone > 0 ? true : undefined));
  const [old = ""] = keys();

  for (const line of [1, 2]) {
    await rotate(line);
    expect(keys()).toHaveLength(2);
    expect(keys()[1]).toBe(old);
    // Half of the servers are sealed under the one key, half under the other.
    for (const name of people) await core.api.servers.check(consoleContext(name), {});
    expect((await core.api.servers.list(rita, {})).servers).toMatchObject([{ state: "online", problem: null }]);
  }
  const [next = ""] = keys();
  // What a killed one may leave beside the file.
  writeFileSync(`${keyFile()}.${crypto.randomUUID()}`, "half a ke");
  expect(await enrolAs("Rita", "second", 1)).toBe(200);
  const done = await rotate();
  expect(done.code).toBe(0);
  expect(done.lines.join("\n")).toContain("the rotation that had begun is complete");
  expect(done.lines.join("\n")).not.toContain(old);
  expect(keys()).toEqual([next]);
  expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
  expect(readdirSync(installation.dataFolder).filter((name) => name.startsWith("master.key"))).toEqual(["master.key"]);
  expect(await show()).toMatchObject({ state: "running", reason: null });

  // A whole one, and the core that has run all the time seals and opens under its key.
  expect((await rotate()).lines.join("\n")).toContain("a fresh master key is in use");
  expect(keys()).not.toContain(next);
  expect(await enrolAs("Udo", "third", 4)).toBe(200);
  for (const name of ["Olga", "Sven", "Tara"]) await core.api.servers.check(consoleContext(name), {});
  gate.resolve();
  expect(await whenEnded(() => core, "Rita", pull.ref)).toMatchObject({ state: "done", files, filesDone: files });
  for (let n = 0; n < files; n++) {
    const [path] = fileOf(n);
    const [source, copy] = [roots[0], roots[1]] as [string, string];
    expect(sha256Of(join(copy, path.replace("share", "inbox")))).toBe(sha256Of(join(source, path)));
  }

  await installation.restartCore();
  for (const name of people.slice(0, 4))
    await installation.core.api.servers.check(consoleContext(name), name === "Rita" ? { server: "second" } : {});
  // Without a core the command starts the database itself.
  await installation.core.stop();
  const before = keys();
  expect(await rotate()).toMatchObject({ code: 0 });
  expect(keys()).not.toEqual(before);
});
