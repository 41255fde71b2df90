// How long the answer "nobody is there" takes, and how often one may ask: no way to search other people's networks.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase } from "../../test/database.ts";
import type { Connector } from "../ftp/index.ts";
import { callerNamed, createMovableClock, privateRoom } from "../people/fixtures.ts";
import { createPeople } from "../people/index.ts";
import { FonError } from "../platform/errors.ts";
import { Secret } from "../platform/secret.ts";
import { createServersFixture, enrolServer, settingsFor, startFtp } from "./fixtures.ts";
import { createSteadyConnector } from "./steady.ts";

describe("a server that is not there", () => {
  const targetOf = (host: string) => ({
    ...{ host, port: 21, security: "plain" as const },
    ...{ username: new Secret("anna"), password: new Secret("secret") },
  });

  /** When `connect` gave its answer, for a failure that took `failsAfterMs`. */
  async function answeredAt(host: string, code: "server.offline" | "server.login-refused", failsAfterMs: number) {
    let nowMs = 1000;
    const wait = async (ms: number) => {
      nowMs += ms;
    };
    const clock = { now: () => new Date(nowMs), monotonicMs: () => nowMs, wait };
    const connector: Connector = {
      async connect() {
        nowMs += failsAfterMs;
        throw new FonError(code);
      },
    };
    const steady = createSteadyConnector({ connector, clock, allowNetworks: ["192.168.0.0/16"] });
    await expect(steady.connect(targetOf(host), { use: "files" })).rejects.toMatchObject({ code });
    return nowMs - 1000;
  }

  test("answers after one and the same time, whatever was wrong with it", async () => {
    for (const host of ["192.168.1.7", "nas.example", "::1", "fd00::1"]) {
      const all = [1, 3000, 15_000, 20_500].map((ms) => answeredAt(host, "server.offline", ms));
      expect(new Set(await Promise.all(all))).toEqual(new Set([21_000]));
    }
  });

  test("is waited for no longer when it is there, or on the internet", async () => {
    expect(await answeredAt("192.168.1.7", "server.login-refused", 5)).toBe(5);
    expect(await answeredAt("8.8.8.8", "server.offline", 5)).toBe(5);
  });
});

describe("one person's questions", () => {
  const clock = createMovableClock();
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let ftp: Awaited<ReturnType<typeof startFtp>>;
  let fixture: ReturnType<typeof createServersFixture>;
  beforeAll(async () => {
    database = await createTestDatabase();
    ftp = await startFtp();
    fixture = createServersFixture(database.db, clock);
  });
  afterAll(async () => {
    fixture.servers.close();
    await ftp.stop();
    await database.close();
  });
  const tooMany = { code: "request.too-many" };

  test("links to the enrolment page: twenty in ten minutes", async () => {
    const people = createPeople({ db: database.db, clock });
    const anna = await callerNamed(people, "Anna", privateRoom());
    for (let n = 0; n < 20; n++) await fixture.api.enrol(anna, {});
    await expect(fixture.api.enrol(anna, {})).rejects.toMatchObject(tooMany);
    await fixture.api.enrol(await callerNamed(people, "Ben", privateRoom()), {});
    clock.pass(10 * 60_000 + 1);
    await fixture.api.enrol(anna, {});
  });

  test("check and resume, which connect: thirty together in ten minutes; what fails before does not count", async () => {
    const people = createPeople({ db: database.db, clock });
    const carla = await callerNamed(people, "Carla", privateRoom());
    await expect(fixture.api.check(carla, {})).rejects.toMatchObject({ code: "server.none" });
    await enrolServer(fixture, carla, settingsFor(ftp));
    for (let n = 0; n < 30; n++) await fixture.api.resume(carla, {});
    const before = ftp.server.commands.length;
    await expect(fixture.api.check(carla, {})).rejects.toMatchObject(tooMany);
    await expect(fixture.api.resume(carla, {})).rejects.toMatchObject(tooMany);
    expect(ftp.server.commands.length).toBe(before);
    clock.pass(10 * 60_000 + 1);
    expect((await fixture.api.resume(carla, {})).server.label).toBe("Box");
  });
});
