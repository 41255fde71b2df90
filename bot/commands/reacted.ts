// What is said to somebody who reacted to an announcement: one short sentence, fit for a toast of 200 characters. Pure.
import type { Reply } from "../reply.ts";
import { saySentence } from "../reply.ts";
import type { Tongue } from "../words/index.ts";

/** @param stars of all people, this one's included */
export function reactedReply(outcome: "kept" | "unkept" | "rated" | "known", stars: number, tongue: Tongue): Reply {
  const sentence = outcome === "rated" ? tongue.say("react.rated", { n: stars }) : tongue.say(`react.${outcome}`);
  return saySentence(sentence, { tone: "ok", isPrivate: true });
}
