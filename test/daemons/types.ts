// The words of the test daemons: what a test asks for and what it gets back.
// Types only; how each daemon is configured stands in the file named after it.

export type DaemonKind = "vsftpd" | "proftpd" | "pure-ftpd" | "pyftpdlib";

export const daemonKinds: readonly DaemonKind[] = ["vsftpd", "proftpd", "pure-ftpd", "pyftpdlib"];

export interface DaemonUser {
  username: string;
  password: string;
  /** May read and list only. */
  readOnly?: boolean;
  /** Login directory below the daemon's root, made if absent; the root itself when left out. */
  folder?: string;
}

export interface DaemonTls {
  /** Refuse clear data connections (PROT C). */
  dataRequired?: boolean;
  /** TLS from the first byte, as on port 990. vsftpd and ProFTPD only. */
  implicit?: boolean;
  /** No newer TLS than 1.2. ProFTPD only: as TLS client of what it sends it loses data with 1.3. */
  maxVersion?: "TLSv1.2";
  /** As a TLS client only with a peer whose certificate it knows, as it comes by default. ProFTPD only. */
  verifiesPeers?: boolean;
  /** Data connections must resume the control connection's TLS session, as both come by default. vsftpd and ProFTPD only. */
  sessionReuse?: boolean;
}

export interface DaemonOptions {
  /** 127.x.y.z or ::1. Left out: an IPv4 loopback address that no other daemon of any worker has. */
  address?: string;
  /** With TLS a login needs it; data may be clear unless `dataRequired`. Default false. */
  tls?: boolean | DaemonTls;
  /** Accept data connections to and from other hosts than the client's. Default true. */
  fxp?: boolean;
  /** No user may write. Default false. */
  readOnly?: boolean;
  /** Default: one user with a fixed name and password. */
  users?: readonly DaemonUser[];
  /** Local folder that the users log in to, made if absent. Default: a temporary one, removed by stop. */
  root?: string;
  /** HASH, XSHA256 and the like. ProFTPD only; the others never have them. Default false. */
  hashes?: boolean;
  /** Speed limit of every transfer, at least 1024. */
  rateBytesPerS?: number;
  /** Logins at the same time. Default 100. */
  maxClients?: number;
  /** `LIST -R` shows what is below, too. vsftpd only; the others always do, or never (pyftpdlib). Default true. */
  recursiveListing?: boolean;
  /** What one listing shows at most. Pure-FTPd only; its own limits (10,000 entries, 5 levels) when left out. */
  listingLimit?: { entries: number; depth: number };
  /** It looks for a `.ftpaccess` in every folder on the way. ProFTPD only. Default true, as by default there. */
  accessFiles?: boolean;
  /**
   * Passive ports to choose from, and the address told in PASV in place of the daemon's own, as behind a router or a
   * proxy. Not pyftpdlib.
   */
  passive?: { from: number; to: number; address?: string };
}

export interface Daemon {
  kind: DaemonKind;
  host: string;
  port: number;
  /** Of the first user. */
  username: string;
  password: string;
  users: readonly DaemonUser[];
  /** Local folder that is the first user's login directory. */
  root: string;
  /** SHA-256 of the TLS certificate, 64 lower case hex digits; undefined without TLS. */
  fingerprint: string | undefined;
  /** Living processes of this daemon, the listener first. */
  pids(): number[];
  /**
   * Give files or folders the test made below `root` (default: all of them) to the account the
   * daemon works as. Needed before the daemon may write into a folder that the test has made.
   */
  own(path?: string): Promise<void>;
  /** SIGKILL to every process; resolves when they are gone. Files stay. */
  kill9(): Promise<void>;
  /** SIGSTOP to every process; resolves when all stand still: connections stay open and silent. */
  freeze(): Promise<void>;
  /** SIGCONT after a freeze. */
  thaw(): void;
  /** Start again on the same port with the same files, after kill9. */
  restart(): Promise<void>;
  /** End every process and remove what startDaemon has made. May be called twice. */
  stop(): Promise<void>;
  /** What the daemon has written to its log and its output so far. */
  log(): string;
}

export interface InstallReport {
  available: DaemonKind[];
  missing: { kind: DaemonKind; how: string }[];
}

/** What one daemon's file makes its configuration from; everything defaulted and checked. */
export interface DaemonSetup {
  host: string;
  port: number;
  tls: DaemonTls | undefined;
  fxp: boolean;
  users: readonly Required<DaemonUser>[];
  hashes: boolean;
  rateBytesPerS: number | undefined;
  maxClients: number;
  recursiveListing: boolean;
  listingLimit: { entries: number; depth: number } | undefined;
  accessFiles: boolean;
  passive: { from: number; to: number; address?: string } | undefined;
  /** Private work folder, enterable by the service account, removed by stop. */
  workFolder: string;
  /** Certificate and key in one PEM file; there whenever `tls` is. */
  pemFile: string;
  account: Account;
}

/** How to start the daemon in the foreground. */
export interface Launch {
  command: string;
  args: string[];
  /** Run the whole program as the service account instead of letting it drop privileges itself. */
  asAccount?: boolean;
  /** Files outside the work folder, to be removed by stop. */
  outsideFiles?: string[];
  /** Removes what a killed process leaves outside the work folder. */
  sweep?: () => Promise<void>;
}

/** The unprivileged account that users of the daemons work as. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}
