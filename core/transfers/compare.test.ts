// Comparing two copies, with real sessions of two scripted servers.
import { createHash, randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { FtpFeatures, FtpServerOptions } from "../../demo/ftp-server/types.ts";
import type { ScriptedEnd } from "../ftp/fixtures.ts";
import { createBench, on } from "../ftp/fixtures.ts";
import type { Session } from "../ftp/index.ts";
import type { Clock } from "../platform/clock.ts";
import { systemClock } from "../platform/clock.ts";
import type { ComparedEnds } from "./compare.ts";
import { compareEnds, drawSeed, fingerprintOf, placesOf, seedOf } from "./compare.ts";

const bench = createBench();
afterEach(() => bench.clear());

const { signal } = new AbortController();
const hashed: FtpFeatures = { hash: ["HASH"] };
const KiB = 1024;
const MiB = 1024 * KiB;

interface Two {
  one: ScriptedEnd;
  other: ScriptedEnd;
  source: Session;
  destination: Session;
}

async function two(one: Partial<FtpServerOptions> = {}, other: Partial<FtpServerOptions> = {}): Promise<Two> {
  const ends = { one: await bench.start(one), other: await bench.start(other) };
  return { ...ends, source: await bench.connect(ends.one.target), destination: await bench.connect(ends.other.target) };
}

/** The same on both; `spoil` changes the other one's. */
async function fill({ one, other }: Two, bytes: Buffer, spoil?: (copy: Buffer) => Buffer): Promise<void> {
  await writeFile(join(one.root, "a"), bytes);
  await writeFile(join(other.root, "a"), spoil ? spoil(Buffer.from(bytes)) : bytes);
}

function compare({ source, destination }: Two, sizeBytes: number, changes: Partial<ComparedEnds> = {}) {
  const paths = { sourcePath: "/a", destinationPath: "/a" };
  return compareEnds({ source, destination, ...paths, sizeBytes, seed: 7, signal, clock: systemClock, ...changes });
}

const flip = (at: number) => (copy: Buffer) => {
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};
const count = (end: ScriptedEnd, verb: string) => end.server.commands.filter((one) => one === verb).length;

describe("the places that are looked at", () => {
  test("of a small file all of it and what might come after, of an empty one none", () => {
    expect(placesOf(0, 1)).toEqual([]);
    expect(placesOf(1, 1)).toEqual([{ offsetBytes: 0, lengthBytes: 2 }]);
    expect(placesOf(256 * KiB, 1)).toEqual([{ offsetBytes: 0, lengthBytes: 256 * KiB + 1 }]);
  });

  test.each([
    [256 * KiB + 1, 8],
    [3 * MiB, 8],
    [16 * MiB, 10],
    [1024 * MiB, 22],
    [64 * 1024 * MiB, 32],
    [9_000 * 1024 * MiB, 32],
  ])("of %i bytes both ends and places between them, %i in all", (sizeBytes, blocks) => {
    const places = placesOf(sizeBytes, 42);
    expect(places).toHaveLength(blocks);
    expect(places[0]).toEqual({ offsetBytes: sizeBytes - 64 * KiB, lengthBytes: 64 * KiB + 1 });
    expect(places[1]).toEqual({ offsetBytes: 0, lengthBytes: 64 * KiB });
    const inner = places.slice(2);
    for (const { offsetBytes, lengthBytes } of inner) {
      expect(offsetBytes).toBeGreaterThanOrEqual(64 * KiB);
      expect(offsetBytes + lengthBytes).toBeLessThanOrEqual(sizeBytes - 64 * KiB);
    }
    // One in each stretch: no long piece of the file is left out.
    const starts = inner.map(({ offsetBytes }) => offsetBytes);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(placesOf(sizeBytes, 42)).toEqual(places);
    expect(placesOf(sizeBytes, 43)).not.toEqual(places);
  });
});

describe("two copies", () => {
  test.each([
    [1, 1],
    [100 * KiB, 1],
    [256 * KiB, 1],
    [300 * KiB, 8],
  ])("of %i bytes are read in %i pieces at both ends", async (sizeBytes, pieces) => {
    const ends = await two();
    await fill(ends, randomBytes(sizeBytes));
    expect(await compare(ends, sizeBytes)).toBe("blocks");
    expect([count(ends.one, "RETR"), count(ends.other, "RETR")]).toEqual([pieces, pieces]);
  });

  test("that are empty are alike, without a word", async () => {
    const ends = await two();
    const before = ends.one.server.commands.length;
    expect(await compare(ends, 0)).toBe("blocks");
    expect(ends.one.server.commands).toHaveLength(before);
  });

  test.each<[string, number, (copy: Buffer) => Buffer]>([
    ["one bit of a small file", 200 * KiB, flip(123_456)],
    ["a longer copy", 200 * KiB, (copy) => Buffer.concat([copy, Buffer.from("x")])],
    ["a shorter copy", 200 * KiB, (copy) => copy.subarray(1)],
    ["a large file's last byte", MiB, flip(MiB - 1)],
    ["a large file's first byte", MiB, flip(0)],
    ["a large file that is longer", MiB, (copy) => Buffer.concat([copy, Buffer.from("x")])],
    ["an end of zeros", 9 * MiB, (copy) => copy.fill(0, 7 * MiB)],
    ["a hole of two stretches", 9 * MiB, (copy) => copy.fill(0, 3 * MiB, 6 * MiB)],
  ])("differ: %s", async (_, sizeBytes, spoil) => {
    const ends = await two();
    await fill(ends, randomBytes(sizeBytes), spoil);
    await expect(compare(ends, sizeBytes)).rejects.toMatchObject({ code: "fxp.content-differs" });
    for (const session of [ends.source, ends.destination]) expect(session.closed).toBe(false);
  });

  test("that are alike and not of the size that was asked for are not what was asked for", async () => {
    const ends = await two();
    for (const [size, asked] of [
      [101, 100],
      [99, 100],
      [MiB + 1, MiB],
      [MiB - 1, MiB],
    ] as const) {
      await fill(ends, randomBytes(size));
      await expect(compare(ends, asked)).rejects.toMatchObject({ code: "fxp.content-differs" });
    }
  });

  test("are compared by digests where both compute the same one: no byte is read", async () => {
    const ends = await two({ features: { hash: ["XSHA256", "XMD5"] } }, { features: { hash: ["HASH", "XMD5"] } });
    await fill(ends, randomBytes(2 * MiB));
    expect(await compare(ends, 2 * MiB)).toBe("hash");
    expect([count(ends.one, "XSHA256"), count(ends.other, "HASH"), count(ends.one, "RETR")]).toEqual([1, 1, 0]);
    await fill(ends, randomBytes(2 * MiB), flip(1_234_567));
    await expect(compare(ends, 2 * MiB)).rejects.toMatchObject({ code: "fxp.content-differs" });
  });

  test("are read after all when one does not tell its digest", async () => {
    const ends = await two({ features: hashed }, { features: hashed, override: on("HASH", "556 Too large.") });
    await fill(ends, randomBytes(MiB));
    expect(await compare(ends, MiB)).toBe("blocks");
    await fill(ends, randomBytes(MiB), flip(5));
    await expect(compare(ends, MiB)).rejects.toMatchObject({ code: "fxp.content-differs" });
  });

  test("are looked at again before they count as different", async () => {
    let asked = 0;
    const data = { afterBytes: 10, how: "end" } as const;
    const ends = await two({ override: ({ verb }) => (verb === "RETR" && ++asked === 3 ? { data } : undefined) });
    await fill(ends, randomBytes(MiB));
    expect(await compare(ends, MiB)).toBe("blocks");
    expect([count(ends.one, "RETR"), count(ends.other, "RETR")]).toEqual([9, 9]);
  });
});

describe("a server", () => {
  test("without REST is read from the beginning, up to a size; beyond it nothing is called alike", async () => {
    for (const features of [{ without: ["REST"] }, {}]) {
      const ends = await two({ features }, { features: { without: ["REST"] } });
      await fill(ends, randomBytes(3 * MiB));
      expect(await compare(ends, 3 * MiB)).toBe("blocks");
      await fill(ends, randomBytes(3 * MiB), flip(2_000_000));
      await expect(compare(ends, 3 * MiB)).rejects.toMatchObject({ code: "fxp.content-differs" });
      await fill(ends, randomBytes(5 * MiB));
      await expect(compare(ends, 5 * MiB)).rejects.toMatchObject({ code: "fxp.not-comparable" });
    }
    const ends = await two({ features: { ...hashed, without: ["REST"] } }, { features: hashed });
    await fill(ends, randomBytes(5 * MiB));
    expect(await compare(ends, 5 * MiB)).toBe("hash");
  });

  test("that fails is named", async () => {
    const ends = await two({}, { override: on("RETR", "550 No such file") });
    await fill(ends, randomBytes(10));
    await expect(compare(ends, 10)).rejects.toMatchObject({ side: "destination", trouble: { code: "file.gone" } });
  });

  test("that never tells its digest is not waited for for ever, by a limit that grows with the file", async () => {
    const ends = await two({ features: hashed, override: on("HASH", "") }, { features: hashed });
    await fill(ends, randomBytes(MiB));
    const asked: number[] = [];
    const wait: Clock["wait"] = async (ms) => void asked.push(ms);
    const comparing = compare(ends, MiB, { clock: { ...systemClock, wait } });
    await expect(comparing).rejects.toMatchObject({ trouble: { code: "fxp.stalled" } });
    expect(asked).toEqual([120_000 + 1024]);
  });

  test("that is silent is left when the caller has had enough", async () => {
    const abort = new AbortController();
    const before = () => abort.abort(new Error("enough"));
    const ends = await two({ override: on("RETR", { before, replies: () => "" }) });
    await fill(ends, randomBytes(10));
    await expect(compare(ends, 10, { signal: abort.signal })).rejects.toThrow("enough");
    expect(ends.source.closed).toBe(true);
  });
});

describe("with a second session of the destination", () => {
  const bytes = randomBytes(3 * MiB);

  test("both read there, each place once", async () => {
    const ends = await two();
    await fill(ends, bytes);
    const spare = await bench.connect(ends.other.target);
    const before = ends.other.server.connections();
    expect(await compare(ends, bytes.length, { spares: [spare] })).toBe("blocks");
    expect([count(ends.one, "RETR"), count(ends.other, "RETR")]).toEqual([8, 8]);
    // The last block of the file and the first one were asked for at the same time.
    expect(ends.other.server.commands.join(" ")).toMatch(/EPSV EPSV/);
    expect(ends.other.server.connections()).toBe(before);
  });

  test("what that one cannot read is left to the first one", async () => {
    const ends = await two();
    await fill(ends, bytes);
    const spare = await bench.connect(ends.other.target);
    spare.close();
    expect(await compare(ends, bytes.length, { spares: [spare] })).toBe("blocks");
    await fill(ends, bytes, flip(bytes.length - 1));
    await expect(compare(ends, bytes.length, { spares: [spare] })).rejects.toMatchObject({
      code: "fxp.content-differs",
    });
  });

  test("it is not asked for a file that is read in one piece", async () => {
    const ends = await two();
    await fill(ends, randomBytes(1000));
    const readBlock = async () => expect.unreachable();
    const spare = { ...(await bench.connect(ends.other.target)), readBlock };
    expect(await compare(ends, 1000, { spares: [spare] })).toBe("blocks");
  });
});

test("a fingerprint is the same for the same file on two servers, and another for another one", async () => {
  const ends = await two();
  for (const size of [0, 1000, 256 * KiB, MiB, 9 * MiB]) {
    await fill(ends, randomBytes(size));
    const of = (session: Session) => fingerprintOf({ session, path: "/a", sizeBytes: size, seed: 7, signal });
    const first = await of(ends.source);
    expect(first).toMatch(/^7:[0-9a-f]{64}$/);
    expect([size, await of(ends.destination)]).toEqual([size, first]);
    if (size === 0) continue;
    await writeFile(join(ends.other.root, "a"), flip(size - 1)(await readFile(join(ends.other.root, "a"))));
    expect([size, await of(ends.destination)]).not.toEqual([size, first]);
  }
});

test("of a file that nobody wants any more there is no fingerprint", async () => {
  const ends = await two();
  await fill(ends, randomBytes(MiB));
  const printed = { session: ends.source, path: "/a", sizeBytes: MiB, seed: 7, signal: AbortSignal.abort("enough") };
  await expect(fingerprintOf(printed)).rejects.toBe("enough");
});

test("a file that was made to fit the places of one seed does not fit those of another", async () => {
  const ends = await two();
  const [bytes, made] = [randomBytes(9 * MiB), randomBytes(9 * MiB)];
  for (const { offsetBytes, lengthBytes } of placesOf(bytes.length, 7))
    bytes.copy(made, offsetBytes, offsetBytes, offsetBytes + lengthBytes);
  await fill(ends, bytes, () => made);
  const of = (session: Session, seed: number) =>
    fingerprintOf({ session, path: "/a", sizeBytes: bytes.length, seed, signal });
  const known = await of(ends.source, 7);
  expect(await of(ends.destination, seedOf(known))).toBe(known);
  const drawn = drawSeed(() => 0.123_456_789);
  const unknown = await of(ends.source, drawn);
  expect(seedOf(unknown)).toBe(drawn);
  expect(await of(ends.destination, seedOf(unknown))).not.toBe(unknown);
});

describe("what was read whole through the core", () => {
  const bytes = randomBytes(2 * MiB);
  const passedSha256 = createHash("sha256").update(bytes).digest("hex");

  test("needs a digest of the destination only", async () => {
    const ends = await two({}, { features: hashed });
    await fill(ends, bytes);
    expect(await compare(ends, bytes.length, { passedSha256 })).toBe("hash");
    await fill(ends, bytes, flip(1_234_567));
    const differs = compare(ends, bytes.length, { passedSha256 });
    await expect(differs).rejects.toMatchObject({ code: "fxp.content-differs" });
    expect([count(ends.one, "RETR"), count(ends.other, "RETR")]).toEqual([0, 0]);
  });

  test("is compared by blocks when the destination computes none", async () => {
    const ends = await two({ features: hashed }, {});
    await fill(ends, bytes);
    expect(await compare(ends, bytes.length, { passedSha256 })).toBe("blocks");
  });
});
