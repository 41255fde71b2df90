// Can a file come from its server to one's own: the ways in the order in which a pull would try them. Pure.
import type { api, OutputOf } from "#contract";
import type { Block, Button, Reply } from "../reply.ts";
import { makeReply } from "../reply.ts";
import { cleanName } from "../text.ts";
import type { Tongue } from "../words/index.ts";
import { adviceBlocks } from "./advice.ts";
import { describeWay } from "./way.ts";

type PairCheck = OutputOf<(typeof api)["transfers"]["check"]>;
type Way = PairCheck["ways"][number];

const tones = { works: "ok", refused: "warn", untried: "plain" } as const;

/** @param next what to do where it works: pull what was looked at */
export function pairReply(check: PairCheck, next: Pick<Button, "command" | "label">, tongue: Tongue): Reply {
  const ends = { from: cleanName(check.from), to: cleanName(check.to) };
  const works = check.reason === null && check.ways.some(({ result }) => result === "works");
  const blocks: Block[] = [
    { kind: "heading", text: tongue.say("pair.title", ends) },
    ...wayBlocks(check.ways, ends, tongue),
    ...verdictBlocks(check, works, tongue),
    ...knownBlocks(check, ends, tongue),
    ...adviceBlocks(check.advice, tongue.say("pair.advice", { server: ends.to }), tongue),
  ];
  const buttons: Button[] = works ? [{ ...next, role: "plain" }] : [];
  return makeReply(blocks, { isPrivate: true, tone: check.reason === null ? "plain" : "error", buttons });
}

/** Each way up to the one that decides; how many stand behind it is said in one line. */
function wayBlocks(ways: readonly Way[], ends: { from: string; to: string }, tongue: Tongue): Block[] {
  const last = ways.findIndex(({ result }) => result !== "refused");
  const shown = last < 0 ? ways : ways.slice(0, last + 1);
  const hidden = ways.length - shown.length;
  return [
    ...shown.map(({ arrangement, result, reason }): Block => {
      const way = describeWay(arrangement, ends, tongue);
      const why = reason === null ? "" : ` ${tongue.error(reason.code, reason.params)}`;
      const isRelay = arrangement === "relay";
      const sentence = isRelay ? tongue.say("pair.relay") : tongue.say(`pair.${result}`, { way });
      return { kind: "text", text: sentence + why, tone: tones[result] };
    }),
    ...(hidden > 0 ? [{ kind: "text", text: tongue.say("pair.more", { n: hidden }) } as const] : []),
  ];
}

function verdictBlocks({ reason }: PairCheck, works: boolean, tongue: Tongue): Block[] {
  if (works) return [{ kind: "text", text: tongue.say("pair.good"), tone: "ok" }];
  return reason === null ? [] : [{ kind: "text", text: tongue.error(reason.code, reason.params), tone: "error" }];
}

function knownBlocks(check: PairCheck, ends: { from: string; to: string }, tongue: Tongue): Block[] {
  const { comparison, remembered } = check;
  const texts: string[] = [];
  if (comparison !== null) texts.push(tongue.say(`pair.compare-${comparison}`));
  if (remembered !== null) {
    const way = describeWay(remembered.arrangement, ends, tongue);
    const speed = remembered.bytesPerSecond;
    const known = speed === null ? [way] : [way, tongue.say("pull.speed", { size: tongue.size(speed) })];
    texts.push(tongue.say("pair.remembered", { way: known.join(", ") }));
  }
  return texts.map((text) => ({ kind: "text", text }));
}
