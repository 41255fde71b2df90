// The hostile servers that a scan meets, as data: where they misbehave, how, and how the scan must end.
// Phase one of each case is an ordinary scan of the same server; what it found must survive.
import type { Command, Evil } from "./evil-server.ts";
import { drip, flood, listed, listings, on } from "./evil-server.ts";

export interface Place {
  host: string;
  /** A trap: whoever connects there was led astray. */
  trap: { host: string; port: number };
  username: string;
  password: string;
  root: string;
  certificates: { key: string; cert: string }[];
}

export type Where =
  | "banner"
  | "login"
  | "control"
  | "addressing"
  | "data"
  | "listing"
  | "names"
  | "sizes"
  | "tree"
  | "certificate";

export interface ScanCase {
  id: string;
  where: Where;
  evil: (place: Place) => Evil;
  state: "complete" | "partial" | "failed" | "quarantined";
  problem?: string;
  /** Files that the catalog has afterwards, besides (or, for `complete`, instead of) those of before. */
  finds?: string[];
  tls?: boolean;
  durationMs?: number;
  entries?: number;
  /** The verb that the server is asked in its evil phase, or the case would try nothing. */
  asks?: string;
}

const failed = (problem: string) => ({ state: "failed" as const, problem });
const partial = (problem: string) => ({ state: "partial" as const, problem });
const file = (name: string, facts = "size=3;modify=20240102030405;") => `type=file;${facts} ${name}\r\n`;
const folder = (name: string, facts = "") => `type=dir;modify=20240102030405;${facts} ${name}\r\n`;
/** What phase one finds. */
export const ordinary = ["a.txt", "b.txt", "sub/c.txt"];
const again = file("a.txt") + file("b.txt") + folder("sub");

const raw = (id: string, problem: string, act: NonNullable<Evil["raw"]>): ScanCase => ({
  id: `banner: ${id}`,
  where: "banner",
  evil: () => ({ raw: act }),
  ...failed(problem),
});

const banners: ScanCase[] = [
  raw("without an end", "server.protocol", (socket) => flood(socket, () => "2".repeat(16_000))),
  raw("of endless lines", "server.protocol", (socket) => flood(socket, () => "220-welcome\r\n".repeat(1000))),
  raw("of blank lines", "server.protocol", (socket) => flood(socket, () => "\r\n".repeat(8000))),
  raw("of lines that are no replies", "server.protocol", (socket) => flood(socket, () => "hello\r\n".repeat(2000))),
  raw("one byte now and then", "server.offline", (socket) => drip(socket, () => "220-welcome\r\n")),
  raw("blank lines now and then", "server.offline", (socket) => drip(socket, () => "\r\n")),
  raw("never", "server.offline", (socket) => socket.resume()),
  raw("a hang-up", "server.offline", (socket) => socket.destroy()),
  raw("a reset", "server.offline", (socket) => socket.resetAndDestroy()),
  raw("of another protocol", "server.offline", (socket) => socket.write("SSH-2.0-OpenSSH_9.2\r\n")),
];

const atVerb = (
  id: string,
  verb: string,
  answer: (place: Place) => ReturnType<NonNullable<ReturnType<typeof on>>>,
) => ({
  id: `${verb}: ${id}`,
  where: (["USER", "PASS"].includes(verb) ? "login" : "control") as Where,
  evil: (place: Place): Evil => ({ ftp: { override: on({ [verb]: answer(place) as never }) } }),
});
const floodBy = (text: string) => (command: Command) => {
  const timer = setInterval(() => command.session.say(text), 1);
  // A thousand times is more than anybody takes.
  setTimeout(() => clearInterval(timer), 1500);
  return "";
};
const twice = (command: Command) => ({
  replies(text: string) {
    command.session.say(text);
    return text;
  },
});

const controls: ScanCase[] = [
  {
    ...atVerb("echoes the password, and goes on", "PASS", ({ password, username, host, root }) => {
      return `230-Welcome ${username}, ${password} at ${host}\r\n230 see ${root}`;
    }),
    evil: (place) => ({
      ftp: {
        override: on({
          PASS: { replies: (text) => `230-${place.password} ${place.username} ${place.host} ${place.root}\r\n${text}` },
        }),
      },
    }),
    state: "complete",
    finds: ordinary,
  },
  {
    ...atVerb(
      "refuses and echoes all it knows",
      "PASS",
      ({ password, username, host, root }) => `530 ${username}:${password}@${host} may not see ${root}`,
    ),
    ...failed("server.login-refused"),
  },
  {
    ...atVerb("a refusal of 50,000 characters", "PASS", () => `530 ${"a-".repeat(25_000)}`),
    ...failed("server.login-refused"),
  },
  {
    ...atVerb("421 with the password", "PASS", ({ password }) => `421 Too many of ${password}`),
    ...failed("server.busy"),
  },
  { ...atVerb("never answered", "PASS", () => ""), ...failed("server.offline") },
  { ...atVerb("331 for ever", "PASS", () => "331 And another one"), ...failed("server.protocol") },
  { ...atVerb("said twice", "USER", () => twice as never), ...failed("server.protocol") },
  { ...atVerb("said twice", "PASS", () => twice as never), ...failed("server.protocol") },
  {
    ...atVerb("an endless reply", "FEAT", () => floodBy(`${"211-x\r\n".repeat(2000)}`) as never),
    ...failed("server.protocol"),
  },
  {
    ...atVerb("endless 1xx", "FEAT", () => floodBy("120 wait\r\n".repeat(2000)) as never),
    ...failed("server.protocol"),
  },
  {
    ...atVerb("one byte now and then", "FEAT", () => ((command: Command) => dripBy(command, "211-x\r\n")) as never),
    ...failed("server.offline"),
  },
  { ...atVerb("garbage", "PWD", () => "%$&/()=\0\xff"), ...failed("server.offline") },
  { ...atVerb("421", "CWD", () => "421 Not now"), ...failed("server.busy") },
  {
    ...atVerb(
      "no connection any more",
      "CWD",
      () =>
        ((command: Command) => {
          command.session.dropControl();
          return "";
        }) as never,
    ),
    ...failed("server.offline"),
  },
  { ...atVerb("a code of nobody", "CWD", () => "999 What?"), ...failed("server.protocol") },
];

function dripBy(command: Command, text: string): string {
  let at = 0;
  const timer = setInterval(() => command.session.say(`${text[at++ % text.length]}`), 20);
  setTimeout(() => clearInterval(timer), 3000);
  return "";
}

/** PASV is what counts: EPSV is not known. */
const pasv = (id: string, reply: (place: Place) => string, problem: string): ScanCase => ({
  id: `PASV: ${id}`,
  where: "addressing",
  evil: (place) => ({ ftp: { features: { without: ["EPSV"] }, override: on({ PASV: reply(place) }) } }),
  ...failed(problem),
});
const epsv = (id: string, reply: string, problem = "server.protocol"): ScanCase => ({
  id: `EPSV: ${id}`,
  where: "addressing",
  evil: () => ({ ftp: { override: on({ EPSV: reply }) } }),
  ...failed(problem),
});
const six = ({ host, port }: { host: string; port: number }) =>
  `227 Entering Passive Mode (${host.replaceAll(".", ",")},${port >> 8},${port & 255})`;

const addressing: ScanCase[] = [
  pasv("to another member's server", ({ trap }) => six(trap), "server.offline"),
  pasv("to 127.0.0.1", ({ trap }) => six({ host: "127.0.0.1", port: trap.port }), "server.offline"),
  pasv("to 169.254.169.254", () => six({ host: "169.254.169.254", port: 8080 }), "server.offline"),
  pasv("to an address of the internet", () => six({ host: "8.8.8.8", port: 8080 }), "server.protocol"),
  pasv("to port 22", ({ host }) => six({ host, port: 22 }), "server.protocol"),
  pasv("to a database", ({ host }) => six({ host, port: 5432 }), "server.protocol"),
  pasv("numbers over 255", () => "227 Entering Passive Mode (127,0,0,300,300,1)", "server.protocol"),
  pasv("seven numbers", () => "227 Entering Passive Mode (127,0,0,1,4,5,6)", "server.protocol"),
  pasv("no numbers", () => "227 Entering Passive Mode", "server.protocol"),
  pasv("a negative number", () => "227 Entering Passive Mode (127,0,0,1,-4,5)", "server.protocol"),
  pasv("60,000 characters of numbers", () => `227 (${"1,".repeat(29_000)})`, "server.protocol"),
  epsv("rubbish", "229 Entering Extended Passive Mode (x|y|z)"),
  epsv("port 22", "229 Entering Extended Passive Mode (|||22|)"),
  epsv("port 0", "229 Entering Extended Passive Mode (|||0|)"),
  epsv("port 70000", "229 Entering Extended Passive Mode (|||70000|)"),
  epsv("an address of somebody", "229 Entering Extended Passive Mode (|1|8.8.8.8|8080|)"),
  epsv("where nobody listens", "229 Entering Extended Passive Mode (|||1027|)", "server.offline"),
];

type Scene = Parameters<typeof listings>[1];
const scene = (
  id: string,
  act: Scene,
  ends: Pick<ScanCase, "state" | "problem" | "finds" | "durationMs">,
): ScanCase => ({
  id: `data: ${id}`,
  where: "data",
  evil: ({ host }) => ({ ftp: { override: listings(host, act) } }),
  ...ends,
});
const half = `${again}type=file;size=3; holid`;
const isInSub = ({ session }: Command) => session.directory.endsWith("sub");
const body = (command: Command) => (isInSub(command) ? file("c.txt") : again);
const self = folder("sub", "unique=1;");

const data: ScanCase[] = [
  scene(
    "150 never, 226 at the end",
    ({ socket, say, command }) => {
      socket.end(body(command));
      say("226 Done");
    },
    {
      state: "complete",
      finds: ordinary,
    },
  ),
  scene("no reply at all", ({ socket, command }) => socket.end(body(command)), failed("server.offline")),
  scene(
    "226 before the data",
    ({ socket, say, command }) => {
      say("150 Now\r\n226 Done");
      setTimeout(() => socket.end(body(command)), 50);
    },
    { state: "complete", finds: ordinary },
  ),
  scene(
    "150 after the data",
    ({ socket, say, command }) => {
      socket.end(body(command));
      setTimeout(() => say("150 Now\r\n226 Done"), 50);
    },
    { state: "complete", finds: ordinary },
  ),
  scene("226 without data, connection open", ({ say }) => say("150 Now\r\n226 Done"), failed("server.offline")),
  scene(
    "226 and nothing: suddenly empty",
    ({ socket, say }) => {
      socket.end();
      say("150 Now\r\n226 Done");
    },
    {
      state: "quarantined",
    },
  ),
  scene(
    "ends in the middle of a line with 226",
    ({ socket, say }) => {
      socket.end(half);
      say("150 Now\r\n226 Done");
    },
    {
      state: "complete",
      finds: ordinary,
    },
  ),
  scene(
    "426 in the middle",
    ({ socket, say }) => {
      socket.end(half);
      say("150 Now\r\n426 Broken");
    },
    failed("server.protocol"),
  ),
  scene(
    "421 in the middle",
    ({ socket, say }) => {
      socket.end(half);
      say("150 Now\r\n421 Broken");
    },
    failed("server.busy"),
  ),
  scene(
    "reset in the middle with 226",
    ({ socket, say }) => {
      say("150 Now");
      socket.write(half, () => socket.resetAndDestroy());
      say("226 Done");
    },
    failed("server.offline"),
  ),
  scene(
    "the control connection drops in the middle",
    ({ socket, say, command }) => {
      say("150 Now");
      socket.write(half, () => command.session.dropControl());
    },
    failed("server.offline"),
  ),
  scene(
    "the control connection is cut after 226",
    ({ socket, say, command }) => {
      say("150 Now");
      socket.end(body(command));
      say("226 Done");
      setImmediate(() => command.session.dropControl());
    },
    { state: "complete", finds: ordinary },
  ),
  scene(
    "226 twice",
    ({ socket, say, command }) => {
      socket.end(body(command));
      say("150 Now\r\n226 Done\r\n226 Done");
    },
    { state: "complete", finds: ordinary },
  ),
  scene(
    "one byte now and then",
    ({ socket, say }) => {
      say("150 Now");
      drip(socket, () => file("slow.txt"));
    },
    failed("server.offline"),
  ),
  scene("nothing and open", ({ say }) => say("150 Now"), failed("server.offline")),
];

let count = 0;
/** A name that was never there, in letters: digits behind them would be a word of their own, and each new word is work. */
function fresh(): string {
  count += 1;
  return `n${`${count}`.replace(/\d/g, (digit) => "abcdefghij"[Number(digit)] ?? "")}`;
}

const listing: ScanCase[] = [
  scene(
    "a listing without an end",
    ({ socket, say }) => {
      say("150 Now");
      flood(socket, () => Array.from({ length: 500 }, () => file(`${fresh()}-${"x".repeat(40)}`)).join(""));
    },
    { ...partial("scan.limit"), durationMs: 60_000 },
  ),
  scene(
    "a line without an end",
    ({ socket, say }) => {
      say("150 Now");
      flood(socket, () => "x".repeat(64_000));
    },
    { ...partial("scan.limit"), durationMs: 60_000 },
  ),
  scene(
    "blank lines without an end",
    ({ socket, say }) => {
      say("150 Now");
      flood(socket, () => "\r\n".repeat(32_000));
    },
    { ...partial("scan.limit"), durationMs: 60_000 },
  ),
  scene(
    "garbage lines without an end",
    ({ socket, say }) => {
      say("150 Now");
      flood(socket, () => "x\n".repeat(32_000));
    },
    { ...partial("scan.limit"), durationMs: 60_000 },
  ),
].map((one) => ({ ...one, where: "listing" as const, id: one.id.replace("data: ", "listing: ") }));

const tree = (
  id: string,
  text: (command: Command) => string,
  ends: Pick<ScanCase, "state" | "problem" | "finds" | "entries">,
) => ({
  id: `tree: ${id}`,
  where: "tree" as const,
  evil: ({ host }: Place): Evil => ({ ftp: { override: any(listed(host, text)) } }),
  ...ends,
});

/** Whatever folder is asked for is there. */
function any(override: NonNullable<ReturnType<typeof listed>>): typeof override {
  return (command) => (command.verb === "CWD" ? "250 There." : override(command));
}

const trees: ScanCase[] = [
  tree("10,000 deep", () => file(fresh()) + folder("deeper"), partial("scan.limit")),
  {
    id: "tree: a link to itself, told by identity",
    where: "tree",
    evil: ({ host }) => ({
      ftp: { override: listed(host, (command) => (isInSub(command) ? file("b.txt") : file("a.txt")) + self) },
    }),
    state: "complete",
    finds: ["a.txt", "sub/b.txt"],
  },
  tree("a link to itself, told by nothing but its looks", () => file("a.txt") + file("b.txt") + folder("sub"), {
    state: "complete",
    finds: ["a.txt", "b.txt"],
  }),
  tree("more folders with every listing", () => folder(fresh()) + folder(fresh()) + file("a.txt"), {
    ...partial("scan.limit"),
    entries: 3000,
  }),
  tree("fifty new folders in each", () => Array.from({ length: 50 }, () => folder(fresh())).join(""), {
    ...partial("scan.limit"),
    entries: 3000,
  }),
];

/** LIST -aR as a server tells it whose other listings are in order. */
const recursion = (
  id: string,
  act: Scene,
  ends: Pick<ScanCase, "state" | "problem" | "finds" | "entries" | "durationMs">,
): ScanCase => ({
  id: `recursion: ${id}`,
  where: "tree",
  evil: ({ host }) => ({
    ftp: {
      override: listings(host, (given) => {
        if (given.command.verb !== "MLSD") return act(given);
        given.say("150 Now");
        given.socket.end(body(given.command), "latin1");
        given.say("226 Done");
      }),
    },
  }),
  ...ends,
});
const told =
  (text: string): Scene =>
  ({ socket, say }) => {
    say("150 Now");
    socket.end(text, "latin1");
    say("226 Done");
  };
const floods =
  (first: string, next: () => string): Scene =>
  ({ socket, say }) => {
    say("150 Now");
    socket.write(first, "latin1");
    flood(socket, next);
  };
const line = (kind: "d" | "-" | "l", name: string) => `${kind}rw-r--r-- 1 0 0 3 Jan 31 2024 ${name}\r\n`;
const here = line("d", ".") + line("d", "..");
const top = `${here}${line("-", "a.txt")}${line("-", "b.txt")}${line("d", "sub")}`;
const below = (path: string, text: string) => `\r\n./${path}:\r\n${text}`;
const trueSub = below("sub", here + line("-", "c.txt"));

const recursions: ScanCase[] = [
  recursion("as it should be", told(top + trueSub), { state: "complete", finds: ordinary }),
  recursion("refused", ({ say }) => say("550 No such file or directory"), { state: "complete", finds: ordinary }),
  recursion("nothing at all", told(""), { state: "complete", finds: ordinary }),
  recursion("the folder looks empty", told(top + below("sub", "")), { state: "complete", finds: ordinary }),
  recursion("a listing of another kind", told(again), { state: "complete", finds: ordinary }),
  recursion(
    "sections that nobody has named",
    told(top + below("nobody", here + line("-", "stolen.txt")) + below("../up", here + line("-", "x")) + trueSub),
    { ...partial("server.protocol"), finds: ordinary },
  ),
  recursion("a section twice", told(top + below("sub", here + line("-", "forged.txt")) + trueSub), {
    ...partial("server.protocol"),
    finds: [...ordinary, "sub/forged.txt"],
  }),
  recursion("a section in a name", told(`${top}${line("-", `x\n\n./sub:\n${here}${line("-", "y")}`)}${trueSub}`), {
    state: "complete",
    finds: ordinary,
  }),
  recursion(
    "the same folder named without an end",
    floods(here, () => line("d", "sub").repeat(500)),
    {
      ...partial("scan.limit"),
      durationMs: 60_000,
    },
  ),
  recursion(
    "sections without an end",
    floods(top, () => below("sub", here).repeat(500)),
    {
      ...partial("scan.limit"),
      durationMs: 60_000,
    },
  ),
  recursion(
    "blank lines without an end",
    floods(top, () => "\r\n".repeat(32_000)),
    {
      ...partial("scan.limit"),
      durationMs: 60_000,
    },
  ),
  recursion(
    "deeper and deeper",
    ({ socket, say }) => {
      let path = "sub";
      say("150 Now");
      socket.write(top, "latin1");
      flood(socket, () => {
        const text = below(path, here + line("d", "d"));
        path += "/d";
        return path.length < 20_000 ? text : "\r\n".repeat(1000);
      });
    },
    { ...partial("scan.limit"), entries: 30_000, durationMs: 60_000 },
  ),
  recursion("one byte now and then", ({ socket, say }) => say("150 Now") ?? drip(socket, () => top), {
    state: "complete",
    finds: ordinary,
  }),
  recursion(
    "cut in the middle",
    ({ socket, say, command }) => {
      say("150 Now");
      socket.write(top.slice(0, -9), () => command.session.dropControl());
    },
    { state: "complete", finds: ordinary },
  ),
  recursion(
    "reset in the middle with 226",
    ({ socket, say }) => {
      say("150 Now");
      socket.write(top + below("sub", here), () => socket.resetAndDestroy());
      say("226 Done");
    },
    { state: "complete", finds: ordinary },
  ),
  recursion(
    "421 at its end",
    ({ socket, say }) => {
      say("150 Now");
      socket.end(top + trueSub, "latin1");
      say("421 Enough");
    },
    { state: "complete", finds: ordinary },
  ),
];

/** A server that says it is vsftpd: no MLSD, LIST -aR of one folder only, and then STAT of each. */
const stat = (
  id: string,
  answer: (command: Command) => unknown,
  ends: Pick<ScanCase, "state" | "problem" | "finds">,
): ScanCase => ({
  id: `STAT: ${id}`,
  where: "listing",
  evil: () => ({
    ftp: { banner: "(vsFTPd 3.0.3)", features: { mlst: false }, override: on({ STAT: answer as never }) },
  }),
  asks: "STAT",
  ...ends,
});
const statOf = (text: string) => `213-Status follows:\r\n${text}213 End of status`;
const whole = { state: "complete" as const, finds: ordinary };

const stats: ScanCase[] = [
  stat("as it should be", () => statOf(here + line("-", "c.txt")), whole),
  stat(
    "long, with bytes that are no UTF-8",
    () => statOf(here + line("-", "c.txt") + line("l", "\xff -> x").repeat(3_000)),
    whole,
  ),
  stat("looks empty", () => statOf(""), whole),
  stat("refused", () => "550 Permission denied.", partial("file.unreadable")),
  stat("unknown", () => "500 What?", whole),
  stat("never answered", () => "", partial("server.offline")),
  stat("421", () => "421 Enough", partial("server.busy")),
  stat("a reply without an end", floodBy(`213-Status follows:\r\n${line("-", "x").repeat(500)}`), whole),
  stat("a name that ends the reply", () => statOf(`${here}${line("-", "x\r\n213 End\r\n230 In")}`), whole),
  stat("said twice", () => twice as never, whole),
];

/** A server that says it is ProFTPD is asked when the folders changed that were listed; nothing is lost with a bad answer. */
const times: ScanCase[] = [";", "unique=", "=", "x"].map((piece) => ({
  id: `MLST: ${piece} without an end`,
  where: "listing",
  evil: () => {
    const facts = piece.repeat(Math.floor(50_000 / piece.length));
    const answer = `250-Start of list\r\n type=dir;modify=20240102030405;${facts}; /x\r\n250 End`;
    return { ftp: { banner: "ProFTPD Server (hostile)", override: on({ MLST: () => answer }) } };
  },
  asks: "MLST",
  ...whole,
}));

const named = (id: string, where: Where, text: string, finds: string[], more: Partial<ScanCase> = {}): ScanCase => ({
  id: `${where}: ${id}`,
  where,
  evil: ({ host }) => ({
    ftp: {
      override: listed(host, (command) => (isInSub(command) ? file("c.txt") : again + text)),
    },
  }),
  state: "complete",
  finds: [...ordinary, ...finds],
  ...more,
});

const namesAndSizes: ScanCase[] = [
  named("a CR", "names", file("x\ry"), []),
  named("a LF", "names", file("x\ny"), ["x"]),
  named("a NUL", "names", file("x\0y"), []),
  named("a slash", "names", file("x/y") + file("/etc/passwd"), []),
  named("dots", "names", file("..") + file(".") + folder("..") + folder("../../x") + file("../../y"), []),
  named("bidi and control characters", "names", file("\xe2\x80\xaegpj.exe") + file("\x1b[31mred") + file("\x07"), [
    "\u202egpj.exe",
    "\x1b[31mred",
    "\x07",
  ]),
  named("invalid UTF-8", "names", file("\xff\xfe\xed\xa0\x80") + file("l\xe4.txt"), [
    "\uF7FF\uF7FE\uF7ED\uF7A0\uF780",
    "l\uF7E4.txt",
  ]),
  named("10,000 characters", "names", file("x".repeat(10_000)) + folder("y".repeat(10_000)), []),
  named("1,000 characters", "names", file("x".repeat(1000)), ["x".repeat(1000)]),
  named("the same one twice", "names", file("twice", "size=1;") + file("twice", "size=2;"), ["twice"]),
  named("our own unfinished files", "names", file(".fonshare-1-00000000.part"), []),
  named("an index's worst words", "names", file(`${"a1".repeat(300)} ${"Zz ".repeat(100)}`.trim()), [
    `${"a1".repeat(300)} ${"Zz ".repeat(100)}`.trim(),
  ]),
  named("modify=garbage", "sizes", file("g1", "size=1;modify=garbage;") + file("g2", "size=1;modify=99999999999999;"), [
    "g1",
    "g2",
  ]),
  named(
    "NaN, negative, over 2^53",
    "sizes",
    ["NaN", "-1", "9007199254740993", "1e9", "0x10", "99999999999999999999", ""]
      .map((size, i) => file(`s${i}`, `size=${size};`))
      .join(""),
    [],
  ),
  named(
    "the largest there is, many times",
    "sizes",
    Array.from({ length: 2000 }, (_, i) => file(`big${i}`, "size=9007199254740991;")).join(""),
    Array.from({ length: 2000 }, (_, i) => `big${i}`),
  ),
  named(
    "lines of another kind",
    "listing",
    `garbage\r\ntotal 5\r\n-rw-r--r-- 1 0 0 5 Jan 31 2024 unix\r\n;;;;= ${"=;".repeat(1900)}\r\n`,
    [],
  ),
];

const certificates: ScanCase[] = [
  {
    id: "certificate: another one",
    where: "certificate",
    tls: true,
    evil: ({ certificates: [, other] }) => ({
      ftp: { tls: { ...(other as never as { key: string; cert: string }), mode: "explicit" } },
    }),
    ...failed("server.certificate-changed"),
  },
  {
    id: "certificate: none, AUTH refused",
    where: "certificate",
    tls: true,
    evil: () => ({ ftp: { override: on({ AUTH: "502 No" }) } }),
    ...failed("server.tls-failed"),
  },
  {
    id: "certificate: a word in the clear behind AUTH",
    where: "certificate",
    tls: true,
    evil: () => ({
      raw: (socket) =>
        socket.write("220 Hi\r\n").valueOf() && socket.once("data", () => socket.write("234 Go\r\n230 You are in\r\n")),
    }),
    ...failed("server.tls-failed"),
  },
  {
    id: "certificate: a handshake of one byte now and then",
    where: "certificate",
    tls: true,
    evil: () => ({
      raw: (socket) => {
        socket.write("220 Hi\r\n");
        socket.once("data", () => {
          socket.write("234 Go\r\n");
          drip(socket, () => "\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03");
        });
      },
    }),
    ...failed("server.tls-failed"),
  },
];

export const scanCases: ScanCase[] = [
  ...banners,
  ...controls,
  ...addressing,
  ...data,
  ...listing,
  ...trees,
  ...recursions,
  ...stats,
  ...times,
  ...namesAndSizes,
  ...certificates,
];
