// What the enrolment form accepts, field by field.
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
