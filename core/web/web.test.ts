// The public pages over real HTTP, with live tests of real FTP servers.
import { generate } from "selfsigned";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { StartedFtp } from "../servers/fixtures.ts";
import { enrolServer, settingsFor, startFtp } from "../servers/fixtures.ts";
import { startWeb } from "./fixtures.ts";

let site: Awaited<ReturnType<typeof startWeb>>;
let ftp: StartedFtp;
const started: StartedFtp[] = [];
const start = async (over: Parameters<typeof startFtp>[0]) => {
  const one = await startFtp(over);
  started.push(one);
  return one;
};

beforeAll(async () => {
  site = await startWeb();
  ftp = await startFtp();
});
afterEach(async () => {
  for (const one of started.splice(0)) await one.stop();
});
afterAll(async () => {
  await ftp.stop();
  await site.close();
});

const fieldsFor = (server: StartedFtp, over: Record<string, string> = {}) => ({
  label: "Box",
  host: server.host,
  port: String(server.port),
  security: "plain",
  accept_plain: "yes",
  username: server.username,
  password: server.password,
  share_path: "/share",
  inbox_path: "/inbox",
  ...over,
});
const post = async (link: string, fields: Record<string, string>) => {
  const response = await fetch(link, { method: "POST", body: new URLSearchParams(fields) });
  return { status: response.status, text: await response.text() };
};
const get = async (link: string, headers: Record<string, string> = {}) => {
  const response = await fetch(link, { headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
};
const labels = async (caller: Awaited<ReturnType<typeof site.link>>["caller"]) =>
  (await site.api.list(caller, {})).servers.map((server) => server.label);

describe("the page", () => {
  test("has no script, nothing from elsewhere, and may be neither stored nor framed nor leaked by a referrer", async () => {
    const { link } = await site.link("Anna");
    const { status, headers, text } = await get(link);
    expect(status).toBe(200);
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none';style-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'",
    );
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("strict-transport-security")).toBeNull();
    expect(text).not.toMatch(/<script|style=|https?:/);
    expect(text).toContain("15 more minutes");
  });

  test("speaks the person's language", async () => {
    const { link } = await site.link("Zoé", { language: "fr" });
    const { text } = await get(link);
    expect(text).toContain('<html lang="fr">');
    expect(text).toContain("Connecter votre serveur");
    expect((await post(link, {})).text).toContain("Ce champ est nécessaire.");
  });

  test("unknown, used and expired links look the same; looking at one does not use it up", async () => {
    const used = await site.link("Used");
    await get(used.link);
    expect((await post(used.link, fieldsFor(ftp))).status).toBe(200);
    const expired = await site.link("Late");
    site.clock.pass(16 * 60_000);
    const links = [used.link, expired.link, `${site.url}/enrol/unknown`];
    const pages = [
      ...(await Promise.all(links.map((link) => get(link)))),
      ...(await Promise.all(links.map((link) => post(link, {})))),
    ];
    for (const page of pages) expect(page).toMatchObject({ status: 404, text: pages[0]?.text });
    expect(pages[0]?.text).toContain("This link no longer works");
  });

  test("the other pages: home, style, nothing", async () => {
    expect(await get(`${site.url}/`)).toMatchObject({ status: 200 });
    expect((await get(`${site.url}/`, { "accept-language": "de, fr-CA;q=0.9" })).text).toContain("Tapez-y /servers");
    const style = await get(`${site.url}/style.css`);
    expect(style.headers.get("content-type")).toContain("text/css");
    expect((await get(`${site.url}/enrol`)).status).toBe(404);
    expect((await get(`${site.url}/..%2f..%2fetc/passwd`)).text).toContain("There is nothing here");
  });

  test("a body that is too large or of another kind is refused in words", async () => {
    const { link } = await site.link("Big");
    expect((await post(link, { label: "x".repeat(20_000) })).status).toBe(413);
    const json = await fetch(link, { method: "POST", body: "{", headers: { "content-type": "application/json" } });
    expect(json.status).toBe(400);
    expect(await json.text()).toContain("<main>");
  });

  test("one link may ask for twenty tests in five minutes", async () => {
    const { link } = await site.link("Busy");
    const statuses = [];
    for (let n = 0; n < 21; n++) statuses.push((await post(link, { n: String(n) })).status);
    expect(statuses).toEqual([...Array(20).fill(422), 429]);
  });
});

describe("posting", () => {
  test("stores at once what works", async () => {
    const { link, caller } = await site.link("Ben");
    const { status, text } = await post(link, fieldsFor(ftp));
    expect(status).toBe(200);
    expect(text).toContain("Box is saved");
    expect(text).toContain("Allows transfers from server to server");
    expect(await labels(caller)).toEqual(["Box"]);
  });

  test("tells each mistake beside its field, keeps what was typed but passwords, and escapes it", async () => {
    const { link, caller } = await site.link("Carla");
    const { status, text } = await post(link, {
      label: `"><img src=x>`,
      host: "ftp://<b>",
      port: "22",
      security: "plain",
      username: "anna",
      password: "planted-secret",
      write_password: "planted-secret-2",
      share_path: "../..",
      budget_gb: "much",
    });
    expect(status).toBe(422);
    const marked = [...text.matchAll(/id="(\w+)-mistake"/g)].map((match) => match[1]);
    expect(marked).toEqual(["host", "port", "accept_plain", "share_path", "write_username", "budget_gb"]);
    expect(text).toContain('aria-describedby="host-mistake host-hint" aria-invalid="true"');
    expect(text).not.toContain("planted-secret");
    expect(text).not.toMatch(/<img|<b>/);
    expect(text).toContain('value="anna"');
    expect(await labels(caller)).toEqual([]);
  });

  test("a refused login is never stored, not even knowingly, and the link stays", async () => {
    const { link, caller } = await site.link("Dora");
    const { status, text } = await post(link, fieldsFor(ftp, { password: "wrong", save_anyway: "yes" }));
    expect(status).toBe(422);
    expect(text).toContain('id="password-mistake">The server does not accept this user name and password.');
    expect(text).not.toContain("save_anyway");
    expect(await labels(caller)).toEqual([]);
    expect((await post(link, fieldsFor(ftp))).status).toBe(200);
  });

  test("what the server says is never shown", async () => {
    const chatty = await start({
      override: ({ verb }) => (verb === "PASS" ? "530 planted-reply-text of 10.1.2.3" : undefined),
    });
    const { link } = await site.link("Emil");
    const { text } = await post(link, fieldsFor(chatty));
    expect(text).not.toMatch(/planted-reply|10\.1\.2\.3/);
  });

  test("an address that is not allowed is never stored", async () => {
    const { link, caller } = await site.link("Finn");
    for (const host of ["10.0.0.1", "::ffff:10.0.0.1", "169.254.169.254"]) {
      const { text } = await post(link, fieldsFor(ftp, { host, save_anyway: "yes" }));
      expect(text).toContain("FonShare does not connect to this address");
    }
    expect(await labels(caller)).toEqual([]);
  });

  test("a server that is away, or refuses FXP, is stored only knowingly", async () => {
    const strict = await start({ allowForeign: false });
    const { link, caller } = await site.link("Gina");
    const asked = await post(link, fieldsFor(strict));
    expect(asked.status).toBe(422);
    expect(asked.text).toContain("Refuses transfers from server to server");
    expect(asked.text).toContain("Save it anyway");
    expect(await labels(caller)).toEqual([]);
    expect((await post(link, fieldsFor(strict, { save_anyway: "yes" }))).text).toContain("It was saved as it is");
    const away = await site.link("Gina");
    await strict.stop();
    started.length = 0;
    const second = fieldsFor(strict, { label: "Away" });
    expect((await post(away.link, second)).text).toContain("cannot be reached");
    expect((await post(away.link, { ...second, save_anyway: "yes" })).status).toBe(200);
    expect((await site.api.list(caller, {})).servers).toMatchObject([
      { label: "Box", state: "online" },
      { label: "Away", state: "offline", problem: "server.offline" },
    ]);
  });

  test("missing folders are told beside their fields", async () => {
    const { link } = await site.link("Hugo");
    expect((await post(link, fieldsFor(ftp, { share_path: "/no" }))).text).toContain('id="share_path-mistake"');
    expect((await post(link, fieldsFor(ftp, { inbox_path: "/no" }))).text).toContain('id="inbox_path-mistake"');
  });

  test("two posts of one form in the same moment store one server and both hear so", async () => {
    const { link, caller } = await site.link("Ida");
    const twice = await Promise.all([post(link, fieldsFor(ftp)), post(link, fieldsFor(ftp))]);
    expect(twice.map((one) => one.status)).toEqual([200, 200]);
    expect(await labels(caller)).toEqual(["Box"]);
  });

  test("two different forms with one link in the same moment store one server", async () => {
    const { link, caller } = await site.link("Jan");
    const both = await Promise.all([post(link, fieldsFor(ftp)), post(link, fieldsFor(ftp, { label: "Other" }))]);
    expect(both.map((one) => one.status).sort()).toEqual([200, 404]);
    expect(await labels(caller)).toHaveLength(1);
  });
});

describe("certificates", () => {
  const makeTls = async () => {
    const { private: key, cert } = await generate([{ name: "commonName", value: "box.example" }], { keySize: 2048 });
    return { key, cert, mode: "explicit" as const };
  };

  test("one that no authority knows is shown, accepted by its fingerprint, and pinned", async () => {
    const secure = await start({ tls: await makeTls() });
    const { link, caller } = await site.link("Kim");
    const fields = fieldsFor(secure, { security: "tls" });
    const { text } = await post(link, fields);
    const fingerprint = /name="accept_fingerprint" value="([0-9a-f]{64})"/.exec(text)?.[1] ?? "";
    expect(text).toContain(fingerprint.toUpperCase().match(/../g)?.join(":"));
    const refused = [{}, { save_anyway: "yes" }, { accept_fingerprint: "yes" }, { accept_fingerprint: "0".repeat(64) }];
    for (const over of refused) expect((await post(link, { ...fields, ...over })).status).toBe(422);
    const stored = await post(link, { ...fields, accept_fingerprint: fingerprint });
    expect(stored.text).toContain("with the certificate that you accepted");
    const other = await start({ tls: await makeTls() });
    const row = await site.servers.findOwn(caller.person.id);
    const settings = settingsFor(other, { security: "tls", fingerprint });
    expect(await site.servers.enrolments.try(settings)).toMatchObject({
      kind: "failed",
      problem: { code: "server.certificate-changed" },
    });
    expect(row.state).toBe("online");
  });

  test("an accepted one stays accepted while another field is put right", async () => {
    const secure = await start({ tls: await makeTls() });
    const { link } = await site.link("Lea");
    const fields = fieldsFor(secure, { security: "tls" });
    const fingerprint = /value="([0-9a-f]{64})"/.exec((await post(link, fields)).text)?.[1] ?? "";
    const { text } = await post(link, { ...fields, accept_fingerprint: fingerprint, share_path: "/no" });
    expect(text).toContain(`<input type="hidden" name="accept_fingerprint" value="${fingerprint}">`);
  });
});

describe("settings of a server", () => {
  test("are filled in without any password, and an empty password keeps the stored one", async () => {
    const first = await site.link("Mia");
    await enrolServer(site, first.caller, settingsFor(ftp));
    const { link, caller } = await site.link("Mia", { server: "box" });
    const { text } = await get(link);
    expect(text).toContain("Settings of Box");
    expect(text).toContain(`value="${ftp.port}"`);
    expect(text).not.toContain(ftp.password);
    const moved = await post(link, fieldsFor(ftp, { label: "Cellar", password: "", host: "127.0.0.2" }));
    expect(moved.text).toContain("A stored one is only kept for the same host");
    expect((await post(link, fieldsFor(ftp, { label: "Cellar", password: "" }))).status).toBe(200);
    expect(await labels(caller)).toEqual(["Cellar"]);
  });
});
