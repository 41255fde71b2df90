// Several cores on one PostgreSQL: they share the work and do nothing twice; what a killed or sleeping one held is taken over,
// and the one that wakes up again harms nothing.
import { randomBytes } from "node:crypto";
import { describe, expect, onTestFinished, test } from "vitest";
import { CallError } from "#contract";
import type { CoreProcess } from "../../demo/core-process.ts";
import type { FtpServerOptions } from "../../demo/ftp-server/ftp-server.ts";
import type { Scene } from "./cores-scene.ts";
import { album, createScene, owner, reader } from "./cores-scene.ts";
import { until, whenEnded, writeTree } from "./installation.ts";

test.each([2, 4])(
  "%i cores share the work: each file is moved once, each event told once",
  { timeout: 180_000 },
  async (n) => {
    const scene = await createScene();
    onTestFinished(scene.end);
    const { addCore, setUp, pullAll, expectWhole, changesOf, told, indexed, cores, sql } = scene;
    const files = album(120);
    const first = await addCore();
    await Promise.all(Array.from({ length: n - 1 }, () => addCore()));
    await setUp(first, files);
    // More than the 16 that one core moves at a time.
    await sql`update server set slots_out = 32, slots_in = 32`;
    await noteOwners(sql);
    const ref = await pullAll(first, "all of it, once");
    expect(await whenEnded(() => first, "Rita", ref)).toMatchObject({ state: "done", filesDone: 120 });
    expect((await sql`select from owners`).length).toBeGreaterThan(1);
    expectWhole(files);
    expect(changesOf("STOR")).toHaveLength(120);
    expect(changesOf("RNTO")).toHaveLength(120);
    expect(changesOf("DELE")).toEqual([]);
    expect(await told("pull.finished")).toBe(1);
    const isRunning = (error: unknown) => error instanceof CallError && error.code === "scan.running";
    const ask = (core: CoreProcess) =>
      core.api.catalog.reindex(owner, { server: "source" }).catch((error: unknown) => {
        // Another one's wish is being met already.
        if (!isRunning(error)) throw error;
      });
    const askAll = () => Promise.all(cores.map(ask));
    // One reading at a time however many ask, and what is new is told once.
    writeTree(scene.source.root, { "Media/new/one.bin": randomBytes(10) });
    await askAll();
    await indexed(first, 121);
    await until(async () => ((await told("files.added")) > 0 ? true : undefined));
    await askAll();
    await until(async () => {
      const { scans } = await first.api.catalog.scans(owner, {});
      return scans.every((scan) => scan.state === "complete") ? true : undefined;
    });
    expect(await told("files.added")).toBe(1);
    expect(await told("share.indexed")).toBe(1);
    const lone = await sql`select from transfer where state <> 'done'`;
    expect(lone).toHaveLength(0);
  },
);

/** Into the table `owners`: whoever holds a lease, however short. */
async function noteOwners(sql: Scene["sql"]): Promise<void> {
  await sql.unsafe(`
    create table owners (owner text primary key);
    create function note_owner() returns trigger language plpgsql as
      $$ begin insert into owners values (new.owner) on conflict do nothing; return new; end $$;
    create trigger note_owner after update on transfer
      for each row when (new.owner is not null) execute function note_owner()`);
}

describe("a core that stops in the middle", () => {
  /** Each waits for the lease of the core that is gone; so they wait together. */
  const lease = { timeout: 180_000 };
  const files = { "Media/film.bin": randomBytes(6_000_000) };
  const moments = [
    ["before the first byte", "PORT"],
    ["while bytes move", "RETR"],
    ["between the two halves of the rename", "RNFR"],
  ] as const;

  /** Strikes the only core when `verb` was asked for, then starts a second one. */
  async function strikeAt(
    { addCore, setUp, pullAll }: Scene,
    verb: "PORT" | "RETR" | "RNFR",
    strike: (core: CoreProcess) => void,
  ): Promise<[CoreProcess, string]> {
    const struck = Promise.withResolvers<void>();
    let isArmed = false;
    const first = await addCore();
    const once: FtpServerOptions["override"] = ({ verb: asked }) => {
      if (!isArmed || asked !== verb) return undefined;
      isArmed = false;
      // What the server answers now goes to a core that does not hear it.
      return {
        before: () => {
          strike(first);
          struck.resolve();
        },
      };
    };
    await setUp(first, files, {
      source: { rateBytesPerS: 3_000_000, ...(verb === "RETR" ? { override: once } : {}) },
      inbox: verb === "RETR" ? {} : { override: once },
    });
    isArmed = true;
    const ref = await pullAll(first, "the film, please");
    await struck.promise;
    return [await addCore(), ref];
  }

  test.concurrent.for(moments)(
    "killed %s, another one brings it to its end",
    lease,
    async ([, verb], { onTestFinished }) => {
      const scene = await createScene();
      onTestFinished(scene.end);
      const { cores, expectWhole, changesOf, told } = scene;
      const [second, ref] = await strikeAt(scene, verb, (core) => process.kill(core.pid, "SIGKILL"));
      cores.shift();
      expect(await whenEnded(() => second, "Rita", ref)).toMatchObject({ state: "done" });
      expectWhole(files);
      expect(changesOf("RNTO")).toHaveLength(1);
      expect(await told("pull.finished")).toBe(1);
    },
  );

  test.concurrent.for(moments)(
    "put to sleep %s, it wakes up and harms nothing",
    lease,
    async ([, verb], { onTestFinished }) => {
      const scene = await createScene();
      onTestFinished(scene.end);
      const { cores, sql, expectWhole, indexed, arrived, told } = scene;
      const [second, ref] = await strikeAt(scene, verb, (core) => process.kill(core.pid, "SIGSTOP"));
      const [first] = cores;
      if (!first) throw new Error("no core");
      expect(await whenEnded(() => second, "Rita", ref)).toMatchObject({ state: "done" });
      expectWhole(files);
      const [row] = await sql`select token, state, source_id, bytes_done from transfer`;
      await second.stop();
      cores.pop();
      process.kill(first.pid, "SIGCONT");
      // When it has brought another file, it has also found out that the old one is not its own any more.
      writeTree(scene.source.root, { "Media/later.bin": Buffer.from("later") });
      await first.api.catalog.reindex(owner, { server: "source" });
      await indexed(first, 2);
      const { items } = await first.api.catalog.browse(reader, { where: "Media" });
      const later = items.find((item) => item.name === "later.bin")?.ref ?? "";
      const again = await first.api.transfers.pull(reader, { what: [later], requestId: "the later one" });
      expect(await whenEnded(() => first, "Rita", again.pull.ref)).toMatchObject({ state: "done" });
      await until(async () => ((await sql`select from leftover`).length === 0 ? true : undefined));
      expectWhole({ ...files, "Media/later.bin": Buffer.from("later") });
      // A part that it had begun anew is removed; nothing is before the file has its name.
      const named = scene.inbox.changes.findIndex((change) => change.startsWith("RNTO "));
      const removals = scene.inbox.changes.flatMap((change, index) => (change.startsWith("DELE ") ? [index] : []));
      expect(removals.filter((index) => index < named || verb !== "PORT")).toEqual([]);
      expect(arrived().filter((path) => path.includes(".part"))).toEqual([]);
      const [after] = await sql`select token, state, source_id, bytes_done from transfer order by id limit 1`;
      expect(after).toEqual(row);
      expect(await told("pull.finished")).toBe(2);
    },
  );
});
