// A name that leads somewhere else the second time (DNS rebinding): each connect asks once, and goes where it was allowed.
import { afterAll, afterEach, expect, test } from "vitest";
import { createBench } from "../../core/ftp/fixtures.ts";
import { note, writeReport } from "./report.ts";

const bench = createBench();
afterEach(() => bench.clear());
afterAll(() => writeReport("resolver"));

test.each(["10.0.0.1", "169.254.169.254", "192.168.1.1", "::ffff:10.0.0.1", "fd00::1"])(
  "the second time it is %s",
  async (elsewhere) => {
    const id = `resolver: the second time ${elsewhere}`;
    note({ id, where: "resolver" });
    const { target, server } = await bench.start();
    const named = { ...target, host: "box.example.org" };
    const answers = [[target.host], [elsewhere]];
    let asked = 0;
    const resolve = async () => answers[Math.min(asked++, 1)] ?? [];
    const session = await bench.connect(named, "files", { resolve });
    expect([session.peerAddress, asked]).toEqual(["127.0.0.1", 1]);
    // What the open session does, its listings included, asks nobody again.
    await session.list("/");
    expect(asked).toBe(1);
    const again = bench.connect(named, "files", { resolve });
    await expect(again).rejects.toMatchObject({
      code: expect.stringMatching(/^server\.address-(refused|unresolvable)$/),
    });
    expect(server.commands.filter((verb) => verb === "USER")).toHaveLength(1);
    note({ id, passed: true });
  },
);
