// The hostile servers that a pull meets, as its source or its destination, as data: where, how, and how it must come out.
import type { Override } from "../../demo/ftp-server/ftp-server.ts";
import type { Command } from "./evil-server.ts";
import { on } from "./evil-server.ts";

export interface PullPlace {
  host: string;
  trap: { host: string; port: number };
  username: string;
  password: string;
  contentBytes: number;
}

export interface PullCase {
  id: string;
  side: "source" | "destination";
  evil: (place: PullPlace) => Override;
  /** Reasons of which the first that is shown must be one; or that the file arrives. */
  ends: readonly string[] | "done";
  /** Of the evil server's data connections. */
  rateBytesPerS?: number;
  /** Both servers compute digests, so that nothing is read to be compared. */
  digests?: boolean;
}

type Answers = Parameters<typeof on>[0];
type Steps = Exclude<ReturnType<Override>, string | undefined | Promise<unknown>>;

const swallow = (start: string) => (text: string) => (text.startsWith(start) ? undefined : text);
const swap = (start: string, other: string) => (text: string) => (text.startsWith(start) ? other : text);
const many = (text: string) => `${text}\r\n${text}`;
/** Does something when the transfer has begun. */
const begun =
  (act: (command: Command) => unknown): ((command: Command) => Steps) =>
  (command) => ({
    replies(text) {
      if (text.startsWith("150")) setTimeout(() => act(command), 30);
      return text;
    },
  });
const six = ({ host, port }: { host: string; port: number }) =>
  `227 Entering Passive Mode (${host.replaceAll(".", ",")},${port >> 8},${port & 255})`;

/** @param verb RETR at a source, STOR at a destination */
function transferCases(side: PullCase["side"], verb: "RETR" | "STOR"): PullCase[] {
  const one = (id: string, answers: Answers, ends: PullCase["ends"], rateBytesPerS?: number): PullCase => ({
    id: `${side}: ${id}`,
    side,
    evil: () => on(answers),
    ends,
    // A block that is read to be compared is a transfer as well, and ends as badly.
    digests: ends === "done",
    ...(rateBytesPerS === undefined ? {} : { rateBytesPerS }),
  });
  const refused = ["fxp.refused-by-source", "fxp.refused-by-destination"];
  return [
    one("no reply to the transfer", { [verb]: "" }, [...refused, "fxp.stalled"]),
    one("150 never, 226 at the end", { [verb]: { replies: swallow("150") } }, "done"),
    one("226 never", { [verb]: { replies: swallow("226") } }, ["fxp.stalled"]),
    one("226 twice", { [verb]: { replies: (text) => (text.startsWith("226") ? many(text) : text) } }, "done"),
    one("226 before the data", { [verb]: { replies: swap("150", "150 Now\r\n226 Done") } }, "done"),
    one("226 without data", { [verb]: "150 Now\r\n226 Done" }, ["fxp.stalled", "fxp.size-differs", ...refused]),
    one("226 without anything", { [verb]: "226 Done" }, ["fxp.stalled", "fxp.size-differs", ...refused]),
    one("early end with 226", { [verb]: { data: { afterBytes: 1000, how: "end" } } }, ["fxp.size-differs", "fxp.cut"]),
    one("stands still", { [verb]: { data: { afterBytes: 1000, how: "stall" } } }, ["fxp.stalled"]),
    one("resets the data", { [verb]: { data: { afterBytes: 1000, how: "reset" } } }, ["fxp.cut"]),
    one(
      "resets the data and says 226",
      {
        [verb]: { data: { afterBytes: 1000, how: "reset" }, replies: swap("426", "226 Done") },
      },
      ["fxp.cut", "fxp.size-differs"],
    ),
    one(
      "421 in the middle",
      { [verb]: begun(({ session }) => session.say("421 Bye")) },
      ["fxp.cut", "server.busy"],
      100_000,
    ),
    one(
      "drops the control connection",
      { [verb]: begun(({ session }) => session.dropControl()) },
      ["fxp.cut"],
      100_000,
    ),
    one(
      "hangs up after 226",
      {
        [verb]: ({ session }) => ({ after: () => session.dropControl() }),
      },
      ["server.offline", "fxp.cut"],
    ),
    one("garbage for a final reply", { [verb]: { replies: swap("226", "%&/()") } }, ["fxp.stalled"]),
    one(
      "an endless final reply",
      {
        [verb]: { replies: (text) => (text.startsWith("226") ? `226-${"x\r\n".repeat(60_000)}` : text) },
      },
      ["fxp.cut", "server.protocol", "fxp.stalled"],
    ),
    one("a byte now and then", {}, ["fxp.stalled"], 40),
    one("the password in every refusal", { [verb]: "550 wombat-secret quokka-login is wrong" }, [
      "file.gone",
      "file.unreadable",
      "inbox.refused",
    ]),
    one("SIZE is NaN", { SIZE: "213 NaN" }, ["file.gone", "fxp.size-differs"]),
    one("SIZE is negative", { SIZE: "213 -5" }, ["file.gone", "fxp.size-differs"]),
    one("SIZE is over 2^53", { SIZE: "213 9007199254740993" }, ["file.gone", "fxp.size-differs"]),
    one("SIZE is the largest there is", { SIZE: "213 9007199254740991" }, ["file.changed", "inbox.exists"]),
    one("SIZE twice", { SIZE: { replies: many } }, ["server.protocol"]),
    one("MDTM is garbage", { MDTM: "213 garbage" }, "done"),
    one("PASV and EPSV are never answered", { PASV: "", EPSV: "" }, ["server.offline", "fxp.cut"]),
  ];
}

/** Where the passive side says it listens, with no other way round. */
function addressingCases(side: PullCase["side"]): PullCase[] {
  const answers: [string, (place: PullPlace) => string, string][] = [
    ["127.0.0.1", ({ trap }) => six(trap), "229 Entering (|||1027|)"],
    ["169.254.169.254", () => six({ host: "169.254.169.254", port: 8080 }), "229 Entering (|||1027|)"],
    ["an address of the internet", () => six({ host: "8.8.8.8", port: 8080 }), "229 (|1|8.8.8.8|8080|)"],
    ["port 22", ({ host }) => six({ host, port: 22 }), "229 Entering (|||22|)"],
    ["numbers over 255", () => "227 (127,0,0,1,300,300)", "229 Entering (|||70000|)"],
    ["rubbish", () => "227 Yes", "229 x|y|z"],
  ];
  return answers.flatMap(([id, pasv, epsv]) => [
    {
      id: `${side}: PASV and EPSV lead to ${id}, the other way round works`,
      side,
      evil: (place: PullPlace) => on({ PASV: pasv(place), EPSV: epsv }),
      digests: true,
      ends: "done" as const,
    },
    {
      id: `${side}: PASV and EPSV lead to ${id}, and nothing else works`,
      side,
      evil: (place: PullPlace) => on({ PASV: pasv(place), EPSV: epsv, PORT: "500 No", EPRT: "500 No" }),
      ends: ["fxp.refused-by-source", "fxp.refused-by-destination"],
    },
  ]);
}

const own: PullCase[] = [
  {
    id: "source: the file grows while it is read",
    side: "source",
    evil: () => {
      let asked = 0;
      return on({
        SIZE: {
          replies(text) {
            asked += 1;
            return asked > 1 && text.startsWith("213") ? `213 ${Number(text.slice(4)) + 5}` : text;
          },
        },
      });
    },
    ends: ["file.changed"],
  },
  {
    id: "source: more bytes than SIZE says",
    side: "source",
    evil: ({ contentBytes }) => on({ SIZE: `213 ${contentBytes - 1000}` }),
    ends: ["fxp.size-differs", "file.changed"],
  },
  {
    id: "destination: no space",
    side: "destination",
    evil: () => on({ STOR: "452 Full" }),
    ends: ["inbox.no-space"],
  },
  {
    id: "destination: the part is another size than was written",
    side: "destination",
    evil: () => on({ SIZE: { replies: (text) => (text.startsWith("213") ? "213 17" : text) } }),
    ends: ["fxp.size-differs"],
  },
  {
    id: "destination: refuses the final name",
    side: "destination",
    evil: () => on({ RNTO: "553 No" }),
    ends: ["inbox.refused"],
  },
  {
    id: "destination: never answers to the final name",
    side: "destination",
    evil: () => on({ RNTO: "" }),
    ends: ["server.offline"],
  },
];

export const pullCases: PullCase[] = [
  ...transferCases("source", "RETR"),
  ...transferCases("destination", "STOR"),
  ...addressingCases("source"),
  ...addressingCases("destination"),
  ...own,
];
