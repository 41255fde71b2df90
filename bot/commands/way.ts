// How contents go from one server to another, in words, from the id that the core gives a way. Pure.
import { cleanName } from "../text.ts";
import type { Tongue } from "../words/index.ts";

/** `source-pasv`, `destination-epsv-sscn-source`, `source-pasv-cpsv`: who listens, by which command, and the TLS client. */
const pattern = /^(source|destination)-(pasv|epsv)(-sscn-(?:source|destination)|-cpsv)?$/;

/** @param ends names of the two servers. An id that this version does not know is shown as it is */
export function describeWay(id: string, ends: { from: string; to: string }, tongue: Tongue): string {
  if (id === "relay") return tongue.say("way.relay");
  const [, listens, address, protection] = pattern.exec(id) ?? [];
  if (listens === undefined || address === undefined) return cleanName(id);
  const data = protection === undefined ? "clear" : "protected";
  const sentence = tongue.say(`way.${listens as "source" | "destination"}-${data}`, ends);
  return `${sentence} (${address.toUpperCase()})`;
}
