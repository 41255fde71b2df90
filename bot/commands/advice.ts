// Lines for a server's configuration as blocks: each with what it is for and what it opens. Pure.
import type { api, OutputOf } from "#contract";
import type { Block } from "../reply.ts";
import { cleanName } from "../text.ts";
import type { Tongue } from "../words/index.ts";

type Advice = OutputOf<(typeof api)["servers"]["check"]>["advice"];

/** @param before the sentence above the lines; nothing at all when there is no line */
export function adviceBlocks(advice: Advice, before: string, tongue: Tongue): Block[] {
  const reasons = [...Map.groupBy(advice, ({ why }) => why)];
  if (reasons.length === 0) return [];
  const blocks = reasons.flatMap(([why, lines]): Block[] => [
    ...lines.map(({ line }) => lineBlock(line, why, tongue)),
    { kind: "text", text: tongue.word("advice", why) ?? cleanName(why) },
    { kind: "text", text: tongue.say("servers.advice-risk", { risk: tongue.word("risk", why) ?? "?" }) },
  ]);
  return [{ kind: "text", text: before }, ...blocks];
}

/** Without a line there are only words: what to look for. */
function lineBlock(line: string | null, why: string, tongue: Tongue): Block {
  if (line !== null) return { kind: "literal", text: cleanName(line) };
  return { kind: "text", text: tongue.word("look", why) ?? tongue.say("servers.advice-look") };
}
