// What a live test of a server found, what worked with other servers, and what its owner can put into its configuration.
// Pure.
import type { api, OutputOf } from "#contract";
import type { Block, Reply } from "../reply.ts";
import { makeReply } from "../reply.ts";
import { cleanName } from "../text.ts";
import type { Tongue } from "../words/index.ts";
import { adviceBlocks } from "./advice.ts";
import { describeWay } from "./way.ts";

type Check = OutputOf<(typeof api)["servers"]["check"]>;
type Finding = Check["findings"][number];

export function checkReply(check: Check, tongue: Tongue): Reply {
  const { server, findings, advice } = check;
  const isGood = server.problem === null && findings.every((finding) => finding.good);
  const blocks: Block[] = [{ kind: "heading", text: tongue.say("servers.check-title", { server: server.label }) }];
  if (server.problem !== null) {
    blocks.push({ kind: "text", text: tongue.error(server.problem, { server: server.label }), tone: "error" });
  }
  for (const finding of findings) {
    blocks.push({ kind: "text", text: describeFinding(finding, tongue), tone: finding.good ? "ok" : "warn" });
  }
  if (isGood) blocks.push({ kind: "text", text: tongue.say("servers.check-good"), tone: "ok" });
  blocks.push(...adviceBlocks(advice, tongue.say("servers.check-advice"), tongue));
  blocks.push(...pairBlocks(check, tongue));
  return makeReply(blocks, { isPrivate: true, tone: server.problem === null ? "plain" : "error" });
}

function describeFinding({ what, detail }: Finding, tongue: Tongue): string {
  const sentence = tongue.say(`finding.${what}`);
  return detail === null ? sentence : `${sentence} (${describeDetail(what, detail, tongue)})`;
}

function describeDetail(what: Finding["what"], detail: string, tongue: Tongue): string {
  if (what === "space") return tongue.size(Number(detail));
  // In groups, so that a narrow line can be broken.
  if (what === "tls-pinned")
    return (
      detail
        .toUpperCase()
        .match(/.{1,4}/g)
        ?.join(" ") ?? ""
    );
  return cleanName(detail);
}

/** What worked last with each other server, and how fast it was. */
function pairBlocks({ server, pairs }: Check, tongue: Tongue): Block[] {
  if (pairs.length === 0) return [];
  const mine = cleanName(server.label);
  const rows = pairs.map((pair): [string, string] => {
    const other = cleanName(pair.with);
    const ends = pair.direction === "from" ? { from: other, to: mine } : { from: mine, to: other };
    const way = describeWay(pair.arrangement, ends, tongue);
    const speed =
      pair.bytesPerSecond === null ? [] : [tongue.say("pull.speed", { size: tongue.size(pair.bytesPerSecond) })];
    return [tongue.say(`servers.pair-${pair.direction}`, { name: other }), [way, ...speed].join(" · ")];
  });
  return [
    { kind: "text", text: tongue.say("servers.pairs") },
    { kind: "table", rows },
  ];
}
