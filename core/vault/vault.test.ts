// The vault against tampering, moved rows and rotation; the key file and its mistakes.
import { randomBytes } from "node:crypto";
import { chmod, lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Secret } from "../platform/secret.ts";
import { addKeyToFile, dropOldKeys, loadKeyFile, rereadKeyFile } from "./key-file.ts";
import { createMasterKey } from "./master-key.ts";
import { createVault } from "./vault.ts";

const newKey = () => createMasterKey(randomBytes(32));
const place = "server:7 password 3";

describe("vault", () => {
  test("opens what it sealed, and shows nothing of it in the row", () => {
    const vault = createVault({ masterKeys: [newKey()] });
    const row = vault.seal(place, new Secret("pässword ✓"));
    expect(vault.unseal(place, row).reveal()).toBe("pässword ✓");
    expect(Buffer.concat([row.sealed, row.wrappedKey]).includes("pässword")).toBe(false);
    expect(vault.unseal(place, vault.seal(place, new Secret(""))).reveal()).toBe("");
  });

  test("each secret has a data key of its own", () => {
    const vault = createVault({ masterKeys: [newKey()] });
    const [one, two] = [vault.seal(place, new Secret("same")), vault.seal(place, new Secret("same"))];
    expect(one.sealed.equals(two.sealed)).toBe(false);
    expect(() => vault.unseal(place, { ...one, wrappedKey: two.wrappedKey })).toThrow();
  });

  test("a row moved to another server, field or version does not open", () => {
    const vault = createVault({ masterKeys: [newKey()] });
    const row = vault.seal(place, new Secret("x"));
    expect(() => vault.unseal("server:8 password 3", row)).toThrow();
    expect(() => vault.reseal("server:8 password 3", row)).toThrow();
  });

  test("one changed bit anywhere is refused", () => {
    const vault = createVault({ masterKeys: [newKey()] });
    const row = vault.seal(place, new Secret("x"));
    for (const field of ["sealed", "wrappedKey"] as const) {
      for (let at = 0; at < row[field].length; at++) {
        const bent = Buffer.from(row[field]);
        bent[at] = (bent[at] ?? 0) ^ 1;
        expect(() => vault.unseal(place, { ...row, [field]: bent })).toThrow();
      }
    }
  });

  test("a shortened tag is refused", () => {
    const vault = createVault({ masterKeys: [newKey()] });
    const row = vault.seal(place, new Secret(""));
    expect(() => vault.unseal(place, { ...row, sealed: row.sealed.subarray(0, 20) })).toThrow();
  });

  test("rotation: new rows under the new key, old ones readable, resealed ones need the new key only", () => {
    const [old, next] = [newKey(), newKey()];
    let keys = [old];
    const vault = createVault({ masterKeys: keys, reload: () => keys });
    const row = vault.seal(place, new Secret("x"));
    keys = [next, old];
    expect(vault.unseal(place, row).reveal()).toBe("x");
    const resealed = vault.reseal(place, row);
    expect([resealed.keyId, vault.keyId()]).toEqual([next.id, next.id]);
    // The data key is a fresh one too: who knew the old master key knows nothing of the new row.
    expect(resealed.sealed.equals(row.sealed)).toBe(false);
    expect(vault.seal(place, new Secret("y")).keyId).toBe(next.id);
    const later = createVault({ masterKeys: [next] });
    expect(later.unseal(place, resealed).reveal()).toBe("x");
    expect(() => later.unseal(place, row)).toThrow(old.id);
    keys = [next];
    expect(vault.unseal(place, row).reveal()).toBe("x");
  });

  test("a rotation elsewhere is noticed by a row of its key, and before anything is sealed", () => {
    const [old, next] = [newKey(), newKey()];
    let keys = [old];
    let reloads = 0;
    const vault = createVault({
      masterKeys: keys,
      reload: () => {
        reloads += 1;
        return keys;
      },
    });
    const before = vault.seal(place, new Secret("x"));
    keys = [next];
    const row = createVault({ masterKeys: keys }).seal(place, new Secret("z"));
    const reloadsBefore = reloads;
    expect(vault.unseal(place, before).reveal()).toBe("x");
    expect(reloads).toBe(reloadsBefore);
    expect(vault.unseal(place, row).reveal()).toBe("z");
    expect(vault.knows(next.id)).toBe(true);
    expect(vault.knows("0".repeat(16))).toBe(false);
    keys = [newKey()];
    expect(vault.seal(place, new Secret("w")).keyId).toBe(keys[0]?.id);
  });
});

describe("key file", () => {
  let folder = "";
  const file = () => join(folder, "deep", "master.key");
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "fonshare-key-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("is made once, readable by its owner only; two starts at once share it", async () => {
    const [one, two] = await Promise.all([loadKeyFile(file()), loadKeyFile(file())]);
    expect(one[0]?.id).toBe(two[0]?.id);
    expect((await loadKeyFile(file()))[0]?.id).toBe(one[0]?.id);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, "deep"))).toEqual(["master.key"]);
    expect(Buffer.from(await readFile(file(), "utf8"), "base64")).toHaveLength(32);
  });

  test("a second key goes in front, the first stays", async () => {
    const [old] = await loadKeyFile(file());
    const keys = await addKeyToFile(file());
    expect(keys.map((key) => key.id)).toEqual([expect.not.stringMatching(old?.id ?? ""), old?.id]);
    expect((await loadKeyFile(file())).map((key) => key.id)).toEqual(keys.map((key) => key.id));
    expect((await stat(file())).mode & 0o777).toBe(0o600);
  });

  test("the old key goes when it is not needed; drafts of killed processes go, other files stay", async () => {
    await loadKeyFile(file());
    const stray = `${file()}.0b1fdd27-5a1c-4f0e-9d58-1f0a7a9f3f11`;
    await writeFile(stray, "half a k");
    await writeFile(`${file()}.backup`, "mine");
    const [next, old] = await addKeyToFile(file());
    expect((await readdir(join(folder, "deep"))).sort()).toEqual(["master.key", "master.key.backup"]);
    const left = await dropOldKeys(file());
    expect(left.map((key) => key.id)).toEqual([next?.id]);
    expect(rereadKeyFile(file()).map((key) => key.id)).toEqual([next?.id]);
    expect(old?.id).not.toBe(next?.id);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
  });

  test("a link to the file stays a link, and a file that is not there is not made by a rotation", async () => {
    await expect(addKeyToFile(file())).rejects.toThrow("cannot be read: ENOENT");
    await loadKeyFile(file());
    await chmod(file(), 0o644);
    const named = join(folder, "linked.key");
    await symlink(file(), named);
    expect(await addKeyToFile(named)).toHaveLength(2);
    expect((await lstat(named)).isSymbolicLink()).toBe(true);
    expect(rereadKeyFile(file())).toHaveLength(2);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    await rm(file());
    expect(() => rereadKeyFile(file())).toThrow("cannot be read: ENOENT");
  });

  test.each([
    ["empty", "\n", "is empty"],
    ["short", randomBytes(31).toString("base64"), "32 bytes in base64"],
    ["long", randomBytes(33).toString("base64"), "32 bytes in base64"],
    ["not base64", "correct horse battery staple", "32 bytes in base64"],
  ])("%s: one clear sentence without the content", async (_name, content, sentence) => {
    const path = join(folder, "bad.key");
    await writeFile(path, content);
    const error = await loadKeyFile(path).catch((e: unknown) => e as Error);
    expect(error).toMatchObject({ name: "KeyFileError", message: expect.stringContaining(sentence) });
    if (content.trim()) expect((error as Error).message).not.toContain(content);
  });

  test("a folder in its place is told as unreadable", async () => {
    await expect(loadKeyFile(folder)).rejects.toThrow("cannot be read: EISDIR");
  });
});
