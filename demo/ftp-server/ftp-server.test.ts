// The server against an unmodified client library: plain and TLS, files, folders, listings, names, borders.
import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { Client } from "basic-ftp";
import { generate } from "selfsigned";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createFtpServer } from "./ftp-server.ts";
import type { RawClient } from "./raw-client.ts";
import { connectRaw, loginRaw } from "./raw-client.ts";
import type { FtpServer, FtpServerOptions, FtpTls } from "./types.ts";

let folder = "";
let pem = { key: "", cert: "" };
const cleanups: Array<() => unknown> = [];

beforeAll(async () => {
  const made = await generate([{ name: "commonName", value: "personal server" }], { keySize: 2048 });
  pem = { key: made.private, cert: made.cert };
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ftp-server-"));
});
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
  await rm(folder, { recursive: true });
});

type Extra = Partial<FtpServerOptions> & { readOnly?: boolean };

async function start({ readOnly = false, ...extra }: Extra = {}) {
  const users = [{ username: "anna", password: "pässword", root: folder, readOnly }];
  const server: FtpServer = createFtpServer({ address: "127.0.0.1", users, ...extra });
  cleanups.push(() => server.close());
  return { server, ...(await server.listen()) };
}

async function connect(place: { host: string; port: number }, secure: boolean | "implicit" = false) {
  const client = new Client(10_000);
  cleanups.push(() => client.close());
  const user = { user: "anna", password: "pässword" };
  await client.access({ ...place, ...user, secure, secureOptions: { rejectUnauthorized: false } });
  return client;
}

async function rawly(extra: Extra = {}): Promise<RawClient & { server: FtpServer }> {
  const { server, host, port } = await start(extra);
  const client = await loginRaw(host, port, "anna", Buffer.from("pässword").toString("latin1"));
  cleanups.push(() => client.socket.destroy());
  return { ...client, server };
}

async function download(client: Client, name: string, from = 0): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  await client.downloadTo(sink, name, from);
  return Buffer.concat(chunks);
}

function tls(mode: FtpTls["mode"], more: Partial<FtpTls> = {}): FtpTls {
  return { ...pem, mode, ...more };
}

const ways: Array<[string, () => Extra, boolean | "implicit"]> = [
  ["plain, IPv4", () => ({}), false],
  ["plain, IPv6", () => ({ address: "::1" }), false],
  ["explicit TLS", () => ({ tls: tls("explicit", { required: true, requiredForData: true }) }), true],
  ["implicit TLS, IPv6", () => ({ address: "::1", tls: tls("implicit") }), "implicit"],
];

describe.each(ways)("%s", (_name, extra, secure) => {
  test("moves, resumes, lists, renames and removes", async () => {
    const { server, ...place } = await start(extra());
    const client = await connect(place, secure);
    const bytes = randomBytes(3_000_001);

    await client.ensureDir("inbox/été");
    await client.uploadFrom(Readable.from([bytes.subarray(0, 1_000_000)]), "a b.part");
    await client.appendFrom(Readable.from([bytes.subarray(1_000_000)]), "a b.part");
    expect(await client.size("a b.part")).toBe(bytes.length);
    expect(bytes.equals(await download(client, "a b.part"))).toBe(true);
    expect(bytes.subarray(2_999_000).equals(await download(client, "a b.part", 2_999_000))).toBe(true);

    await client.rename("a b.part", "/inbox/a b.bin");
    await client.cd("/inbox");
    const listed = await client.list();
    expect(listed.map(({ name, size, isFile }) => [name, isFile && size]).sort()).toEqual([
      ["a b.bin", bytes.length],
      ["été", false],
    ]);
    expect(bytes.equals(await readFile(join(folder, "inbox/a b.bin")))).toBe(true);

    await client.remove("a b.bin");
    await client.removeDir("/inbox");
    await expect(stat(join(folder, "inbox"))).rejects.toThrow("ENOENT");
    expect(server.commands).toContain("MLSD");
    expect(server.connections()).toBe(1);
  });
});

test("without MLSD the folder is listed as by ls, and a missing one as empty", async () => {
  const { server, ...place } = await start({ features: { mlst: false } });
  await mkdir(join(folder, "old"));
  await writeFile(join(folder, "new.txt"), "12345");
  await writeFile(join(folder, ".hidden"), "");
  await utimes(join(folder, "old"), 0, Date.UTC(2019, 1, 3) / 1000);
  const client = await connect(place);
  const listed = await client.list();
  expect(listed.map(({ name, size, isDirectory }) => [name, size, isDirectory]).sort()).toEqual([
    [".hidden", 0, false],
    ["new.txt", 5, false],
    ["old", expect.any(Number), true],
  ]);
  expect(listed.find(({ name }) => name === "old")?.rawModifiedAt).toBe("Feb 03 2019");
  expect(await client.list("nowhere")).toEqual([]);
  expect(server.commands).not.toContain("MLSD");
});

test("an upload with REST goes on where the part ends, and not beyond", async () => {
  const client = await rawly();
  await writeFile(join(folder, "x"), "abcdef");
  const other = await connect({ host: "127.0.0.1", port: client.socket.remotePort ?? 0 });
  await other.send("REST 4");
  await other.uploadFrom(Readable.from([Buffer.from("XYZ")]), "x");
  expect(await readFile(join(folder, "x"), "utf8")).toBe("abcdXYZ");
  await client.ask("REST 8");
  expect(await client.ask("RETR x")).toMatch(/^554 /);
  expect(await client.ask("STOR x")).toMatch(/^425 /);
});

test("names of any bytes are listed and fetched", async () => {
  const name = Buffer.from([0x20, 0xe9, 0x22, 0x3b, 0x5b, 0x2d, 0xfe]);
  await writeFile(Buffer.concat([Buffer.from(`${folder}/`), name]), "latin");
  const { server: _server, ...place } = await start();
  const client = await connect(place);
  client.ftp.encoding = "latin1";
  expect((await client.list()).map((entry) => entry.name)).toEqual([name.toString("latin1")]);
  expect((await download(client, name.toString("latin1"))).toString()).toBe("latin");
});

test("nothing leads out of the root", async () => {
  await mkdir(join(folder, "root/sub"), { recursive: true });
  await writeFile(join(folder, "secret"), "secret");
  await writeFile(join(folder, "root/sub/in"), "in");
  await symlink("../secret", join(folder, "root/leak"));
  await symlink("..", join(folder, "root/up"));
  await symlink("../made", join(folder, "root/dangling"));
  await symlink("sub/in", join(folder, "root/fine"));
  const users = [{ username: "anna", password: "pässword", root: join(folder, "root") }];
  const client = await rawly({ users });
  for (const path of ["../secret", "/../secret", "leak", "up/secret", "sub/../../secret"]) {
    expect(await client.ask(`SIZE ${path}`)).toMatch(/^550 /);
  }
  expect(await client.ask("SIZE fine")).toBe("213 2");
  expect(await client.ask("CWD up")).toMatch(/^550 /);
  await client.ask("EPSV");
  expect(await client.ask("STOR dangling")).toMatch(/^550 /);
  expect(await client.ask("RNFR up/secret")).toMatch(/^550 /);
  expect(await client.ask("DELE dangling")).toMatch(/^250 /);
  const shown = (await client.ask("STAT /")).split("\r\n").slice(1, -1);
  expect(shown.map((line) => line.split(" ").at(-1)).sort()).toEqual(["fine", "sub"]);
  expect(await client.ask("CDUP")).toMatch(/^250 /);
  expect(await client.ask("PWD")).toMatch(/^257 "\/" /);
});

test("times, facts and checksums", async () => {
  const client = await rawly({ features: { hash: ["HASH", "XSHA256", "XMD5", "XCRC"] } });
  await writeFile(join(folder, "x y"), "hello");
  const sha256 = createHash("sha256").update("hello").digest("hex");
  expect(await client.ask("MFMT 20200229123456 x y")).toBe("213 Modify=20200229123456; x y");
  expect(await client.ask("MDTM x y")).toBe("213 20200229123456");
  expect(await client.ask("MLST x y")).toMatch(
    /^250-.*\r\n type=file;size=5;modify=20200229123456;unique=\w+U\w+;perm=rwadf; \/x y\r\n250 /,
  );
  expect(await client.ask("OPTS MLST size;type;")).toBe("200 MLST OPTS type;size;");
  expect(await client.ask("MLST x y")).toContain("\r\n type=file;size=5; /x y\r\n");
  expect(await client.ask("HASH x y")).toBe(`213 SHA-256 0-5 ${sha256} x y`);
  expect(await client.ask('XSHA256 "x y"')).toBe(`250 ${sha256.toUpperCase()}`);
  expect(await client.ask("XMD5 x y")).toBe("250 5D41402ABC4B2A76B9719D911017C592");
  expect(await client.ask("XCRC x y")).toBe("250 3610A686");
  expect(await client.ask("FEAT")).toContain("\r\n MLST type*;size*;modify;unique;perm;\r\n");
});

test("free space, and no word of protected data between two servers without TLS", async () => {
  const client = await rawly();
  const [, free] = /^213 (\d+)$/.exec(await client.ask("AVBL /")) ?? [];
  expect(Number(free)).toBeGreaterThan(0);
  expect(await client.ask("AVBL none")).toMatch(/^550 /);
  expect(await client.ask("SSCN ON")).toMatch(/^500 /);
  expect(await client.ask("CPSV")).toMatch(/^500 /);
  const told = await client.ask("FEAT");
  expect(told).toContain("\r\n AVBL\r\n");
  expect(told).not.toMatch(/SSCN|CPSV/);
});

test("features that are left out are unknown, and MDTM then sets the time", async () => {
  const client = await rawly({ features: { without: ["MFMT", "EPSV"] } });
  await writeFile(join(folder, "x"), "");
  expect(await client.ask("EPSV")).toMatch(/^500 /);
  expect(await client.ask("XMD5 x")).toMatch(/^500 /);
  expect(await client.ask("MDTM 20200229123456 x")).toMatch(/^213 /);
  expect(await client.ask("MDTM x")).toBe("213 20200229123456");
  expect(await client.ask("FEAT")).not.toMatch(/MFMT|EPSV|AUTH|XMD5/);
});

test("a read-only user changes nothing", async () => {
  const client = await rawly({ readOnly: true });
  await writeFile(join(folder, "x"), "");
  for (const command of ["STOR y", "APPE x", "DELE x", "MKD z", "RMD z", "RNFR x", "MFMT 20200101000000 x"]) {
    expect(await client.ask(command)).toMatch(/^550 /);
  }
  expect(await client.ask("MLST x")).toContain("perm=r;");
});

test("no login without TLS where it is required, no commands without login", async () => {
  const { host, port } = await start({ tls: tls("explicit", { required: true }) });
  const client = await connectRaw(host, port);
  cleanups.push(() => client.socket.destroy());
  expect(await client.reply()).toMatch(/^220 /);
  expect(await client.ask("USER anna")).toMatch(/^530 /);
  expect(await client.ask("PROT C")).toMatch(/^503 /);
  expect(await client.ask("SSCN ON")).toMatch(/^503 /);
  expect(await client.ask("SIZE x")).toMatch(/^530 /);
  expect(await client.ask("PASS x")).toMatch(/^503 /);
});

test("a wrong password is refused and never noted", async () => {
  const { server, host, port } = await start();
  await expect(loginRaw(host, port, "anna", "wrong")).rejects.toThrow("530");
  expect(server.commands).toEqual(["USER", "PASS"]);
});

test("commands in clear behind AUTH do not run over TLS", async () => {
  const seen: string[] = [];
  const { host, port } = await start({
    tls: tls("explicit"),
    override: ({ verb }) => {
      seen.push(verb);
      return undefined;
    },
  });
  const client = await connectRaw(host, port);
  cleanups.push(() => client.socket.destroy());
  await client.reply();
  client.write("AUTH TLS", "NOOP");
  expect(await client.reply()).toMatch(/^234 /);
  client.socket.end();
  await client.closed();
  expect(seen).toEqual(["CONNECT", "AUTH"]);
});
