// The addressing of a pair: one side listens, the other is told where, both are told where in the file to begin.
// Every address in a PORT or EPRT is one that the connector has checked with the policy (peer or registered data address).
import type { Reply } from "../control.ts";
import type { OpenSession } from "../open-session.ts";
import { askPassive } from "../passive.ts";
import { eprtArgument, portArgument } from "../replies/passive.ts";
import type { Arrangement } from "../types.ts";
import type { Side } from "./verdict.ts";
import { addressingVerdict, asError } from "./verdict.ts";

/** Marks a refusal that left both control connections in order. */
export class RefusedEarly extends Error {
  readonly reason: Error;

  constructor(reason: Error) {
    super("refused before anything was sent");
    this.reason = reason;
  }
}

export type Ends = Record<Side, OpenSession>;

/** @throws RefusedEarly when one of them says no; FonError when a connection is lost */
export async function introduce(ends: Ends, arrangement: Arrangement, offsetBytes: number): Promise<void> {
  const { passive, address } = arrangement;
  const active = passive === "source" ? "destination" : "source";
  for (const side of ["source", "destination"] as const)
    if (ends[side].dataProtection === "protected") refuseProtected(side);
  const { link } = ends[passive];
  const answer = await askPassive(link, address, link.dataAddress);
  if (!("endpoint" in answer)) throw refusal(passive, address, "refusal" in answer ? answer.refusal : answer.foreign);
  const { control } = ends[active].link;
  const told =
    address === "epsv"
      ? await control.ask(`EPRT ${eprtArgument(answer.endpoint)}`)
      : await control.ask(`PORT ${portArgument(answer.endpoint)}`);
  if (told.code >= 400) throw refusal(active, "PORT", told);
  if (offsetBytes > 0) for (const side of ["destination", "source"] as const) await restart(ends, side, offsetBytes);
}

async function restart(ends: Ends, side: Side, offsetBytes: number): Promise<void> {
  const reply = await ends[side].link.control.ask(`REST ${offsetBytes}`);
  if (reply.code >= 400) throw refusal(side, "REST", reply);
}

function refusal(side: Side, verb: string, reply: Reply): RefusedEarly {
  return new RefusedEarly(asError(addressingVerdict(side, verb.toUpperCase(), reply)));
}

/** The server insists on TLS data, and an arrangement with clear data was asked for all the same. */
function refuseProtected(side: Side): never {
  throw refusal(side, "PROT", { code: 534, text: "" });
}
