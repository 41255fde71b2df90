// /search: the words go to the core as they were typed, quotes and filters included.
import type { Block } from "../reply.ts";
import { saySentence } from "../reply.ts";
import type { Call, Command } from "./command.ts";
import { refuse } from "./command.ts";
import { kindButtons } from "./kind-filters.ts";
import { cursorIn, listReply } from "./lists.ts";

const longestQuery = 300;

export const search: Command = {
  name: "search",
  actions: [],
  takes: "nothing",
  isOpen: true,
  async run(call) {
    const { tongue, client, context } = call;
    const query = call.text;
    if (query === "") return refuse(tongue.say("missing.search"));
    if (query.length > longestQuery) return refuse(tongue.say("input.search-too-long", { limit: longestQuery }));
    const page = await client.catalog.search(context, { query, ...cursorIn(call) });
    const filters = kindButtons(query, tongue, longestQuery);
    if (page.items.length === 0) {
      // A filter that leaves nothing can be taken away again.
      const buttons = filters.some((filter) => filter.isOn) ? filters : [];
      return saySentence(tongue.say("search.nothing", { query }), { tone: "warn", buttons });
    }
    return listReply(call, page, `/search ${query}`, titleBlocks(call, query, page), { buttons: filters });
  },
};

function titleBlocks(
  call: Call,
  query: string,
  page: { total: number; isCapped: boolean; corrected: string | null },
): Block[] {
  const { tongue } = call;
  const results = tongue.say(page.isCapped ? "count.results-capped" : "count.results", { n: page.total });
  const blocks: Block[] = [{ kind: "heading", text: tongue.say("search.title", { query, results }) }];
  if (page.corrected !== null) {
    blocks.push({ kind: "text", text: tongue.say("search.corrected", { query: page.corrected }), tone: "warn" });
  }
  return blocks;
}
