import { BlockList, isIP } from "node:net";
import fc from "fast-check";
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
  // ISATAP of denied addresses, on any network and inside 6to4; Teredo of any
  "2606:4700::5efe:7f00:1",
  "2606:4700::200:5efe:10.0.0.1",
  "2002:808:808::5efe:192.168.1.1",
  "2001:0:4136:e378:8000:63bf:3fff:fdd2",
  // set apart by IANA
  "2001:20::1",
  "3fff::1",
  "5f00::1",
  // not the usual spelling of an address at all
  "0177.0.0.1",
  "127.1",
  "2130706433",
  "017700000001",
  "0x7f000001",
  "0x7f.0.0.1",
  "127.0x0.0.1",
  "127.0.0.1.",
  "127.0.0.01",
  "[::1]",
  "::1.",
  "0::0::1",
  "%31%32%37.0.0.1",
  "127。0。0。1",
  "１２７.0.0.1",
  "①②⑦.⓪.⓪.①",
  " 127.0.0.1",
  "127.0.0.1\n",
  "127.0.0.1\0.example.org",
  "127.0.0.1/8",
  "127.0.0.1:21",
  "localhost",
  "localhost.",
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
  "2606:4700::5efe:808:808",
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
    for (const port of [
      0,
      -1,
      20,
      22,
      25,
      80,
      443,
      989,
      1023,
      3306,
      5432,
      6379,
      27017,
      2525,
      4190,
      10025,
      65536,
      21.5,
      Number.NaN,
    ])
      expect([port, checkPort(port)]).toEqual([port, false]);
  });
});

describe("resolving", () => {
  test("keeps the allowed addresses of a name, once each, in one spelling", async () => {
    const found = ["127.0.0.1", "8.8.8.8", "::ffff:8.8.8.8", "2606:4700:4700::1111"];
    expect(await resolveAllowed("a.example", strict, async () => found)).toEqual(["8.8.8.8", "2606:4700:4700::1111"]);
  });

  test("a name of denied addresses looks like one without any, and like one that the resolver fails on", async () => {
    const resolvers = [
      async () => ["127.0.0.1", "::1", "fe80::1%eth0", "127.1", ""],
      async () => [],
      () => Promise.reject(new Error("ENOTFOUND")),
    ];
    for (const resolve of resolvers) {
      const resolving = resolveAllowed("rebind.example", strict, resolve);
      await expect(resolving).rejects.toMatchObject({ code: "server.address-unresolvable", params: {} });
    }
  });

  test("a literal is not resolved, only checked", async () => {
    const never = () => Promise.reject(new Error("asked"));
    expect(await resolveAllowed("8.8.4.4", strict, never)).toEqual(["8.8.4.4"]);
    await expect(resolveAllowed("10.0.0.9", strict, never)).rejects.toMatchObject({ code: "server.address-refused" });
  });
});

/** The same decision a second time, from IANA's registries and with Node's own list of networks. */
const iana = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const network of [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"],
  ...["192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"],
])
  iana.ipv4.addSubnet(network.split("/")[0] ?? "", Number(network.split("/")[1]), "ipv4");
for (const network of [
  ...["::/3", "4000::/2", "8000::/1", "2001::/23", "2001:db8::/32", "3fff::/20"],
  // 64:ff9b::/96 and 2002::/16 lead to IPv4 addresses: those of the denied ones.
  ...["2002:7f00::/24", "2002:a00::/24", "2002:c0a8::/32", "2002:a9fe::/32", "2002:ac10::/28", "2002:0000::/24"],
])
  iana.ipv6.addSubnet(network.split("/")[0] ?? "", Number(network.split("/")[1]), "ipv6");

function isReallyDenied(address: string): boolean {
  if (isIP(address) === 4) return iana.ipv4.check(address, "ipv4");
  return !/^64:ff9b::[0-9a-f]/i.test(address) && iana.ipv6.check(address, "ipv6");
}

/** Addresses of all kinds, in spellings of all kinds, and rubbish. */
const byte = fc.integer({ min: 0, max: 255 });
const denied4 = fc.constantFrom([127, 0, 0, 1], [10, 9, 8, 7], [169, 254, 169, 254], [192, 168, 0, 1], [0, 0, 0, 0]);
const numbers: fc.Arbitrary<readonly number[]> = fc.oneof(denied4, fc.tuple(byte, byte, byte, byte));
const hex = (parts: readonly number[]) => parts.map((part) => part.toString(16).padStart(2, "0")).join("");
const spelling = fc.tuple(numbers, fc.integer({ min: 0, max: 11 })).map(([parts, how]) => {
  const dotted = parts.join(".");
  const groups = `${hex(parts.slice(0, 2))}:${hex(parts.slice(2))}`;
  const whole = parts.reduce((sum, part) => sum * 256 + part, 0);
  const spellings = [dotted, String(whole), `0x${hex(parts)}`, parts.map((part) => `0${part.toString(8)}`).join(".")];
  spellings.push(`::ffff:${dotted}`, `::FFFF:${groups}`, `::${dotted}`, `64:ff9b::${groups}`, `2002:${groups}::1`);
  spellings.push(`2606:4700::5efe:${groups}`, `${dotted}.`, `fe80::${groups}%eth0`);
  return spellings[how] ?? dotted;
});
const anything = fc.oneof(
  { weight: 3, arbitrary: spelling },
  fc.ipV4(),
  fc.ipV4Extended(),
  fc.ipV6(),
  fc.domain(),
  fc.string({ unit: "grapheme" }),
);

test("whatever is typed and whatever the resolver says: refused, or only addresses that are allowed", async () => {
  await fc.assert(
    fc.asyncProperty(anything, fc.array(anything, { maxLength: 5 }), async (host, answers) => {
      const found = await resolveAllowed(host, strict, async () => answers).catch((error: { code?: string }) => {
        expect(error.code).toMatch(/^server\.address-(refused|unresolvable)$/);
        return [];
      });
      for (const address of found) {
        expect([address, isIP(address) !== 0, isReallyDenied(address)]).toEqual([address, true, false]);
        const embedded = /^(?:64:ff9b::|2606:4700::5efe:)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address)?.slice(1);
        const inner = embedded?.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]);
        if (inner) expect([address, isReallyDenied(inner.join("."))]).toEqual([address, false]);
      }
    }),
    { numRuns: 3000 },
  );
});
