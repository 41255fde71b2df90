// What an owner typed into the enrolment page: read, checked field by field, turned into settings. Pure; nothing is tried here.
import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import { nameSchema } from "#contract";
import { checkPort } from "../ftp/index.ts";
import { Secret } from "../platform/secret.ts";
import type { Settings, SettingsForm } from "../servers/index.ts";

export const textFields = [
  "label",
  "host",
  "port",
  "username",
  "password",
  "write_username",
  "write_password",
  "share_path",
  "inbox_path",
  "budget_gb",
  "data_address",
] as const;
export type TextField = (typeof textFields)[number];
export type Field = TextField | "security" | "accept_plain" | "accept_fingerprint" | "save_anyway";
export type Values = Record<Field, string>;

/** What is wrong with a field; the page has one sentence for each. */
export type Mistake =
  | "required"
  | "label-invalid"
  | "label-taken"
  | "host-invalid"
  | "port-invalid"
  | "port-refused"
  | "text-invalid"
  | "password-needed"
  | "login-incomplete"
  | "path-invalid"
  | "folder-missing"
  | "budget-invalid"
  | "address-invalid"
  | "accept-plain"
  | "problem";
export type Mistakes = Partial<Record<Field, Mistake>>;

const bytesPerGb = 1e9;

export const emptyValues: Values = {
  label: "",
  host: "",
  port: "",
  security: "tls",
  username: "",
  password: "",
  write_username: "",
  write_password: "",
  share_path: "/",
  inbox_path: "",
  budget_gb: "",
  data_address: "",
  accept_plain: "",
  accept_fingerprint: "",
  save_anyway: "",
};

export function valuesOf(form: SettingsForm): Values {
  return {
    ...emptyValues,
    label: form.label,
    host: form.host,
    port: String(form.port),
    security: form.security,
    username: form.username,
    write_username: form.writeUsername ?? "",
    share_path: form.sharePath,
    inbox_path: form.inboxPath ?? "",
    budget_gb: form.budgetBytes === undefined ? "" : String(form.budgetBytes / bytesPerGb),
    data_address: form.dataAddress ?? "",
    accept_plain: form.security === "plain" ? "yes" : "",
  };
}

/** Every field as one string, whatever was posted. Passwords keep their spaces, other fields lose those at the ends. */
export function readValues(body: unknown): Values {
  const posted = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const read = (field: string) => {
    const value = posted[field];
    const text = typeof value === "string" ? value.slice(0, 2000) : "";
    return field.endsWith("password") ? text : text.trim();
  };
  return Object.fromEntries(Object.keys(emptyValues).map((field) => [field, read(field)])) as Values;
}

/** The settings, or what is wrong with which field. Empty passwords are left to whoever knows the stored ones. */
export function readSettings(values: Values): { settings: Settings } | { mistakes: Mistakes } {
  const mistakes = findMistakes(values);
  if (Object.keys(mistakes).length > 0) return { mistakes };
  const writer = { username: new Secret(values.write_username), password: new Secret(values.write_password) };
  const budget = parseBudget(values.budget_gb);
  const fingerprint = /^[0-9a-f]{64}$/.test(values.accept_fingerprint) ? values.accept_fingerprint : undefined;
  const settings: Settings = {
    label: values.label,
    host: cleanHost(values.host),
    port: parsePort(values) ?? 0,
    security: values.security as Settings["security"],
    username: new Secret(values.username),
    password: new Secret(values.password),
    sharePath: cleanPath(values.share_path),
    ...(values.write_username ? { writer } : {}),
    ...(values.inbox_path ? { inboxPath: cleanPath(values.inbox_path) } : {}),
    ...(budget === undefined ? {} : { budgetBytes: budget }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(values.data_address ? { dataAddress: values.data_address } : {}),
  };
  return { settings };
}

function findMistakes(values: Values): Mistakes {
  const port = parsePort(values);
  const found: [Field, Mistake | false][] = [
    ["label", required(values.label) || (!nameSchema.safeParse(values.label).success && "label-invalid")],
    ["host", required(values.host) || (!isHost(cleanHost(values.host)) && "host-invalid")],
    ["port", port === undefined ? "port-invalid" : !checkPort(port) && "port-refused"],
    ["security", !["tls", "implicit", "plain"].includes(values.security) && "required"],
    ["username", required(values.username) || (isHostile(values.username) && "text-invalid")],
    ["password", isHostile(values.password) && "text-invalid"],
    ["write_username", writerMistake(values)],
    ["write_password", isHostile(values.write_password) && "text-invalid"],
    ["share_path", required(values.share_path) || (!isPath(values.share_path) && "path-invalid")],
    ["inbox_path", values.inbox_path !== "" && !isPath(values.inbox_path) && "path-invalid"],
    ["budget_gb", Number.isNaN(parseBudget(values.budget_gb)) && "budget-invalid"],
    ["data_address", values.data_address !== "" && isIP(values.data_address) === 0 && "address-invalid"],
    ["accept_plain", values.security === "plain" && values.accept_plain !== "yes" && "accept-plain"],
  ];
  return Object.fromEntries(found.filter(([, mistake]) => mistake));
}

const required = (text: string) => text === "" && ("required" as const);
/** No FTP command can carry it. */
const isHostile = (text: string) => /\p{Cc}/u.test(text) || text.length > 500;
const isPath = (text: string) => !isHostile(text) && !text.split("/").includes("..");

function writerMistake(values: Values): Mistake | false {
  if (isHostile(values.write_username)) return "text-invalid";
  return values.write_username === "" && values.write_password !== "" && "login-incomplete";
}

/** An IPv6 address may come in brackets, a name in any script. */
function cleanHost(typed: string): string {
  const bare = typed.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
  // The conversion parses as a URL does: it must see neither a slash nor a number that it would call an address.
  if (!/^[\p{L}\p{M}\p{N}._-]*[^\p{ASCII}][\p{L}\p{M}\p{N}._-]*$/u.test(bare)) return bare;
  const ascii = domainToASCII(bare);
  return isIP(ascii) ? bare : ascii;
}

function isHost(host: string): boolean {
  if (isIP(host)) return true;
  const isName = /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/i.test(host) && !host.includes("..");
  // The resolver would take 2130706433 or 0x7f.1 for an address; people write four numbers.
  const isShort = host.length <= 253 && host.split(".").every((label) => label.length <= 63);
  return isName && isShort && !/^(0x[0-9a-f]*|[0-9.]+)$/i.test(host.split(".").at(-1) ?? "");
}

function parsePort(values: Values): number | undefined {
  if (values.port === "") return values.security === "implicit" ? 990 : 21;
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : 0;
  return port > 0 && port < 65_536 ? port : undefined;
}

/** NaN when it is no amount. */
function parseBudget(text: string): number | undefined {
  if (text === "") return undefined;
  const gb = /^\d{1,7}([.,]\d{1,3})?$/.test(text) ? Number(text.replace(",", ".")) : Number.NaN;
  return Math.round(gb * bytesPerGb);
}

/** One slash between parts, none at the end. */
function cleanPath(typed: string): string {
  const joined = typed.replace(/\/{2,}/g, "/");
  return joined.length > 1 ? joined.replace(/\/$/, "") : joined;
}
