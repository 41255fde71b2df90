// What people would use instead, on the same names: plocate on a list of paths, and a full text index of SQLite.
// Neither ranks by what was asked (FTS5 by bm25), corrects, or knows who may see what; FTS5 is given the list of servers.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { finished } from "node:stream/promises";
import { promisify } from "node:util";
import { wordsOf } from "../../../core/catalog/words.ts";
import { providePeer } from "../peers/index.ts";
import { makeServer } from "./catalog-maker.ts";
import type { CatalogSize } from "./load.ts";
import { filesOf } from "./load.ts";

const run = promisify(execFile);

export interface SearchPeer {
  name: string;
  ask(query: string): Promise<unknown>;
  close(): void;
}

/** Every path of the catalog, with its server. */
function* pathsOf(size: CatalogSize): Generator<{ server: number; path: string }> {
  for (let server = 1; server <= size.servers; server++) {
    for (const { path, files } of makeServer(server, filesOf(size, server))) {
      for (const { name } of files) yield { server, path: `${path}/${name}` };
    }
  }
}

/** Undefined where it cannot be had. */
export async function buildPlocate(size: CatalogSize, folder: string): Promise<SearchPeer | undefined> {
  const [plocate, updatedb] = [await providePeer("plocate"), await providePeer("updatedb.plocate")];
  const build = updatedb && join(dirname(updatedb), "plocate-build");
  if (!plocate || !build || !existsSync(build)) return undefined;
  const [list, database] = [join(folder, "paths.txt"), join(folder, "plocate.db")];
  const stream = createWriteStream(list);
  let text = "";
  for (const { server, path } of pathsOf(size)) {
    text += `/box${server}/${path}\n`;
    if (text.length < 1 << 18) continue;
    if (!stream.write(text)) await once(stream, "drain");
    text = "";
  }
  stream.end(text);
  await finished(stream);
  // The made paths are nowhere on this machine, so nobody is asked whether they may be seen.
  await run(build, ["--plaintext", "--require-visibility", "no", list, database]);
  return {
    name: "plocate -i -l 20",
    ask: (query) =>
      run(plocate, ["-d", database, "-i", "-l", "20", ...wordsOf(query)], { maxBuffer: 1 << 24 }).catch((error) => {
        // It ends with 1 when it finds nothing.
        if ((error as { code?: unknown }).code !== 1) throw error;
      }),
    close: () => {},
  };
}

const linesPerTransaction = 100_000;

export function buildFts(size: CatalogSize, folder: string, seen: readonly number[]): SearchPeer[] {
  const database = new DatabaseSync(join(folder, "fts.db"));
  database.exec("pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -200000");
  database.exec(
    `create virtual table names using fts5(path, server unindexed, tokenize = "unicode61 remove_diacritics 2")`,
  );
  const insert = database.prepare("insert into names (path, server) values (?, ?)");
  let count = 0;
  database.exec("begin");
  for (const { server, path } of pathsOf(size)) {
    insert.run(path, server);
    count += 1;
    if (count % linesPerTransaction === 0) database.exec("commit; begin");
  }
  database.exec("commit");
  const servers = seen.join(",");
  const select = `select path from names where names match ? and server in (${servers})`;
  const [ranked, any] = [database.prepare(`${select} order by rank limit 20`), database.prepare(`${select} limit 20`)];
  return [
    { name: "SQLite FTS5, ranked", ask: async (query) => ranked.all(matchOf(query)), close: () => database.close() },
    { name: "SQLite FTS5, unranked", ask: async (query) => any.all(matchOf(query)), close: () => {} },
  ];
}

/** All words, the last one perhaps unfinished. */
function matchOf(query: string): string {
  return `${wordsOf(query)
    .map((word) => `"${word}"`)
    .join(" ")}*`;
}
