// What a live test of a server found, and what its owner can put into its configuration. Pure.
import type { api, OutputOf } from "#contract";
import type { Block, Reply } from "../reply.ts";
import { makeReply } from "../reply.ts";
import { cleanName } from "../text.ts";
import type { Tongue } from "../words/index.ts";

type Check = OutputOf<(typeof api)["servers"]["check"]>;

export function checkReply(check: Check, tongue: Tongue): Reply {
  const { server, findings, advice } = check;
  const isGood = server.problem === null && findings.every((finding) => finding.good);
  const blocks: Block[] = [{ kind: "heading", text: tongue.say("servers.check-title", { server: server.label }) }];
  if (server.problem !== null) {
    blocks.push({ kind: "text", text: tongue.error(server.problem, { server: server.label }), tone: "error" });
  }
  for (const finding of findings) {
    blocks.push({ kind: "text", text: tongue.say(`finding.${finding.what}`), tone: finding.good ? "ok" : "warn" });
  }
  if (isGood) blocks.push({ kind: "text", text: tongue.say("servers.check-good"), tone: "ok" });
  blocks.push(...adviceBlocks(advice, tongue));
  return makeReply(blocks, { isPrivate: true, tone: server.problem === null ? "plain" : "error" });
}

function adviceBlocks(advice: Check["advice"], tongue: Tongue): Block[] {
  if (advice.length === 0) return [];
  const lines = advice.flatMap(({ line, why, risk }): Block[] => [
    { kind: "literal", text: cleanName(line) },
    { kind: "text", text: tongue.word("advice", why) ?? cleanName(why) },
    { kind: "text", text: tongue.say("servers.advice-risk", { risk: tongue.word("risk", why) ?? risk }) },
  ]);
  return [{ kind: "text", text: tongue.say("servers.check-advice") }, ...lines];
}
