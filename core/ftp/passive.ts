// Asks a server to listen for a data connection and says where to go.
import { isIPv6 } from "node:net";
import type { Reply } from "./control.ts";
import { refused } from "./login.ts";
import type { Link } from "./open-session.ts";
import type { Endpoint } from "./replies/passive.ts";
import { parseEpsv, parsePasv, passiveAddress } from "./replies/passive.ts";

const mostTries = 3;

/** Where the server listens, its refusal, or an answer that leads nowhere: an address that is not its own, or none at all. */
export type Passive = { endpoint: Endpoint } | { refusal: Reply } | { unusable: Reply };

/**
 * @param how `cpsv`: PASV by a server that will be the TLS client of that connection
 * @param dataAddress put in place of the peer's own address where the server tells none of its own; leave it out for
 * connections from here, which go the way the control connection goes
 */
export async function askPassive(link: Link, how: "pasv" | "epsv" | "cpsv", dataAddress?: string): Promise<Passive> {
  const verb = how.toUpperCase();
  const read = how === "epsv" ? parseEpsv : parsePasv;
  for (let tries = 1; ; tries += 1) {
    const reply = await link.control.ask(verb);
    if (reply.code >= 400) return { refusal: reply };
    const told = reply.code === (how === "epsv" ? 229 : 227) ? read(reply.text) : undefined;
    if (told !== undefined) return place(link, told, reply, dataAddress);
    // ProFTPD's random ports may be ones that the policy denies: the next one will do.
    if (tries === mostTries) return { unusable: reply };
  }
}

function place({ control }: Link, told: Endpoint | number, reply: Reply, dataAddress: string | undefined): Passive {
  if (typeof told === "number") return { endpoint: { address: dataAddress ?? control.peerAddress, port: told } };
  const address = passiveAddress(told.address, control.peerAddress, dataAddress);
  return address === undefined ? { unusable: reply } : { endpoint: { address, port: told.port } };
}

/** What `ownPassive` asks first. */
export function ownPassiveVerb({ login, control }: Pick<Link, "login" | "control">): "EPSV" | "PASV" {
  return login.features.epsv || isIPv6(control.peerAddress) ? "EPSV" : "PASV";
}

/** For a data connection from here: EPSV where it is known, else PASV. */
export async function ownPassive(link: Link): Promise<Endpoint> {
  if (ownPassiveVerb(link) === "EPSV") {
    const extended = await askPassive(link, "epsv");
    if ("endpoint" in extended) return extended.endpoint;
    if (!("refusal" in extended) || extended.refusal.code === 421 || isIPv6(link.control.peerAddress))
      throw refusedPassive("EPSV", extended);
  }
  const plain = await askPassive(link, "pasv", link.dataAddress);
  if ("endpoint" in plain) return plain.endpoint;
  throw refusedPassive("PASV", plain);
}

function refusedPassive(verb: string, answer: Passive): Error {
  const reply = "refusal" in answer ? answer.refusal : (answer as { unusable: Reply }).unusable;
  return refused(reply.code === 421 ? "server.busy" : "server.protocol", verb, reply);
}
