// What a caller hands to the server and what the parts of the server share.
// Throw-away personal servers and scripted tests only: no quotas, no accounts store, no hardening against floods.
import type { SecureContext } from "node:tls";
import type { DataChannel } from "./data.ts";

export interface FtpUser {
  username: string;
  password: string;
  /** An existing folder; nothing outside of it can be reached, not by `..` and not by a symbolic link. */
  root: string;
  readOnly?: boolean;
}

export interface FtpTls {
  key: string;
  cert: string;
  mode: "explicit" | "implicit";
  /** Login only over TLS. Data may still be clear (`PROT C`), which FXP needs. */
  required?: boolean;
  /** Refuse `PROT C` and clear data with 522, as a server that insists on protected data does. */
  requiredForData?: boolean;
  /** TLS 1.2 at most, as `TLSProtocol TLSv1.2` on ProFTPD. */
  maxVersion?: "TLSv1.2" | "TLSv1.3";
}

export interface FtpFeatures {
  /** false: no MLSD and MLST, and a missing folder lists as an empty one, as on vsftpd. */
  mlst?: boolean;
  /** Which checksum commands exist, default none: HASH (SHA-256), XSHA256, XMD5, XCRC. */
  hash?: ReadonlyArray<"HASH" | "XSHA256" | "XMD5" | "XCRC">;
  /** false: nothing is answered while a transfer runs, ABOR included, as on vsftpd. */
  abort?: boolean;
  /** Verbs the server does not know (500) and does not tell in FEAT. Without MFMT, MDTM sets the time as on vsftpd. */
  without?: readonly string[];
}

/** What happens to the data connection once that many bytes have gone through. */
export interface DataFault {
  afterBytes: number;
  /** end: a clean end and 226; reset: RST and 426; stall: nothing more, until the client gives up. */
  how: "end" | "reset" | "stall";
}

/** One session as a test sees it. */
export interface SessionView {
  readonly id: number;
  readonly username: string | undefined;
  readonly directory: string;
  readonly peerAddress: string;
  readonly secure: boolean;
  /** Sends raw text; CR LF is added when no line end is there. */
  say(text: string): void;
  /** Cuts the control connection without a word; a running transfer stops too. */
  dropControl(): void;
  /** Cuts the data connection (RST), or the wait for it. */
  dropData(): void;
}

export interface OverriddenSteps {
  /** Runs before the command; a promise holds the command back. */
  before?: () => unknown;
  /** Passes on, changes or (undefined or "") swallows each reply of this command. */
  replies?: (reply: string) => string | undefined;
  data?: DataFault;
  /** Runs once the last reply of the command is written. */
  after?: () => unknown;
}

/** A string is sent instead of running the command; the empty string is silence. */
export type Overridden = undefined | string | OverriddenSteps;

/**
 * Asked before every command. The verb CONNECT stands for the greeting (argument: the peer's address).
 * Arguments and replies are bytes as latin1 text.
 */
export type Override = (command: {
  verb: string;
  argument: string;
  session: SessionView;
}) => Overridden | Promise<Overridden>;

export interface FtpServerOptions {
  /** The one address to listen on; data connections leave from it too. */
  address: string;
  /** 0 or absent: a free one. */
  port?: number;
  users: readonly FtpUser[];
  tls?: FtpTls;
  /** false: data connections only with the control peer, so no FXP. Default true. */
  allowForeign?: boolean;
  features?: FtpFeatures;
  /** Speed limit of each data connection. */
  rateBytesPerS?: number;
  /** How long a transfer waits for its data connection before it answers 425. Default 60 s. */
  dataTimeoutMs?: number;
  banner?: string;
  override?: Override;
}

export interface FtpServer {
  listen(): Promise<{ host: string; port: number }>;
  /** Says 421 to everybody, stops all transfers; resolves when every socket is closed. */
  close(): Promise<void>;
  /** Open control connections. */
  connections(): number;
  /** Verbs seen, oldest first, without arguments; the last ten thousand. */
  readonly commands: string[];
}

export interface Settings {
  readonly options: FtpServerOptions;
  readonly secureContext: SecureContext | undefined;
  readonly dataTimeoutMs: number;
  lacks(verb: string): boolean;
}

/** A running RETR, STOR or listing. */
export interface Transfer {
  readonly signal: AbortSignal;
  abort(): void;
  /** Resolves when its last reply is written. */
  readonly done: Promise<void>;
}

export interface Session {
  readonly settings: Settings;
  readonly channel: DataChannel;
  readonly view: SessionView;
  readonly localAddress: string;
  readonly peerAddress: string;
  secure: boolean;
  claimedName: string | undefined;
  user: FtpUser | undefined;
  /** Virtual, absolute, latin1 text of the bytes. */
  directory: string;
  restartAt: number;
  renameFrom: string | undefined;
  protection: "C" | "P";
  /** SSCN ON: the client of TLS on data connections. */
  isTlsClient: boolean;
  /** CPSV: the same for the connection that is awaited. */
  isTlsClientOnce: boolean;
  epsvOnly: boolean;
  facts: ReadonlySet<string>;
  transfer: Transfer | undefined;
  /** Writes the reply in clear, then reads everything that follows as TLS. */
  startTls(reply: string): void;
  /** Closes once everything said so far is out. */
  finish(): void;
}

/** One command on its way. */
export interface Call {
  readonly session: Session;
  readonly argument: string;
  readonly fault: DataFault | undefined;
  readonly signal: AbortSignal;
  /** A reply that comes before the last one (`150 …`). */
  reply(text: string): void;
}

/** Answers the last reply of the command, or undefined when all is said. Throws Refusal or a file system error. */
export type Command = (call: Call) => Promise<string | undefined> | string | undefined;
export type Commands = Readonly<Record<string, Command>>;
