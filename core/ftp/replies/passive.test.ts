import { describe, expect, test } from "vitest";
import { eprtArgument, parseEpsv, parsePasv, passiveAddress, portArgument } from "./passive.ts";

describe("PASV", () => {
  test.each([
    ["227 Entering Passive Mode (127,0,0,5,164,16).", { address: "127.0.0.5", port: 42000 }],
    ["227 Entering Passive Mode 10,0,0,1,4,0", { address: "10.0.0.1", port: 1024 }],
    ["227 =8,8,8,8,255,255", { address: "8.8.8.8", port: 65535 }],
  ])("%s", (text, endpoint) => {
    expect(parsePasv(text)).toEqual(endpoint);
  });

  test.each([
    "227 Entering Passive Mode (256,0,0,5,164,16)",
    "227 Entering Passive Mode (127,0,0,5,256,16)",
    "227 Entering Passive Mode (127,0,0,5,0,21)",
    "227 Entering Passive Mode (127,0,0,5,3,255)",
    "227 Entering Passive Mode (127,0,0,5,21,56)", // 5432
    "227 Entering Passive Mode (-1,0,0,5,164,16)",
    "227 Entering Passive Mode (127,0,0,5,164)",
    "227 Entering Passive Mode (127,0,0,5,164,16,1)",
    "227 Entering Passive Mode (1.127,0,0,5,164,16)",
    "227 Entering Passive Mode (0x7f,0,0,5,164,16)",
    "227 Entering Passive Mode (127, 0, 0, 5, 164, 16)",
    "227 Entering Passive Mode",
  ])("%s is refused", (text) => {
    expect(parsePasv(text)).toBeUndefined();
  });
});

describe("EPSV", () => {
  test.each([
    ["229 Entering Extended Passive Mode (|||42000|)", 42000],
    ["229 Entering Extended Passive Mode (!!!6446!)", 6446],
  ])("%s", (text, port) => {
    expect(parseEpsv(text)).toBe(port);
  });

  test.each([
    "229 Entering Extended Passive Mode (|||21|)",
    "229 Entering Extended Passive Mode (|||1023|)",
    "229 Entering Extended Passive Mode (|||65536|)",
    "229 Entering Extended Passive Mode (|||99999|)",
    "229 Entering Extended Passive Mode (||42000|)",
    "229 Entering Extended Passive Mode (|1|10.0.0.1|42000|)",
    "229 Entering Extended Passive Mode (111420001)",
    "229 Entering Extended Passive Mode (|||-42000|)",
    "229 ok",
  ])("%s is refused", (text) => {
    expect(parseEpsv(text)).toBeUndefined();
  });
});

describe("whose address", () => {
  test.each([
    ["8.8.8.8", "8.8.8.8", undefined, "8.8.8.8"],
    ["1.1.1.1", "8.8.8.8", undefined, undefined],
    ["1.1.1.1", "8.8.8.8", "9.9.9.9", undefined],
    ["9.9.9.9", "8.8.8.8", "9.9.9.9", "9.9.9.9"],
    ["192.168.1.5", "8.8.8.8", undefined, "8.8.8.8"],
    ["192.168.1.5", "8.8.8.8", "9.9.9.9", "9.9.9.9"],
    ["0.0.0.0", "8.8.8.8", undefined, "8.8.8.8"],
    ["127.0.0.1", "8.8.8.8", undefined, "8.8.8.8"],
    [undefined, "8.8.8.8", undefined, "8.8.8.8"],
    [undefined, "8.8.8.8", "9.9.9.9", "9.9.9.9"],
  ])("told %s by %s with %s registered: %s", (told, peer, registered, used) => {
    expect(passiveAddress(told, peer, registered)).toBe(used);
  });

  test("PORT and EPRT", () => {
    expect(portArgument({ address: "127.0.0.5", port: 42001 })).toBe("127,0,0,5,164,17");
    expect(eprtArgument({ address: "127.0.0.5", port: 42001 })).toBe("|1|127.0.0.5|42001|");
    expect(eprtArgument({ address: "2606:4700::1", port: 1024 })).toBe("|2|2606:4700::1|1024|");
  });
});
