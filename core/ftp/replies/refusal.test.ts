import { describe, expect, test } from "vitest";
import type { Phase } from "./refusal.ts";
import { isDenial, isProtectionRefusal, loginRefusalCode, refusalCode } from "./refusal.ts";
import { formatFtpTime, parseFtpTime } from "./time.ts";

const reply = (text: string) => ({ code: Number(text.slice(0, 3)), text });

describe("refusals", () => {
  test.each<[Phase, string, string]>([
    ["read", "550 Failed to open file.", "file.gone"],
    ["read", "550 nope: No such file or directory", "file.gone"],
    ["read", "550 secret.bin: Permission denied", "file.unreadable"],
    ["read", "550 Not enough privileges.", "file.unreadable"],
    ["read", "501 No such directory.", "file.gone"],
    ["write", "553 Could not create file.", "inbox.refused"],
    ["write", "550 x.bin: Permission denied", "inbox.refused"],
    ["write", "550 new.bin: Operation not permitted", "inbox.refused"],
    ["write", "451 Failure writing to local file.", "inbox.no-space"],
    ["write", "452 x: No space left on device", "inbox.no-space"],
    ["write", "552 Exceeded storage allocation.", "inbox.no-space"],
    ["read", "421 Timeout.", "server.busy"],
    ["write", "421 Timeout.", "server.busy"],
    ["other", "500 OOPS: vsf_sysutil_bind", "server.protocol"],
    ["other", "425 PASV: Address already in use", "server.protocol"],
  ])("%s: %s", (phase, text, code) => {
    expect(refusalCode(reply(text), phase)).toBe(code);
  });

  test.each([
    ["530 Login incorrect.", "server.login-refused"],
    ["530 Login authentication failed", "server.login-refused"],
    ["530 Authentication failed.", "server.login-refused"],
    ["530 Sorry, the maximum number of clients (2) from your host are already connected.", "server.busy"],
    ["421 There are too many connections from your internet address.", "server.busy"],
    ["421 Too many connections (2) from this IP", "server.busy"],
    ["421 2 users (the maximum) are already logged in, sorry", "server.busy"],
    ["530 Non-anonymous sessions must use encryption.", "server.tls-required"],
    ["550 SSL/TLS required on the control channel", "server.tls-required"],
    ["421 Please reconnect using TLS security mechanisms.", "server.tls-required"],
    ["421 Service not available.", "server.busy"],
  ])("login: %s", (text, code) => {
    expect(loginRefusalCode(reply(text))).toBe(code);
  });

  test.each([
    "522 Data connections must be encrypted.",
    "534 Unwilling to accept security parameters",
    "521 Data connection cannot be opened with this PROT setting.",
    "550 SSL/TLS required on the data channel.",
  ])("data protection: %s", (text) => {
    expect(isProtectionRefusal(reply(text))).toBe(true);
  });

  test("a missing file is no denial, and no matter of protection", () => {
    for (const text of ["550 Failed to open file.", "550 Can't open tls.txt: No such file or directory"]) {
      expect(isDenial(reply(text))).toBe(false);
      expect(isProtectionRefusal(reply(text))).toBe(false);
    }
  });
});

test("times", () => {
  const at = new Date("2024-02-29T23:59:58Z");
  expect(formatFtpTime(at)).toBe("20240229235958");
  expect(parseFtpTime("20240229235958")).toEqual(at);
  expect(parseFtpTime("20240229235958.123456")).toEqual(new Date("2024-02-29T23:59:58.123Z"));
  expect(parseFtpTime("20240229235960")).toEqual(new Date("2024-02-29T23:59:59Z"));
  for (const bad of [
    "",
    "20230229000000",
    "2024022923595",
    "19100",
    "20240229 235958",
    "20240229245958",
    "16010101000000",
  ])
    expect([bad, parseFtpTime(bad)]).toEqual([bad, undefined]);
});
