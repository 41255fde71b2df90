// Blocks of two copies at real daemons, asked for one behind the other: what differs is told, and the sessions are in order.
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Daemon } from "../../test/daemons/index.ts";
import { daemonKinds, installDaemons, startDaemon } from "../../test/daemons/index.ts";
import { createBench, login } from "../ftp/fixtures.ts";
import { expectModifiedAt, isIdle } from "../ftp/index.ts";
import { systemClock } from "../platform/clock.ts";
import { compareEnds } from "./compare.ts";

const { available } = await installDaemons();
const bench = createBench();
const kinds = daemonKinds.filter((kind) => available.includes(kind));
const sizeBytes = 1_500_000;
const content = randomBytes(sizeBytes);
const flipped = (at: number) => Buffer.from(content).fill((content[at] ?? 0) ^ 1, at, at + 1);
const copies = {
  same: content,
  "another first byte": flipped(0),
  "another last byte": flipped(sizeBytes - 1),
  "a hole": Buffer.from(content).fill(0, 400_000, 1_100_000),
  shorter: content.subarray(0, -1),
  longer: Buffer.concat([content, Buffer.from("x")]),
};
type Copy = keyof typeof copies;
const deep = `/${["a", "b", "c"].map((letter) => letter.repeat(240)).join("/")}`;
const idle = new AbortController().signal;

describe.each(
  kinds.flatMap((kind) => [
    { kind, tls: false },
    { kind, tls: true },
  ]),
)("$kind, TLS $tls", ({ kind, tls }) => {
  let daemon: Daemon;

  beforeAll(async () => {
    daemon = await startDaemon(kind, { tls });
    for (const [name, bytes] of Object.entries(copies)) await writeFile(join(daemon.root, name), bytes);
    await mkdir(join(daemon.root, deep, ".."), { recursive: true });
    await writeFile(join(daemon.root, deep), content);
    await daemon.own();
  });
  afterAll(async () => {
    await bench.clear();
    await daemon.stop();
  });

  const open = () => bench.connect(login(daemon, tls ? "tls" : "plain"), "fxp");

  test.each(Object.keys(copies) as Copy[])("%s", async (copy) => {
    const [source, destination] = [await open(), await open()];
    const ends = { source, sourcePath: "/same", destination, destinationPath: `/${copy}` };
    // As who verifies a file does.
    expectModifiedAt(source, "/same");
    const compared = compareEnds({ ...ends, sizeBytes, seed: 7, signal: idle, clock: systemClock });
    if (copy === "same") expect(await compared).toBe("blocks");
    else await expect(compared).rejects.toMatchObject({ code: "fxp.content-differs" });
    expect(await source.modifiedAt("/same")).toBeInstanceOf(Date);
    expect([source.closed, destination.closed, isIdle(source), isIdle(destination)]).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect(await destination.size(`/${copy}`)).toBe(copies[copy].length);
  });

  test("a copy at a server without REST is read whole, and so is its source then", async () => {
    const [source, without] = [await open(), await bench.start({ features: { without: ["REST"] } })];
    await writeFile(join(without.root, "copy"), content);
    const destination = await bench.connect(without.target, "fxp");
    expectModifiedAt(source, "/same");
    const ends = { source, sourcePath: "/same", destination, destinationPath: "/copy", sizeBytes, seed: 7 };
    expect(await compareEnds({ ...ends, signal: idle, clock: systemClock })).toBe("blocks");
    expect(await source.modifiedAt("/same")).toBeInstanceOf(Date);
  });

  test("a path may be as long as paths are", async () => {
    const [source, destination] = [await open(), await open()];
    const ends = { source, sourcePath: deep, destination, destinationPath: deep, sizeBytes, seed: 7 };
    for (let times = 0; times < 2; times += 1) {
      expectModifiedAt(source, deep);
      expect(await compareEnds({ ...ends, signal: idle, clock: systemClock })).toBe("blocks");
      expect(await source.modifiedAt(deep)).toBeInstanceOf(Date);
    }
  });
});
