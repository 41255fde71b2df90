// The public listener against people who do not have a link, who have somebody else's, or who send what no form sends.
import { createHash } from "node:crypto";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLog } from "../platform/log.ts";
import { enrolment } from "../schema/index.ts";
import type { StartedFtp } from "../servers/fixtures.ts";
import { startFtp } from "../servers/fixtures.ts";
import { startWeb } from "./fixtures.ts";
import { createWeb } from "./index.ts";

let site: Awaited<ReturnType<typeof startWeb>>;
let ftp: StartedFtp;
beforeAll(async () => {
  site = await startWeb();
  ftp = await startFtp();
});
afterAll(async () => {
  await ftp.stop();
  await site.close();
});

const fieldsFor = (over: Record<string, string> = {}) => ({
  label: "Box",
  host: ftp.host,
  port: String(ftp.port),
  security: "plain",
  accept_plain: "yes",
  username: ftp.username,
  password: ftp.password,
  share_path: "/share",
  inbox_path: "/inbox",
  ...over,
});
/** No connection is made to it, so that a test of it costs nothing. */
const denied = () => fieldsFor({ host: "10.0.0.1" });
const post = (link: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(link, { method: "POST", body: new URLSearchParams(fields), headers });
const tokenOf = (link: string) => link.slice(link.lastIndexOf("/") + 1);

/** Everything of an answer but the time of day. */
async function whole(response: Response) {
  const headers = Object.fromEntries(response.headers);
  delete headers["date"];
  return { status: response.status, headers, text: await response.text() };
}

describe("a link", () => {
  test("is used up by storing alone: not by looking, by previews, by other methods, or by a form with mistakes", async () => {
    const { link, caller } = await site.link("Anna");
    const preview = { "user-agent": "Mozilla/5.0 (compatible; Discordbot/2.0)", purpose: "prefetch" };
    for (const method of ["GET", "HEAD", "GET"])
      expect((await fetch(link, { method, headers: preview })).status).toBe(200);
    for (const method of ["PUT", "PATCH", "DELETE", "OPTIONS"])
      expect(
        (await fetch(link, { method, body: method === "OPTIONS" ? null : new URLSearchParams(fieldsFor()) })).status,
      ).toBe(404);
    expect((await fetch(`${link}?${new URLSearchParams(fieldsFor())}&_method=POST`)).status).toBe(200);
    const override = { "x-http-method-override": "POST", "x-method-override": "POST" };
    expect((await fetch(link, { headers: override })).status).toBe(200);
    expect((await post(link, {})).status).toBe(422);
    expect((await post(link, fieldsFor({ password: "wrong" }))).status).toBe(422);
    expect((await site.api.list(caller, {})).servers).toEqual([]);
    expect((await post(link, fieldsFor())).status).toBe(200);
    for (const method of ["GET", "HEAD"]) expect((await fetch(link, { method })).status).toBe(404);
    expect((await post(link, fieldsFor({ label: "Second" }))).status).toBe(404);
    expect((await site.api.list(caller, {})).servers).toHaveLength(1);
  });

  test("stands in the database as a hash only", async () => {
    const { link } = await site.link("Ben");
    const rows = await site.database.db.select().from(enrolment);
    const hashes = rows.map((row) => row.tokenHash);
    const token = tokenOf(link);
    expect(hashes).toContain(createHash("sha256").update(`fonshare enrolment ${token}`).digest("hex"));
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(Buffer.from(token, "base64url")).toHaveLength(32);
  });

  test("that is unknown, used, expired or misspelt gets the same answer, byte by byte", async () => {
    const used = await site.link("Carla");
    expect((await post(used.link, fieldsFor())).status).toBe(200);
    const expired = await site.link("Dora");
    site.clock.pass(16 * 60_000);
    const valid = await site.link("Emil");
    const unknown = `${site.url}/enrol/${"A".repeat(43)}`;
    const links = [unknown, used.link, expired.link, `${valid.link}A`, valid.link.slice(0, -1), `${site.url}/enrol/x`];
    for (const send of [
      (link: string) => fetch(link),
      (link: string) => fetch(link, { method: "HEAD" }),
      (link: string) => post(link, {}),
      (link: string) => post(link, fieldsFor()),
      (link: string) => fetch(link, { headers: { "accept-language": "fr" } }),
    ]) {
      const answers = [];
      for (const link of links) answers.push(await whole(await send(link)));
      expect(answers[0]?.status).toBe(404);
      for (const answer of answers) expect(answer).toEqual(answers[0]);
    }
    // Also after many posts: nothing counts up for a link that does not work.
    for (let n = 0; n < 25; n++) expect((await post(used.link, {})).status).toBe(404);
  });
});

describe("every answer", () => {
  test("may not be framed, stored, sniffed, or tell where one came from; it sets no cookie", async () => {
    const { link } = await site.link("Finn");
    const answers = [
      await fetch(link),
      await post(link, {}),
      await fetch(`${site.url}/enrol/none`),
      await fetch(`${site.url}/nothing`),
      await fetch(`${site.url}/enrol/%zz`),
      await post(link, { label: "x".repeat(20_000) }),
      await fetch(link, { method: "POST", body: "{", headers: { "content-type": "application/json" } }),
      await fetch(link, { method: "DELETE" }),
    ];
    expect(answers.map((one) => one.status)).toEqual([200, 422, 404, 404, 404, 413, 400, 404]);
    for (const { headers } of answers) {
      expect(headers.get("content-security-policy")).toMatch(/^default-src 'none';.*frame-ancestors 'none'$/);
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
      for (const name of [
        "set-cookie",
        "x-powered-by",
        "server",
        "etag",
        "x-ratelimit-remaining",
        "access-control-allow-origin",
      ])
        expect([name, headers.get(name)]).toEqual([name, null]);
    }
  });

  test("repeats nothing of a request that makes no sense", async () => {
    const { port } = new URL(site.url);
    for (const path of [
      "/enrol/%zzplanted",
      "/enrol/%00planted",
      `/enrol/planted${"a".repeat(5000)}`,
      "/planted%",
      "//planted/",
    ]) {
      for (const lines of [
        `GET ${path} HTTP/1.1\r\nhost: planted.example`,
        `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 0`,
      ]) {
        const socket = connect(Number(port), "127.0.0.1");
        socket.write(`${lines}\r\nconnection: close\r\n\r\n`);
        const answer = await text(socket);
        expect(answer).toMatch(/^HTTP\/1\.1 404 /);
        expect(answer).not.toContain("planted");
      }
    }
    const rubbish = connect(Number(port), "127.0.0.1");
    rubbish.write("planted\r\n\r\n");
    expect(await text(rubbish)).not.toContain("planted");
  });

  test("keeps the address of a page out of the log, also when the page breaks", async () => {
    let logged = "";
    const log = createLog("trace", "test", {
      write: (line) => {
        logged += line;
      },
    });
    const broken = () => Promise.reject(new TypeError("broken"));
    const servers = { ...site.servers, enrolments: { ...site.servers.enrolments, read: broken } };
    const listen = { host: "127.0.0.1", port: 0 };
    const web = createWeb({ ...site, servers, listen, publicUrl: "https://share.example.org/fon", log });
    const { url } = await web.listen();
    const answers = [await fetch(`${url}/enrol/planted-token`), await post(`${url}/enrol/planted-token`, fieldsFor())];
    await web.close();
    expect(answers.map((one) => one.status)).toEqual([500, 500]);
    expect(answers[0]?.headers.get("strict-transport-security")).toMatch(/max-age=\d+/);
    expect(logged).toContain("a page failed");
    expect(logged).not.toMatch(/planted-token|correct horse/);
    for (const answer of answers) expect(await answer.text()).not.toMatch(/planted-token|correct horse|TypeError/);
  });
});

describe("a form that no browser sends", () => {
  const send = async (link: string, body: string) => {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return fetch(link, { method: "POST", body, headers });
  };

  test("fields twice, unknown ones, names of prototypes, endless ones: mistakes, never a server", async () => {
    const { link, caller } = await site.link("Gina");
    const good = new URLSearchParams(fieldsFor()).toString();
    for (const body of [
      `${good}&host=127.0.0.1`,
      `${good}&label=Other`,
      `${good}&security=tls`,
      "__proto__[label]=Box&constructor=x&toString=y",
      `${good.replace("label=Box", "label[]=Box")}`,
      `label=${"%C3%28".repeat(100)}`,
      Array.from({ length: 1500 }, (_, n) => `f${n}=`).join("&"),
      "",
    ]) {
      const answer = await send(link, body);
      expect(answer.status).toBe(422);
      expect(await answer.text()).toContain("<form");
    }
    expect((await site.api.list(caller, {})).servers).toEqual([]);
    const tooMuch = await send(link, `${good}&x=${"x".repeat(17_000)}`);
    expect(tooMuch.status).toBe(413);
    const unknown = await send(link, `${good}&owner_id=1&person_id=1&allows_relay=yes`);
    expect(unknown.status).toBe(200);
  });
});

describe("tests of servers", () => {
  test("forty an hour for one person, whatever links they ask for", async () => {
    const links = [await site.link("Hugo"), await site.link("Hugo"), await site.link("Hugo")].map(({ link }) => link);
    const statuses = [];
    for (let n = 0; n < 41; n++) {
      const elsewhere = { "x-forwarded-for": `198.51.100.${n}` };
      statuses.push((await post(links[n % 3] ?? "", denied(), elsewhere)).status);
    }
    expect(statuses).toEqual([...Array(40).fill(422), 429]);
    // Mistakes that the form itself shows are not counted: nobody was connected to.
    expect((await post(links[0] ?? "", {})).status).toBe(422);
    site.clock.pass(61 * 60_000);
    expect((await post((await site.link("Hugo")).link, denied())).status).toBe(422);
  });

  test("and for one address, as the proxy on this machine tells it; a network of IPv6 is one address", async () => {
    for (const [name, addressOf] of [
      ["v4", () => "198.51.100.77"],
      ["v6", (n: number) => `2001:db8:7:7::${n.toString(16)}`],
    ] as const) {
      const statuses = [];
      let current = "";
      for (let n = 0; n < 41; n++) {
        if (n % 10 === 0) current = (await site.link(`Person ${name} ${n}`)).link;
        statuses.push((await post(current, denied(), { "x-forwarded-for": addressOf(n) })).status);
      }
      expect(statuses.slice(0, 40)).toEqual(Array(40).fill(422));
      expect(statuses.at(-1)).toBe(429);
      expect((await post(current, denied(), { "x-forwarded-for": "198.51.100.78" })).status).toBe(422);
    }
  });
});
