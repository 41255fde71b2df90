import { describe, expect, test } from "vitest";
import { checkAddress, checkPort, isUnroutable, resolveAllowed } from "./address-policy.ts";

const strict = { allowNetworks: [] };

const denied = [
  "127.0.0.1",
  "127.255.255.254",
  "10.0.0.1",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "100.64.0.1",
  "100.127.255.255",
  "169.254.169.254",
  "224.0.0.1",
  "255.255.255.255",
  "0.0.0.0",
  "0.1.2.3",
  "192.0.0.1",
  "192.0.0.170",
  "198.18.0.1",
  "198.19.255.255",
  "240.0.0.1",
  "::",
  "::1",
  "fe80::1",
  "fe80::1%lo",
  "2606:4700::1%eth0",
  "fc00::1",
  "fd12:3456:789a::1",
  "fec0::1",
  "ff02::1",
  "100::1",
  "2001:db8::1",
  "2001:0:53aa:64c:0:0:0:1",
  // IPv4-mapped and IPv4-compatible, in every spelling
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "::FFFF:7F00:0001",
  "0:0:0:0:0:ffff:127.0.0.1",
  "0000:0000:0000:0000:0000:ffff:7f00:0001",
  "::ffff:10.1.2.3",
  "::ffff:a9fe:a9fe",
  "::127.0.0.1",
  "::ffff:0:7f00:1",
  // NAT64 and 6to4 of denied addresses, and the local NAT64 prefix
  "64:ff9b::127.0.0.1",
  "64:ff9b::7f00:1",
  "64:ff9b::a00:1",
  "64:ff9b:1::808:808",
  "2002:7f00:1::",
  "2002:a00:1::1",
  "2002:c0a8:101::1",
  "2002:a9fe:a9fe::",
  // not the usual spelling of an address at all
  "0177.0.0.1",
  "127.1",
  "2130706433",
  "0x7f.0.0.1",
  "127.0.0.1.",
  " 127.0.0.1",
  "localhost",
  "",
];

const allowed = [
  "8.8.8.8",
  "172.15.255.255",
  "172.32.0.1",
  "100.63.255.255",
  "100.128.0.1",
  "198.17.255.255",
  "198.20.0.1",
  "2606:4700:4700::1111",
  "::ffff:8.8.8.8",
  "64:ff9b::8.8.8.8",
  "2002:808:808::1",
];

describe("address policy", () => {
  test.each(denied)("%j is denied", (address) => {
    expect(checkAddress(address, strict)).toBe(false);
  });

  test.each(allowed)("%s is allowed", (address) => {
    expect(checkAddress(address, strict)).toBe(true);
    expect(isUnroutable(address)).toBe(false);
  });

  test("named networks are allowed, in every spelling, and only they", () => {
    const policy = { allowNetworks: ["127.0.0.0/8", "192.168.7.9", "::1/128", "fd00::/8"] };
    for (const address of [
      "127.0.0.1",
      "127.9.9.9",
      "::ffff:127.0.0.1",
      "::ffff:7f00:1",
      "192.168.7.9",
      "::1",
      "fd00::5",
    ])
      expect([address, checkAddress(address, policy)]).toEqual([address, true]);
    for (const address of ["10.0.0.1", "192.168.7.8", "fe80::1", "2002:7f00:1::", "64:ff9b::7f00:1", "0177.0.0.1"])
      expect([address, checkAddress(address, policy)]).toEqual([address, false]);
  });

  test("ports", () => {
    for (const port of [21, 990, 1024, 2121, 8021, 40000, 65535]) expect([port, checkPort(port)]).toEqual([port, true]);
    for (const port of [0, -1, 20, 22, 25, 80, 443, 989, 1023, 3306, 5432, 6379, 27017, 2525, 65536, 21.5, Number.NaN])
      expect([port, checkPort(port)]).toEqual([port, false]);
  });
});

describe("resolving", () => {
  test("keeps the allowed addresses of a name, once each, in one spelling", async () => {
    const found = ["127.0.0.1", "8.8.8.8", "::ffff:8.8.8.8", "2606:4700:4700::1111"];
    expect(await resolveAllowed("a.example", strict, async () => found)).toEqual(["8.8.8.8", "2606:4700:4700::1111"]);
  });

  test("a name that leads only to denied addresses is refused", async () => {
    const resolving = resolveAllowed("rebind.example", strict, async () => ["127.0.0.1", "::1"]);
    await expect(resolving).rejects.toMatchObject({ code: "server.address-refused" });
  });

  test("a name without addresses is unresolvable, as is a failing resolver", async () => {
    const none = resolveAllowed("none.example", strict, async () => []);
    await expect(none).rejects.toMatchObject({ code: "server.address-unresolvable" });
    const failing = resolveAllowed("none.example", strict, () => Promise.reject(new Error("ENOTFOUND")));
    await expect(failing).rejects.toMatchObject({ code: "server.address-unresolvable" });
  });

  test("a literal is not resolved, only checked", async () => {
    const never = () => Promise.reject(new Error("asked"));
    expect(await resolveAllowed("8.8.4.4", strict, never)).toEqual(["8.8.4.4"]);
    await expect(resolveAllowed("10.0.0.9", strict, never)).rejects.toMatchObject({ code: "server.address-refused" });
  });
});
