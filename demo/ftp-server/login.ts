// Who one is and how one speaks: login, TLS, features, and the modes that have one value only.
import { toWire } from "./paths.ts";
import type { Call, Commands } from "./types.ts";

export const allFacts: readonly string[] = ["type", "size", "modify", "unique", "perm"];

/** What an anonymous peer may use. */
export const verbsBeforeLogin: ReadonlySet<string> = new Set(
  "USER PASS QUIT AUTH PBSZ PROT SSCN FEAT OPTS SYST NOOP CLNT HELP ABOR".split(" "),
);

function user({ session, argument }: Call): string {
  if (session.settings.options.tls?.required === true && !session.secure) {
    return "530 Non-anonymous sessions must use encryption.";
  }
  session.user = undefined;
  session.claimedName = argument;
  return "331 Please specify the password.";
}

function pass({ session, argument }: Call): string {
  const claimed = session.claimedName;
  if (claimed === undefined) return "503 Login with USER first.";
  session.claimedName = undefined;
  const known = session.settings.options.users.find(
    (one) => toWire(one.username) === claimed && toWire(one.password) === argument,
  );
  if (known === undefined) return "530 Login incorrect.";
  session.user = known;
  session.directory = "/";
  return "230 Login successful.";
}

function auth({ session, argument }: Call): string | undefined {
  const { options, secureContext } = session.settings;
  if (secureContext === undefined || options.tls?.mode === "implicit") return "502 TLS is not configured.";
  if (session.secure) return "503 The connection is secure already.";
  if (!["TLS", "TLS-C", "SSL"].includes(argument.toUpperCase())) return "504 Unknown AUTH type.";
  session.startTls("234 Proceed with negotiation.");
  return undefined;
}

function prot({ session, argument }: Call): string {
  const level = argument.toUpperCase();
  if (!session.secure) return "503 PROT needs a secure control connection.";
  if (level !== "C" && level !== "P") return "536 Only C and P are supported.";
  if (level === "C" && session.settings.options.tls?.requiredForData === true) {
    return "534 Data connections must be encrypted.";
  }
  session.protection = level;
  return `200 Protection level is ${level}.`;
}

/** Secured client-to-client: who is the TLS client of the data connections, for transfers between two servers. */
function sscn({ session, argument }: Call): string {
  const wanted = argument.toUpperCase();
  if (!session.secure) return "503 SSCN needs a secure control connection.";
  if (!["", "ON", "OFF"].includes(wanted)) return "501 ON or OFF is needed.";
  if (wanted !== "") session.isTlsClient = wanted === "ON";
  return `200 SSCN:${session.isTlsClient ? "CLIENT" : "SERVER"} METHOD`;
}

function features({ session }: Call): string {
  const { settings } = session;
  const facts = allFacts.map((fact) => `${fact}${session.facts.has(fact) ? "*" : ""};`).join("");
  const lines: Array<[verb: string, line?: string]> = [
    ["AUTH", "AUTH TLS"],
    ["AVBL"],
    ["CPSV"],
    ["PBSZ"],
    ["PROT"],
    ["EPRT"],
    ["EPSV"],
    ["HASH", "HASH SHA-256*"],
    ["MDTM"],
    ["MFMT"],
    ["MLST", `MLST ${facts}`],
    ["PASV"],
    ["REST", "REST STREAM"],
    ["SIZE"],
    ["SSCN"],
    ["XCRC"],
    ["XMD5"],
    ["XSHA256"],
  ];
  const told = lines.filter(([verb]) => !settings.lacks(verb)).map(([verb, line]) => ` ${line ?? verb}\r\n`);
  return `211-Features:\r\n${told.join("")} TVFS\r\n UTF8\r\n211 End`;
}

function setOption({ session, argument }: Call): string {
  const [name = "", ...rest] = argument.split(" ");
  const value = rest.join(" ");
  if (/^utf-?8$/i.test(name)) return "200 Always in UTF8 mode.";
  if (/^hash$/i.test(name) && !session.settings.lacks("HASH")) {
    return /^sha-256$/i.test(value) || value === "" ? "200 SHA-256" : "501 Unknown algorithm.";
  }
  if (!/^mlst$/i.test(name) || session.settings.lacks("MLST")) return "501 Option not understood.";
  const asked = value.toLowerCase().split(";");
  session.facts = new Set(allFacts.filter((fact) => asked.includes(fact)));
  return `200 MLST OPTS ${[...session.facts].map((fact) => `${fact};`).join("")}`;
}

function only(allowed: readonly string[], name: string) {
  return ({ argument }: Call) =>
    allowed.includes(argument.toUpperCase()) ? `200 ${name} is ${argument}.` : `504 ${name} not supported.`;
}

export const loginCommands: Commands = {
  USER: user,
  PASS: pass,
  AUTH: auth,
  PBSZ: ({ session }) => (session.secure ? "200 PBSZ=0" : "503 PBSZ needs a secure control connection."),
  PROT: prot,
  SSCN: sscn,
  FEAT: features,
  OPTS: setOption,
  SYST: () => "215 UNIX Type: L8",
  CLNT: () => "200 Noted.",
  QUIT: () => "221 Goodbye.",
  NOOP: () => "200 NOOP ok.",
  HELP: () => "214 See RFC 959, 2428, 3659 and 4217.",
  TYPE: only(["A", "A N", "I", "L 8"], "TYPE"),
  MODE: only(["S"], "MODE"),
  STRU: only(["F"], "STRU"),
};
