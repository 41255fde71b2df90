// Promises 1 and 2: unique passwords, hosts, logins and real paths are planted at enrolment, then everything that
// left the core and everything on its disk is searched for them.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Context } from "#contract";
import { consoleContext } from "../../demo/core-process.ts";
import type { FtpServer } from "../../demo/ftp-server/ftp-server.ts";
import { createFtpServer } from "../../demo/ftp-server/ftp-server.ts";
import { makeFolder } from "../daemons/index.ts";
import type { Installation } from "./installation.ts";
import { createInstallation, enrol, until, whenEnded, writeTree } from "./installation.ts";

const planted = {
  host: "127.77.31.9",
  username: "canary-login-4711",
  password: "canary-Pass-wörd-!8812",
  writeUsername: "canary-writer-0815",
  writePassword: "canary-write-pass-9934",
  sharePath: "canary-realpath-5523/inner",
  inboxPath: "canary-inbox-7741/drop",
};
const answers: string[] = [];
const olga = consoleContext("Olga");
const rita = consoleContext("Rita");
let installation: Installation;
let server: FtpServer;
let root: string;
let port: number;

beforeAll(async () => {
  root = await makeFolder();
  const past = {
    [`${planted.sharePath}/Album/one.txt`]: Buffer.from("one"),
    [`${planted.inboxPath}/.keep`]: Buffer.alloc(0),
  };
  writeTree(root, past);
  server = createFtpServer({
    address: planted.host,
    users: [
      { username: planted.username, password: planted.password, root },
      { username: planted.writeUsername, password: planted.writePassword, root },
    ],
  });
  port = (await server.listen()).port;
  installation = await createInstallation({ env: { LOG_LEVEL: "trace" }, onAnswer: (body) => answers.push(body) });
});

afterAll(async () => {
  await installation?.stop();
  await server?.close();
});

test("nothing planted leaves the core or lies on its disk in the clear", { timeout: 180_000 }, async () => {
  const { core } = installation;
  const api = core.api;
  await api.groups.create(olga, { name: "Canaries" });
  await api.groups.join(rita, {});
  const form = { write_username: planted.writeUsername, write_password: planted.writePassword };
  const daemon = {
    host: planted.host,
    port,
    username: planted.username,
    password: planted.password,
    fingerprint: undefined,
  };
  const place = { daemon, sharePath: `/${planted.sharePath}`, inboxPath: `/${planted.inboxPath}` };
  const wrong = await enrol(core, {
    owner: "Olga",
    label: "nest",
    ...place,
    form: { ...form, password: "canary-wrong-1" },
  });
  const pages = [wrong.html.replaceAll(/value="[^"]*"/g, "")];
  for (const owner of ["Olga", "Rita"]) {
    const page = await enrol(core, { owner, label: "nest", ...place, form });
    expect(page.status, page.html).toBe(200);
  }
  await api.shares.add(olga, { path: "", name: "Nest" });
  await until(async () => ((await api.shares.list(rita, {})).shares[0]?.files === 1 ? true : undefined));
  const found = await api.catalog.search(rita, { query: "one" });
  const { pull } = await api.transfers.pull(rita, { what: [found.items[0]?.ref ?? ""], requestId: "canary-request" });
  const ended = await whenEnded(() => core, "Rita", pull.ref);
  expect(ended.state).toBe("done");
  await askEverything(olga);
  await askEverything(rita);
  await server.close();
  await api.servers.check(olga, {}).catch(() => undefined);
  await api.catalog.reindex(olga, {});
  await until(async () => ((await api.catalog.scans(olga, {})).scans[0]?.state === "failed" ? true : undefined));
  await api.shares.add(olga, { path: planted.sharePath, name: "Gone" }).catch(() => undefined);

  const told = [...answers, ...pages, core.output()].join("\n");
  expect(findPlanted(told)).toEqual([]);
  await core.stop();
  expect(filesHolding(installation.dataFolder)).toEqual([]);
});

async function askEverything(who: Context): Promise<void> {
  const { api } = installation.core;
  const asked = [
    api.people.hello(who, {}),
    api.people.export(who, {}),
    api.groups.show(who, {}),
    api.servers.list(who, {}),
    api.servers.check(who, {}),
    api.shares.list(who, {}),
    api.catalog.latest(who, {}),
    api.catalog.browse(who, {}),
    api.catalog.browse(who, { where: "Nest/Album" }),
    api.catalog.scans(who, {}),
    api.transfers.list(who, { limit: 10 }),
    api.transfers.plan(who, { what: ["zzz"] }),
  ];
  await Promise.allSettled(asked);
}

function findPlanted(text: string): string[] {
  const spellings = Object.values(planted).flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString("base64"),
  ]);
  return spellings.filter((secret) => text.includes(secret));
}

/** Files below `folder` with a planted value in them, in the byte forms that text can have on disk. */
function filesHolding(folder: string): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
  const files = paths.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  return files.filter((path) => findPlanted(readFileSync(path).toString("utf8")).length > 0);
}
