// The words of the protocol layer: what a server to reach, a session, a listing and a pair transfer are.
// Types only; the functions that give them are beside (index.ts lists them).
import type { FonError } from "../platform/errors.ts";
import type { Secret } from "../platform/secret.ts";

export type Software = "vsftpd" | "proftpd" | "pure-ftpd" | "pyftpdlib" | "filezilla" | "unknown";

/** One login at one server. */
export interface FtpTarget {
  host: string;
  port: number;
  /** `tls`: AUTH TLS (RFC 4217); `implicit`: TLS from the first byte; `plain`: no TLS, also for the password. */
  security: "tls" | "implicit" | "plain";
  username: Secret;
  password: Secret;
  /** SHA-256 (hex) of a pinned certificate: then exactly this certificate is accepted, else CA verification. */
  fingerprint?: string;
  /** IP address the owner registered for data connections (NAT). */
  dataAddress?: string;
}

/** What a server can do, from its banner and FEAT. */
export interface Features {
  software: Software;
  mlst: boolean;
  size: boolean;
  mdtm: boolean;
  rest: boolean;
  epsv: boolean;
  sscn: boolean;
  cpsv: boolean;
  mfmt: boolean;
  /** Names of hash commands, upper case: `HASH`, `XSHA256`, `XMD5`, … */
  hashes: string[];
  /** AVBL (draft-peterson-streamlined-ftp-command-extensions): free space can be asked for. */
  avbl?: boolean;
  utf8: boolean;
}

/** A file or directory of a listing. Links, devices, `.` and `..` are left out. */
export interface Entry {
  /** Lossless form of the name's bytes, see names.ts. */
  name: string;
  kind: "file" | "directory";
  /** 0 for a directory. */
  sizeBytes: number;
  /** UTC from MLSD; from LIST only as exact as the server tells (minutes or days, its own zone read as UTC). */
  modifiedAt: Date | undefined;
  /** LIST tells times to the minute or to the day; absent: to the second. */
  timeWithinMs?: 60_000 | 86_400_000;
  /** A directory's identity from MLSD; the same one twice on a path is a link cycle (pyftpdlib follows links). */
  unique?: string;
}

export interface Listing {
  entries: Entry[];
  /** Names that no FTP command can carry or no database can store: CR, LF, NUL, `/`, over 1,000 bytes. */
  unaddressable: number;
  /** Lines that no known format fits. */
  malformed: number;
  /** The server said in its final reply that it left something out, or a bound of ours was hit (the session is closed then). */
  truncated: boolean;
}

export interface ListOptions {
  signal?: AbortSignal;
  /** Default 500,000. */
  maxEntries?: number;
  /** Default 64 MiB. */
  maxBytes?: number;
}

export interface TreeOptions extends Pick<ListOptions, "signal" | "maxEntries"> {
  /** Default 3,000,000. */
  maxTotalEntries?: number;
  /** What names of folders that are still to come may take. Default 64 MiB. */
  maxWaitingBytes?: number;
  /**
   * One folder's whole listing, parents before their folders. The server waits meanwhile.
   * @param path below the folder that was asked for; "" for that one
   */
  onFolder(path: string, listing: Listing): Promise<void>;
}

/** How a recursive listing ended. What was handed on before is right in any case. */
export interface TreeEnd {
  /**
   * `truncated`: the server said so; `cut`: a bound of ours, the session is closed; `refused`: the server does not do it.
   * Even a `whole` one may lack folders that were named: those that may not be read, or lie too deep for the server.
   */
  end: "whole" | "truncated" | "cut" | "refused";
  /** Handed on. */
  folders: number;
  /** Sections of folders that were never named, or twice: somebody's names look like sections, and may have hidden some. */
  strange: number;
}

/** Several folders with one session, so that their round trips overlap. */
export interface ListManyOptions extends Pick<ListOptions, "signal" | "maxEntries"> {
  /** The next folder; undefined when there is none at the moment. */
  next(): string | undefined;
  /** Times to the second are worth a data connection for each folder. */
  exact: boolean;
  /** In any order. */
  onListing(path: string, found: FolderFound): Promise<void>;
}

/** What MLST says about a directory. */
export interface FolderTold {
  /** UTC, to the second. */
  modifiedAt: Date;
  /** As `Entry.unique`. */
  unique: string | undefined;
}

/** `isExact`: times are UTC, to the second. */
export type FolderFound = { listing: Listing; isExact: boolean } | { error: FonError };

/**
 * One logged-in control connection; one task at a time. Paths are in the lossless form of names.ts.
 * Every method throws FonError; a refusal by the server (4xx, 5xx) leaves the session usable,
 * everything else closes it.
 */
export interface Session {
  readonly features: Features;
  readonly closed: boolean;
  /** Address of the control connection's other end: what a data connection may come from. */
  readonly peerAddress: string;
  /** `protected` when the server has said that it insists on TLS data connections; absent or `clear` otherwise. */
  readonly dataProtection?: "clear" | "protected";
  /** The control connection has TLS and the server has not refused PROT P (RFC 4217 section 9). Absent: false. */
  readonly canProtectData?: boolean;
  /** @throws `file.gone` when the directory is not there (checked by CWD, as vsftpd and Pure-FTPd list a missing one as empty) */
  list(path: string, options?: ListOptions): Promise<Listing>;
  /**
   * The directory and all below it, recursively, with times as LIST tells them. Not every server does it.
   * @throws `file.gone`, `file.unreadable`; what `onFolder` throws, the session is closed then
   */
  listTree?(path: string, options: TreeOptions): Promise<TreeEnd>;
  /**
   * As `list`, until `next` has no more: by STAT over the control connection where that is right (RFC 959 section 4.1.3),
   * times are not exact then. Refusals that speak of one directory go to `onListing`.
   * @throws for everything else; what was asked for and not answered has to be asked for again
   */
  listMany?(options: ListManyOptions): Promise<void>;
  /**
   * When these directories changed last, asked in one go and without a data connection, in their order; undefined for what
   * is not there, is no directory or has no time. Absent where the server has no MLST, or nobody knows whether it keeps
   * commands in order that come before their turn.
   * @throws `server.busy`, `server.offline`, `server.protocol`
   */
  folderTimes?(paths: readonly string[], options: Pick<ListOptions, "signal">): Promise<(FolderTold | undefined)[]>;
  /** Undefined: not there, not a file, or no SIZE (RFC 3659). */
  size(path: string): Promise<number | undefined>;
  /** Undefined: not there, not a file, or no MDTM (RFC 3659). */
  modifiedAt(path: string): Promise<Date | undefined>;
  directoryExists(path: string): Promise<boolean>;
  /** Creates the missing levels of `path` under `below`, which must exist. @throws `inbox.refused`, `file.gone` (no `below`) */
  makeDirectories(path: string, below: string): Promise<void>;
  /** Overwrites an existing `to` on most servers: look first. @throws `inbox.refused`, also when `from` is not there */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; no error when it is not there. @throws `inbox.refused` */
  remove(path: string): Promise<void>;
  /** MFMT, or vsftpd's `MDTM time path`; false when the server cannot or will not. */
  setModifiedAt(path: string, at: Date): Promise<boolean>;
  /**
   * The whole file's digest, hex, lower case, computed by the server; undefined when it cannot or will not. Takes as long
   * as the server reads: there is no time limit but `signal`, which closes the session.
   */
  digest(path: string, algorithm: DigestAlgorithm, signal?: AbortSignal): Promise<string | undefined>;
  /**
   * The bytes from `offsetBytes` on, at most `lengthBytes`, fewer at the end of the file: REST and RETR over a data
   * connection of our own, protected when the control connection is. For comparing contents, never for moving them.
   * @throws `file.gone`, `file.unreadable`, `server.protocol` (`params.why`: `resume` without REST, `protection` without TLS
   * for data), `fxp.cut`
   */
  readBlock(path: string, offsetBytes: number, lengthBytes: number, signal?: AbortSignal): Promise<Buffer>;
  /** Free bytes below `path`: AVBL, or a SITE command that the server is known to have; undefined when it does not tell. */
  freeBytes(path: string): Promise<number | undefined>;
  /** Ends the connection; never sends QUIT in the middle of a transfer. */
  close(): void;
}

/** What servers can compute (HASH with SHA-256, XSHA256, XSHA1, XMD5, XCRC), strongest first. */
export type DigestAlgorithm = "sha512" | "sha256" | "sha1" | "md5" | "crc32";

export interface Certificate {
  /** SHA-256 of the DER form, hex, lower case. */
  fingerprint: string;
  verified: boolean;
}

/** Milliseconds. */
export interface FtpTimeouts {
  /** TCP connect, and TLS handshake. Default 15,000. */
  connectMs: number;
  /** One reply; logins wait four times as long (Pure-FTPd takes up to 20 s for a refusal). Default 20,000. */
  replyMs: number;
  /** A listing's data connection without a byte. Default 30,000. */
  dataMs: number;
}

export interface ConnectOptions {
  /** `files`: data connections protected (PROT P) with TLS; `fxp`: clear (PROT C). */
  use: "files" | "fxp";
  /** Only addresses of this family, so that two servers of a pair can meet. Default: whatever answers. */
  family?: 4 | 6;
  signal?: AbortSignal;
}

export interface Connector {
  /**
   * Resolve, check, connect, TLS, log in.
   * @throws FonError `server.address-refused` `server.address-unresolvable` `server.offline` `server.busy`
   * `server.login-refused` `server.tls-required` `server.tls-failed` `server.certificate-unknown` {fingerprint}
   * `server.certificate-changed` {fingerprint} `server.protocol`
   */
  connect(target: FtpTarget, options: ConnectOptions): Promise<Session>;
}

/** One way for the contents of a file from one server to the other. */
export type Arrangement = PairArrangement | RelayArrangement;

/** From server to server: how they find each other, and what the data connection is. */
export interface PairArrangement {
  id: string;
  /** Which side listens. */
  passive: "source" | "destination";
  /** PASV and PORT, or EPSV and EPRT (RFC 2428). */
  address: "pasv" | "epsv";
  /** `protected`: TLS on the data connection (PROT P), with `tlsClient` as its client. */
  data: "clear" | "protected";
  /**
   * A server is the TLS server of its data connections (RFC 4217 section 7) unless it is told otherwise: by `SSCN ON`, or
   * as the passive side by CPSV in place of PASV.
   */
  tlsClient?: { side: "source" | "destination"; by: "sscn" | "cpsv" };
}

/** Through the core: only with the group's policy and both owners' consent. */
export interface RelayArrangement {
  id: "relay";
  data: "relayed";
}

/** What a group and the two owners allow for one pair. */
export interface Allowed {
  /** From server to server at all (`relay-only` forbids it). */
  direct: boolean;
  /** Contents in the clear. */
  clear: boolean;
  relay: boolean;
}

export type PairState = "idle" | "addressing" | "opening" | "moving" | "finishing" | "done" | "failed" | "aborted";

export interface PairTransfer {
  /** Both opened with use `fxp`, and used by nobody else meanwhile. */
  source: Session;
  destination: Session;
  sourcePath: string;
  destinationPath: string;
  /** Both sides start here (REST); 0 for a new file. */
  offsetBytes: number;
  /** Where the source starts instead: at its end, so that nothing of it moves. */
  sourceOffsetBytes?: number;
  /** Instead of those of this Fxp. */
  limits?: Partial<FxpLimits>;
  /** What the source's file has: a transfer that brings more is ended (`fxp.size-differs`). */
  sizeBytes?: number;
  arrangement: PairArrangement;
  /**
   * For one of many files: what is surely asked next is sent before its turn, where both servers are known to bear it.
   * The caller then does directly afterwards over these sessions what it says here, and nothing else. `read`: reads the file
   * from both ends from its beginning on; `sizes`: asks both for its size, and then may have them digest it, or read it in blocks
   * and ask the source for its time (`expectModifiedAt`); `nothing`: all that is done over other sessions. Then it begins the
   * next one by the same arrangement, if there is one.
   */
  hurry?: { then: "read" | "sizes" | "nothing"; hasNext: boolean };
  signal: AbortSignal;
  /** SIZE of the growing file over ANOTHER session of the destination. */
  sizeOf: () => Promise<number | undefined>;
  /** The destination file's size so far, offset included. */
  onProgress?: (bytes: number) => void;
  onState?: (state: PairState) => void;
}

export interface PairOutcome {
  /** Last size seen on the way; undefined for a file too small to be asked about. */
  bytes: number | undefined;
  /** Since both knew where the other one is. */
  elapsedMs: number;
}

/** The same through the core: read from one, written to the other, as fast as the slower one. */
export interface RelayTransfer {
  source: Session;
  destination: Session;
  sourcePath: string;
  destinationPath: string;
  offsetBytes: number;
  /** More than that is not read: the source is not what it was. */
  sizeBytes: number;
  /** No piece is larger: what is slowed down by `onBytes` stays a flow with small ones. Default and most: 64 KiB. */
  pieceBytes?: number;
  signal: AbortSignal;
  /** Bytes written so far, offset included. */
  onProgress?: (bytes: number) => void;
  /** Asked and waited for before each piece is passed on: rate and quota. Throwing (`pull.relay-quota`) ends the transfer. */
  onBytes?: (bytes: number) => void | Promise<void>;
}

export interface RelayOutcome {
  /** Destination's size so far: offset and all that went through. */
  bytes: number;
  elapsedMs: number;
  /** SHA-256 (hex) of what went through, without what lay there before `offsetBytes`. */
  sha256: string;
}

/** Milliseconds. */
export interface FxpLimits {
  /** From the first command to both 1xx (or the first byte). Default 20,000. */
  openingMs: number;
  /** Without growth. Default 60,000. */
  stallMs: number;
  /** From the first final reply to the second. Default 30,000. */
  lingerMs: number;
  /** Before the first look at the size. Default 300. */
  firstPollMs: number;
  /** Between looks. Default 1,000. */
  pollMs: number;
}

export interface Advice {
  software: Software;
  /** What to put into the server's configuration, or to do, literally; null where we know what, but not the line. */
  line: string | null;
  /** What it is for; bot and page word it, with what it opens. */
  why:
    | "fxp-active"
    | "fxp-passive"
    | "passive-ports"
    | "clear-data"
    | "protected-data"
    | "session-reuse"
    | "tls-version"
    | "peer-certificate"
    | "resume"
    | "listing-limit"
    | "hashes"
    | "rate"
    | "no-setting";
}

export type Allowance = "allowed" | "refused" | "unknown";

export interface Findings {
  tls: "verified" | "pinned" | "unverified" | "none";
  certificate?: Certificate;
  features: Features;
  /** Can its passive ports be reached from here? */
  passive: "reachable" | "unreachable";
  /** May this server open a data connection to a foreign one (PORT)? */
  fxpActive: Allowance;
  /** PROT C; `allowed` without TLS. */
  clearData: Allowance;
  /** A TLS data connection that does not continue the control connection's session, as that of another server is. */
  freshData: Allowance;
  /** Present when the path was given. */
  shareExists?: boolean;
  inboxExists?: boolean;
  canWriteInbox?: boolean;
  /** REST before STOR; absent where it was not found out. */
  canRestartStore?: boolean;
  /** Below the inbox, where the server tells. */
  freeBytes?: number;
  advice: Advice[];
}
