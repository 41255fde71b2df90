// What an owner typed about a server, and how it becomes logins for the FTP layer and sealed fields for the database.
import type { FtpTarget } from "../ftp/index.ts";
import { Secret } from "../platform/secret.ts";

export interface Settings {
  label: string;
  host: string;
  port: number;
  security: "tls" | "implicit" | "plain";
  username: Secret;
  password: Secret;
  /** A second login that may write; reading then never uses a login that could. */
  writer?: { username: Secret; password: Secret };
  /** Real path of the folder below which shares lie. */
  sharePath: string;
  /** Real path of the only folder that is ever written to. */
  inboxPath?: string;
  budgetBytes?: number;
  /** SHA-256 (hex) of the certificate the owner accepted by hand. */
  fingerprint?: string;
  /** IP address for data connections, when the server tells a wrong one (NAT). */
  dataAddress?: string;
}

/** What is needed to reach a server: never leaves core/servers but as open sessions. */
export type Connection = Omit<Settings, "label" | "budgetBytes">;

/** @param login `write`: the second login, where there is one */
export function targetOf(connection: Connection, login: "read" | "write"): FtpTarget {
  const { writer, host, port, security, fingerprint, dataAddress } = connection;
  const { username, password } = login === "write" && writer ? writer : connection;
  return {
    host,
    port,
    security,
    username,
    password,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(dataAddress === undefined ? {} : { dataAddress }),
  };
}

export const sealedFields = [
  "host",
  "port",
  "username",
  "password",
  "writeUsername",
  "writePassword",
  "sharePath",
  "inboxPath",
  "fingerprint",
  "dataAddress",
] as const;
export type SealedField = (typeof sealedFields)[number];

/** The fields to seal; those without a value have no row. */
export function toSecrets(connection: Connection): Map<SealedField, Secret> {
  const plain: [SealedField, string | undefined][] = [
    ["host", connection.host],
    ["port", String(connection.port)],
    ["username", connection.username.reveal()],
    ["password", connection.password.reveal()],
    ["writeUsername", connection.writer?.username.reveal()],
    ["writePassword", connection.writer?.password.reveal()],
    ["sharePath", connection.sharePath],
    ["inboxPath", connection.inboxPath],
    ["fingerprint", connection.fingerprint],
    ["dataAddress", connection.dataAddress],
  ];
  return new Map(plain.flatMap(([field, value]) => (value === undefined ? [] : [[field, new Secret(value)]])));
}

/** @throws Error when a field is missing that every server has */
export function fromSecrets(security: Settings["security"], secrets: Map<string, Secret>): Connection {
  const must = (field: SealedField): Secret => {
    const secret = secrets.get(field);
    if (!secret) throw new Error(`the sealed field ${field} is missing`);
    return secret;
  };
  const optional = <K extends "inboxPath" | "fingerprint" | "dataAddress">(field: K) => {
    const secret = secrets.get(field);
    return (secret ? { [field]: secret.reveal() } : {}) as { [k in K]?: string };
  };
  const hasWriter = secrets.has("writeUsername");
  return {
    host: must("host").reveal(),
    port: Number(must("port").reveal()),
    security,
    username: must("username"),
    password: must("password"),
    ...(hasWriter ? { writer: { username: must("writeUsername"), password: must("writePassword") } } : {}),
    sharePath: must("sharePath").reveal(),
    ...optional("inboxPath"),
    ...optional("fingerprint"),
    ...optional("dataAddress"),
  };
}
