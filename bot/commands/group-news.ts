// /group news and /group quiet: how much of new files the group is told, and when not.
import type { News } from "#contract";
import { newsSchema } from "#contract";
import type { Button, Reply } from "../reply.ts";
import { makeReply, saySentence } from "../reply.ts";
import type { Call } from "./command.ts";
import { refuse, refuseExtra } from "./command.ts";
import { describeQuiet } from "./group-card.ts";
import { readHours, readZone } from "./quiet-hours.ts";

const nightHours = ["22:00-07:00", "23:00-08:00"] as const;
const noneWords = /^(off|none|no|non|aucune?|aus)$/i;

export async function setNews(call: Call): Promise<Reply> {
  refuseExtra(call, 1);
  const { client, context, tongue } = call;
  const [word] = call.words;
  if (word === undefined) return showNews(call);
  const wanted = newsSchema.safeParse(word.toLowerCase());
  if (!wanted.success) {
    const known = newsSchema.options.join(", ");
    return refuse(tongue.say("input.unknown-word", { command: `${tongue.say("command.group")} news`, word, known }));
  }
  const { news } = await client.groups.setNews(context, { news: wanted.data });
  return saySentence(tongue.say("group.news-set", { news: tongue.say(`group.news-${news}`) }), { tone: "ok" });
}

async function showNews({ client, context, tongue }: Call): Promise<Reply> {
  const { news } = await client.groups.show(context, {});
  const choice = (level: News): Button => ({
    label: tongue.say(`button.news-${level}`),
    command: `/group news ${level}`,
    role: "plain",
  });
  return makeReply([{ kind: "table", rows: [[tongue.say("group.news"), tongue.say(`group.news-${news}`)]] }], {
    buttons: newsSchema.options.filter((level) => level !== news).map(choice),
  });
}

export async function setQuiet(call: Call): Promise<Reply> {
  const { client, context, tongue } = call;
  const [word] = call.words;
  if (word === undefined) return showQuiet(call);
  if (noneWords.test(word)) {
    refuseExtra(call, 1);
    await client.groups.setQuiet(context, { quiet: null });
    return saySentence(tongue.say("group.quiet-ended"), { tone: "ok" });
  }
  const { quiet } = await client.groups.setQuiet(context, { quiet: readQuiet(call) });
  if (quiet === null) return saySentence(tongue.say("group.quiet-ended"), { tone: "ok" });
  const { from, to, zone } = quiet;
  return saySentence(tongue.say("group.quiet-set", { from, to, zone }), { tone: "ok" });
}

/** All words are the hours, or all but the last, which then is the zone. */
function readQuiet({ words, tongue }: Call): { from: string; to: string; zone?: string } {
  const hours = readHours(words.join(" "));
  if (hours) return hours;
  const before = readHours(words.slice(0, -1).join(" "));
  if (!before) return refuse(tongue.say("input.bad-hours"));
  const typed = (words.at(-1) ?? "").replace(/^\((.*)\)$/, "$1");
  const zone = readZone(typed);
  return zone === undefined ? refuse(tongue.say("input.bad-zone", { zone: typed })) : { ...before, zone };
}

async function showQuiet({ client, context, tongue }: Call): Promise<Reply> {
  const { quiet } = await client.groups.show(context, {});
  const zone = quiet === null ? "" : ` ${quiet.zone}`;
  const nights = nightHours
    .filter((hours) => hours !== `${quiet?.from}-${quiet?.to}`)
    .map((hours): Button => ({ label: hours, command: `/group quiet ${hours}${zone}`, role: "plain" }));
  const off: Button = { label: tongue.say("button.quiet-off"), command: "/group quiet off", role: "plain" };
  return makeReply([{ kind: "table", rows: [[tongue.say("group.quiet"), describeQuiet(quiet, tongue)]] }], {
    buttons: quiet === null ? nights : [...nights, off],
  });
}
