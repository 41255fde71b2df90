// Digests that servers compute: HASH (draft-bryan-ftpext-hash), XSHA512 … XCRC, MD5. What one says is a claim of that
// server about its own file; comparing two claims is for the caller.
import type { Reply } from "./control.ts";
import { sendBehind } from "./fxp/hurry.ts";
import type { Link } from "./open-session.ts";
import type { DigestAlgorithm, Features } from "./types.ts";

interface Form {
  verb: string;
  algorithm: DigestAlgorithm;
  /** How HASH calls it. */
  name?: string;
}

/**
 * In the order of choice for one algorithm. HASH takes the rest of its line as the name, as it stands; the X commands of
 * ProFTPD's mod_digest split theirs at spaces unless it is quoted, and know no way at all to quote a quote.
 */
const forms: readonly Form[] = [
  { verb: "HASH", algorithm: "sha512", name: "SHA-512" },
  { verb: "XSHA512", algorithm: "sha512" },
  { verb: "HASH", algorithm: "sha256", name: "SHA-256" },
  { verb: "XSHA256", algorithm: "sha256" },
  { verb: "XSHA1", algorithm: "sha1" },
  { verb: "XSHA", algorithm: "sha1" },
  { verb: "XMD5", algorithm: "md5" },
  { verb: "MD5", algorithm: "md5" },
  { verb: "XCRC", algorithm: "crc32" },
];

const strongestFirst: readonly DigestAlgorithm[] = ["sha512", "sha256", "sha1", "md5", "crc32"];
const hexDigits: Readonly<Record<DigestAlgorithm, number>> = { sha512: 128, sha256: 64, sha1: 40, md5: 32, crc32: 8 };

/**
 * The strongest that both can compute; undefined when there is none. FEAT names HASH, not always what it can: SHA-256 is
 * what all implementations have, so no other is expected of it.
 */
export function pickAlgorithm(
  one: Pick<Features, "hashes">,
  other: Pick<Features, "hashes">,
): DigestAlgorithm | undefined {
  const known = ({ hashes }: Pick<Features, "hashes">, algorithm: DigestAlgorithm) =>
    forms.some((form) => form.algorithm === algorithm && hashes.includes(form.verb) && form.name !== "SHA-512");
  return strongestFirst.find((algorithm) => known(one, algorithm) && known(other, algorithm));
}

export interface Digester {
  /** @param path from the root on. Lower case hex; undefined when the server cannot or will not */
  digest(path: string, algorithm: DigestAlgorithm): Promise<string | undefined>;
}

/** Remembers for one session what OPTS HASH was told and which commands turned out to be unknown. */
export function createDigester(link: Link): Digester {
  const { control, login } = link;
  const unknown = new Set<Form>();
  let chosen: string | undefined;

  /** No time limit: a server reads a terabyte for hours, and may say nothing all the while. */
  async function ask(verb: string, path?: string): Promise<Reply> {
    const exchange = control.begin(verb, path, { timeoutMs: 0 });
    sendBehind(link);
    const reply = await exchange.final;
    if (reply.code === 421) control.close();
    return reply;
  }

  async function choose(name: string): Promise<boolean> {
    if (chosen === name) return true;
    const reply = await control.ask(`OPTS HASH ${name}`);
    chosen = reply.code < 300 ? name : undefined;
    return chosen !== undefined;
  }

  async function askForm(form: Form, path: string): Promise<string | undefined> {
    if (form.name !== undefined && !(await choose(form.name))) return void unknown.add(form);
    const reply = await ask(form.verb, argumentOf(form, path));
    if ([500, 502, 504].includes(reply.code)) unknown.add(form);
    return parseDigest(form, reply);
  }

  return {
    async digest(path, algorithm) {
      for (const form of forms) {
        if (form.algorithm !== algorithm || !login.features.hashes.includes(form.verb) || unknown.has(form)) continue;
        const value = await askForm(form, path);
        // Another form is for a server that does not know this one, not for a file that it will not read.
        if (value !== undefined || !unknown.has(form) || control.isClosed()) return value;
      }
      return undefined;
    },
  };
}

function argumentOf({ verb }: Form, path: string): string {
  return verb === "HASH" || verb === "MD5" || path.includes('"') ? path : `"${path}"`;
}

/** The last line has it; ProFTPD sends `Computing…` lines before it while it reads. */
function parseDigest({ algorithm, name }: Form, reply: Reply): string | undefined {
  if (reply.code < 200 || reply.code > 299) return undefined;
  const line = reply.text.split("\n").at(-1) ?? "";
  const hex = `([0-9a-f]{${hexDigits[algorithm]}})`;
  // HASH: `213 SHA-256 0-5 2cf2… name`. It tells what it has hashed, and from where.
  const pattern = name === undefined ? `^2\\d\\d (?:.*\\s)?${hex}\\s*$` : `^213 ${name} 0-\\d+ ${hex}(?: |$)`;
  return new RegExp(pattern, "i").exec(line)?.[1]?.toLowerCase();
}
