// Parameters of one call, whichever way they came: query, form, JSON or multipart. Like the real API it takes numbers as
// strings and nested values as JSON text.
import { badRequest } from "./refusal.ts";
import type { Document, Json } from "./state.ts";

export interface Params {
  text(name: string): string | undefined;
  int(name: string): number | undefined;
  flag(name: string): boolean;
  json(name: string): unknown;
  upload(name: string): Document | undefined;
  /** For the log of requests; files as their names. */
  all: Json;
}

export async function readParams(url: URL, contentType: string, body: Buffer): Promise<Params> {
  const all: Json = Object.fromEntries(url.searchParams);
  const uploads = new Map<string, Document>();
  if (contentType.startsWith("application/json")) Object.assign(all, readJson(body));
  else if (body.length > 0) await readForm(contentType, body, all, uploads);
  return createParams(all, uploads);
}

function readJson(body: Buffer): Json {
  try {
    const value: unknown = JSON.parse(body.toString("utf8") || "{}");
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return value as Json;
  } catch {}
  throw badRequest("can't parse JSON object");
}

async function readForm(contentType: string, body: Buffer, all: Json, uploads: Map<string, Document>) {
  const form = await new Response(new Uint8Array(body), { headers: { "content-type": contentType } })
    .formData()
    .catch(() => {
      throw badRequest("can't parse the request body");
    });
  for (const [name, value] of form) {
    if (typeof value === "string") all[name] = value;
    else {
      all[name] = value.name;
      uploads.set(name, { name: value.name, content: Buffer.from(await value.arrayBuffer()) });
    }
  }
}

export function createParams(all: Json, uploads = new Map<string, Document>()): Params {
  const text = (name: string) => {
    const value = all[name];
    if (value === undefined || value === null) return undefined;
    return typeof value === "object" ? JSON.stringify(value) : String(value);
  };
  return {
    all,
    text,
    int: (name) => readInt(text(name)),
    flag: (name) => ["true", "yes", "1"].includes(text(name)?.toLowerCase() ?? ""),
    json: (name) => (typeof all[name] === "string" ? parseNested(name, all[name]) : (all[name] ?? undefined)),
    upload: (name) => uploads.get(name),
  };
}

function readInt(value: string | undefined): number | undefined {
  return value && /^-?\d+$/.test(value) ? Number(value) : undefined;
}

function parseNested(name: string, text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest(`can't parse ${name} JSON object`);
  }
}
