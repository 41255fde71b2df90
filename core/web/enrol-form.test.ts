// What the enrolment form accepts, field by field.
import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Values } from "./enrol-form.ts";
import { emptyValues, readSettings, readValues, valuesOf } from "./enrol-form.ts";

const good: Values = {
  ...emptyValues,
  label: "Box",
  host: "ftp.example.org",
  username: "anna",
  password: " spaces stay ",
  share_path: "/media//share/",
};
const settingsOf = (over: Partial<Values>) => {
  const read = readSettings({ ...good, ...over });
  if ("mistakes" in read) throw new Error(JSON.stringify(read.mistakes));
  return read.settings;
};
const mistakesOf = (over: Partial<Values>) => {
  const read = readSettings({ ...good, ...over });
  return "mistakes" in read ? read.mistakes : {};
};

/** As browsers, and C's inet_aton, read numbers of all kinds. */
function looksLikeAddress(host: string): boolean {
  const url = URL.parse(`http://${host}/`);
  return url !== null && isIP(url.hostname) !== 0 && url.hostname !== host;
}

describe("enrolment form", () => {
  test("becomes settings", () => {
    const settings = settingsOf({ inbox_path: "inbox", budget_gb: "2,5", write_username: "w", write_password: "p" });
    expect(settings).toMatchObject({
      label: "Box",
      host: "ftp.example.org",
      port: 21,
      security: "tls",
      sharePath: "/media/share",
      inboxPath: "inbox",
      budgetBytes: 2_500_000_000,
    });
    expect(settings.password.reveal()).toBe(" spaces stay ");
    expect(settings.writer?.username.reveal()).toBe("w");
    expect(settingsOf({})).not.toHaveProperty("writer");
    expect(settingsOf({ security: "implicit" }).port).toBe(990);
    expect(settingsOf({ host: "[::1]" }).host).toBe("::1");
    expect(settingsOf({ host: "bücher.example." }).host).toBe("xn--bcher-kva.example");
    expect(settingsOf({ accept_fingerprint: "a".repeat(64) }).fingerprint).toBe("a".repeat(64));
    expect(settingsOf({ accept_fingerprint: "yes" })).not.toHaveProperty("fingerprint");
  });

  test.each<[Partial<Values>, object]>([
    [{ label: "" }, { label: "required" }],
    [{ label: "x".repeat(65) }, { label: "label-invalid" }],
    [{ label: "a\u202eb" }, { label: "label-invalid" }],
    [{ host: "" }, { host: "required" }],
    [{ host: "ftp://nas" }, { host: "host-invalid" }],
    [{ host: "nas/share" }, { host: "host-invalid" }],
    [{ host: "nas:21" }, { host: "host-invalid" }],
    [{ host: "2130706433" }, { host: "host-invalid" }],
    [{ host: "0x7f.1" }, { host: "host-invalid" }],
    [{ host: "127.1" }, { host: "host-invalid" }],
    [{ host: "１２７.1" }, { host: "host-invalid" }],
    [{ host: "bücher.example/x" }, { host: "host-invalid" }],
    [{ host: "a..b" }, { host: "host-invalid" }],
    [{ port: "ftp" }, { port: "port-invalid" }],
    [{ port: "65536" }, { port: "port-invalid" }],
    [{ port: "0" }, { port: "port-invalid" }],
    [{ port: "22" }, { port: "port-refused" }],
    [{ port: "5432" }, { port: "port-refused" }],
    [{ security: "ssl" }, { security: "required" }],
    [{ username: "" }, { username: "required" }],
    [{ username: "anna\r\nDELE x" }, { username: "text-invalid" }],
    [{ password: "a\r\nb" }, { password: "text-invalid" }],
    [{ write_password: "p" }, { write_username: "login-incomplete" }],
    [{ share_path: "" }, { share_path: "required" }],
    [{ share_path: "/a/../b" }, { share_path: "path-invalid" }],
    [{ inbox_path: "/a\nb" }, { inbox_path: "path-invalid" }],
    [{ budget_gb: "-1" }, { budget_gb: "budget-invalid" }],
    [{ budget_gb: "many" }, { budget_gb: "budget-invalid" }],
    [{ data_address: "nas" }, { data_address: "address-invalid" }],
    [{ security: "plain" }, { accept_plain: "accept-plain" }],
    [{ security: "plain", accept_plain: "yes" }, {}],
    [{ password: "" }, {}],
  ])("%j", (over, mistakes) => {
    expect(mistakesOf(over)).toEqual(mistakes);
  });

  test.each([
    ...["0177.0.0.1", "017700000001", "0x7f000001", "0X7F.0.0.1", "127.0x1", "1.2.3.4.5", "256.0.0.1", "1e9", "08"],
    ...[
      "127。0。0。1",
      "127．0．0．1",
      "１２７.0.0.1",
      "①②⑦.0.0.1",
      "٠.٠.٠.٠",
      "0x７f.1",
      "２１３０７０６４３３",
      "127.0.0.1\u200b",
    ],
    ...["%31%32%37.0.0.1", "127%2e0.0.1", "a%00.example.org", "anna@127.0.0.1", "127.0.0.1:21", "//127.0.0.1", "a\\b"],
    ...[
      "fe80::1%eth0%25",
      "[::1",
      "::1]",
      "[[::1]]",
      "::ffff:127.1",
      "1::2::3",
      "a b",
      "-a.example",
      ".example",
      "a.-",
    ],
    ...[
      "..",
      ".",
      "localhost..",
      `${"a".repeat(64)}.example`,
      `${"a.".repeat(127)}example`,
      "💩",
      "xn--",
      "a\u0000b",
      "\r",
    ],
  ])("a host like %j is refused by the form already, or is no number in disguise", (host) => {
    const read = readSettings({ ...good, host });
    if ("mistakes" in read) return expect(Object.keys(read.mistakes)).toEqual(["host"]);
    expect(looksLikeAddress(read.settings.host)).toBe(false);
  });

  test("a host that is taken is an IP address as people write it, or a name that no resolver takes for a number", () => {
    const part = fc.oneof(
      fc.nat(300).map(String),
      fc.constantFrom("0x7f", "0177", "１２７", "①", "a", "xn--a", "", "٣"),
    );
    const dot = fc.constantFrom(".", "。", "．", "｡", ":", "%2e");
    const joined = fc.tuple(fc.array(part, { minLength: 1, maxLength: 5 }), dot).map(([parts, by]) => parts.join(by));
    const any = fc.oneof(joined, fc.domain(), fc.ipV4Extended(), fc.ipV6(), fc.string({ unit: "grapheme" }));
    fc.assert(
      fc.property(any, (typed) => {
        const read = readSettings({ ...good, host: typed });
        if ("mistakes" in read) return;
        const { host } = read.settings;
        if (isIP(host) === 0) expect([host, looksLikeAddress(host)]).toEqual([host, false]);
        expect(host).toMatch(/^[!-~]{1,253}$/);
      }),
      { numRuns: 2000 },
    );
  });

  test("whatever is posted is read as text, and never throws", () => {
    expect(readValues(undefined)).toEqual({ ...emptyValues, share_path: "", security: "" });
    expect(readValues({ host: ["a", "b"], label: { $ne: 1 }, port: 21 })).toMatchObject({
      host: "",
      label: "",
      port: "",
    });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(emptyValues)), fc.anything()), (body) => {
        readSettings(readValues(body));
      }),
    );
  });

  test("stored settings fill the form and come back the same, without a password", () => {
    const stored = {
      label: "B",
      host: "h.example",
      port: 2121,
      security: "plain",
      username: "u",
      sharePath: "/s",
      inboxPath: "/i",
      budgetBytes: 5e9,
      dataAddress: "203.0.113.7",
    } as const;
    const values = valuesOf(stored);
    expect(values.password + values.write_password).toBe("");
    const { username, password: _, ...rest } = settingsOf(values);
    expect({ ...rest, username: username.reveal() }).toEqual(stored);
  });
});
